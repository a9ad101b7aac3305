"""Reads, renders and checks one issue: what preview, test and real send all show."""

from dataclasses import dataclass
from pathlib import Path

from newsletter.check.check import check, check_roundtable, has_errors
from newsletter.content.images import ImageFolder
from newsletter.content.library import load_issue, roundtable_files
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """An issue with its email and all that was found wrong with them."""

    issue: Issue
    roundtable: Roundtable | None
    email: Email
    images: ImageFolder
    problems: tuple[Problem, ...]

    @property
    def has_errors(self) -> bool:
        """Whether anything among the problems stops a send."""
        return has_errors(list(self.problems))


def compose(
    publication: Publication, name: str, *, pages: bool = True, checked: bool = True
) -> Composed:
    """Compose the issue called `name` (path or slug).

    With `pages` the problems of the pages that the mail leads to are among its own.
    What is not `checked` has no problems yet, and is only good to be looked at.

    Raises UsageError when there is none, SourceError for mistakes in its files and
    RenderError for mistakes in a template; everything milder is a problem.
    """
    issue, roundtable = _read(publication.root, name)
    images = ImageFolder(publication.root)
    email = render_email(issue, publication, roundtable, images.beside)
    if publication.images is Images.CID:
        email = with_inline_images(email, publication, images)
    found: list[Problem] = []
    if checked:
        shown = _page_problems(publication, issue, roundtable, images) if pages else ()
        found = check(issue, email, publication, pages=shown)
    return Composed(
        issue=issue,
        roundtable=roundtable,
        email=email,
        images=images,
        problems=tuple(dict.fromkeys(found)),
    )


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


def _page_problems(
    publication: Publication,
    issue: Issue,
    roundtable: Roundtable | None,
    images: ImageFolder,
) -> list[Problem]:
    """What is wrong with the pages the mail leads to, and with its roundtable."""
    site = Site(publication=publication, images_beside=images.beside)
    problems = [*render_issue_page(issue, site, roundtable).problems]
    if roundtable:
        page = render_roundtable_page(roundtable, site, [entry(issue, site)])
        problems += check_roundtable(roundtable, page, publication)
    return problems
