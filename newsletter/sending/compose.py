"""Reads, renders and checks one issue: what preview, test and real send all show."""

from dataclasses import dataclass, replace
from pathlib import Path

from newsletter.check.check import check, check_roundtable, has_errors
from newsletter.check.facts import Facts
from newsletter.content.images import ImageFolder
from newsletter.content.library import load_issue, load_issue_file, roundtable_files
from newsletter.errors import UsageError
from newsletter.model.email import Email
from newsletter.model.issue import Issue
from newsletter.model.problem import Problem
from newsletter.model.publication import Images, Publication
from newsletter.model.roundtable import Roundtable
from newsletter.render.email import render_email
from newsletter.render.page import Site, entry
from newsletter.render.page_issue import render_issue_page
from newsletter.render.page_roundtable import render_roundtable_page
from newsletter.sending.inline import with_inline_images

_NOTHING_KNOWN = Facts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """An issue with its email and all that was found wrong with them."""

    issue: Issue
    roundtable: Roundtable | None
    email: Email
    images: ImageFolder
    problems: tuple[Problem, ...] = ()

    @property
    def has_errors(self) -> bool:
        """Whether anything among the problems stops a send."""
        return has_errors(list(self.problems))

    def check(
        self,
        publication: Publication,
        facts: Facts = _NOTHING_KNOWN,
        *,
        pages: bool = True,
    ) -> tuple[Problem, ...]:
        """What is wrong with it, with what is known of the other texts.

        With `pages` also with those that the mail leads to, and with its roundtable.
        """
        shown = self._of_pages(publication, facts) if pages else ()
        found = check(self.issue, self.email, publication, facts=facts, pages=shown)
        return tuple(dict.fromkeys(found))

    def _of_pages(self, publication: Publication, facts: Facts) -> list[Problem]:
        site = Site(publication=publication, images_beside=self.images.beside)
        problems = [*render_issue_page(self.issue, site, self.roundtable).problems]
        if self.roundtable:
            featuring = [entry(self.issue, site)]
            page = render_roundtable_page(self.roundtable, site, featuring)
            problems += check_roundtable(
                self.roundtable, page, publication, facts=facts
            )
        return problems


def compose(publication: Publication, name: str, *, pages: bool = True) -> Composed:
    """Compose the issue called `name` (path or slug).

    With `pages` the problems of the pages that the mail leads to are among its own.

    Raises UsageError when there is none, SourceError for mistakes in its files and
    RenderError for mistakes in a template; everything milder is a problem.
    """
    made = _composed(publication, *_read(publication.root, name))
    return replace(made, problems=made.check(publication, pages=pages))


def issue_at(publication: Publication, path: Path) -> Composed:
    """Compose and check the issue in the file at `path`; raises what `compose` does."""
    made = compose_file(publication, path)
    return replace(made, problems=made.check(publication))


def compose_file(
    publication: Publication, path: Path, unsaved: bytes | None = None
) -> Composed:
    """Compose the issue in the file at `path`, which is not checked yet.

    `unsaved` as in `read_text`; raises what `compose` does.
    """
    return _composed(publication, *load_issue_file(publication.root, path, unsaved))


def _composed(
    publication: Publication, issue: Issue, roundtable: Roundtable | None
) -> Composed:
    images = ImageFolder(publication.root)
    email = render_email(issue, publication, roundtable, images.beside)
    if publication.images is Images.CID:
        email = with_inline_images(email, publication, images)
    return Composed(issue=issue, roundtable=roundtable, email=email, images=images)


def _read(root: Path, name: str) -> tuple[Issue, Roundtable | None]:
    try:
        return load_issue(root, name)
    except UsageError:
        last = Path(name).name
        if any(last in (path.name, path.stem) for path in roundtable_files(root)):
            raise UsageError(
                f"{name} is a roundtable, which is not mailed",
                hint="`newsletter build` shows it, as a page of the archive",
            ) from None
        raise
