"""Checks texts as `newsletter check` does: with what is known of all the others."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from newsletter.check.check import has_errors, in_order
from newsletter.check.facts import Facts, Sent
from newsletter.content.library import issue_files, roundtable_files, twin
from newsletter.errors import NewsletterError, StoreError
from newsletter.model.problem import Problem
from newsletter.model.publication import Publication
from newsletter.providers.registry import provider_names
from newsletter.render.page import Site
from newsletter.render.page_issue import render_issue_page
from newsletter.sending.around import archive_pages, ids, numbers, own_templates
from newsletter.sending.compose import Composed, compose_file
from newsletter.sending.sent_before import sent_before
from newsletter.sending.table import Table, compose_table
from newsletter.web.studio.drafts import Mistake, Pictures, fingerprint, mistakes_of
from newsletter.web.studio.shelf import Kept, Shelf

_SENT_SECONDS = 10.0
"""For so long what the ledger has said of sent issues is good enough."""


@dataclass(frozen=True, slots=True)
class Details:
    """What is only known of an issue when it is rendered and checked."""

    kilobytes: str = ""
    problems: int = 0
    stops: bool = False
    pictures: Pictures = field(default_factory=Pictures)


@dataclass(frozen=True, slots=True)
class Around:
    """The other texts of a publication; `state` changes when they do."""

    publication: Publication
    facts: Facts
    slugs: dict[str, list[str]]
    state: str

    def problems(self, item: Composed | Table) -> tuple[Problem, ...]:
        """Everything that `newsletter check` finds in one."""
        try:
            found = [*item.check(self.publication, self.facts)]
        except NewsletterError as error:
            # The page has a template with a mistake; the mail has not.
            found = [_of_page(item, each) for each in mistakes_of(error)]
        if isinstance(item, Composed):
            found += self._twins(item)
        return tuple(in_order(found))

    def _twins(self, item: Composed) -> Iterator[Problem]:
        for file in self.slugs.get(item.issue.slug, []):
            if file != item.issue.file:
                yield twin(item.issue, file)


@dataclass(slots=True)
class Checking:
    """Checks the texts of a publication, by what its shelf knows of them."""

    root: Path
    shelf: Shelf
    _asked: float = float("-inf")
    _sent: tuple[Sent, ...] = ()
    _details: Kept[Details] = field(default_factory=Kept)

    def around(self, publication: Publication) -> Around:
        """What is known of all texts now."""
        issues = {path: self.shelf.facts(path) for path in issue_files(self.root)}
        tables = [self.shelf.facts(path) for path in roundtable_files(self.root)]
        known = [each.known for each in issues.values() if each.known]
        dates = {each.slug: each.date for each in tables if each.state != "broken"}
        pages = archive_pages(known, dates)
        slugs: dict[str, list[str]] = {}
        for each in issues.values():
            if each.known:
                slugs.setdefault(each.slug, []).append(each.file)
        facts = Facts(
            pages=pages,
            anchors=lambda page: self._anchors(publication, page),
            sent=self._sent_before(publication),
            numbers=numbers(known),
            templates=own_templates(self.root),
            providers=tuple(provider_names()),
        )
        told = repr((pages, facts.sent, facts.numbers, slugs)).encode()
        state = hashlib.blake2b(told, digest_size=8).hexdigest()
        return Around(publication, facts, slugs, state)

    def details(self, path: Path, around: Around) -> Details:
        """Size and problems of the text at `path`; takes a hundredth of a second."""
        state = fingerprint(self.root, path) + around.state
        before = self._details.known.get(path)
        if before and before[1].pictures.changed:
            self._details.known.pop(path, None)
        return self._details.get(path, state, lambda: _details(path, around))

    def forget_sent(self) -> None:
        """Ask the ledger again: it has changed."""
        self._asked = float("-inf")

    def forget(self, files: list[Path]) -> None:
        """Keep nothing but what is known of `files`."""
        self._details.forget(files)

    def _sent_before(self, publication: Publication) -> tuple[Sent, ...]:
        now = time.monotonic()
        if now - self._asked > _SENT_SECONDS:
            with suppress(StoreError):
                self._sent = sent_before(publication)
            self._asked = now
        return self._sent

    def _anchors(self, publication: Publication, page: str) -> frozenset[str]:
        """The ids of a page of the archive; none where it is a list of others."""
        slug = page.removeprefix("roundtables/").rstrip("/")
        is_issue = not page.startswith("roundtables/")
        files = issue_files(self.root) if is_issue else roundtable_files(self.root)
        for path in files:
            if self.shelf.facts(path).slug == slug:
                with suppress(NewsletterError, OSError):
                    return ids(_page(publication, path, is_issue=is_issue))
        return frozenset()


def _page(publication: Publication, path: Path, *, is_issue: bool) -> str:
    if not is_issue:
        return compose_table(publication, path).page.html
    made = compose_file(publication, path)
    site = Site(publication=publication, images_beside=made.images.beside)
    return render_issue_page(made.issue, site, made.roundtable).html


def _of_page(item: Composed | Table, mistake: Mistake) -> Problem:
    text = item.issue if isinstance(item, Composed) else item.roundtable
    file, _, line = (mistake.place or text.file).partition(":")
    return Problem(
        code="template",
        message=mistake.message,
        hint=mistake.hint or "mend the template of the page",
        file=file,
        line=int(line) if line.isdigit() else 0,
    )


def _details(path: Path, around: Around) -> Details:
    is_table = path.parent.name == "roundtables"
    made: Composed | Table
    try:
        if is_table:
            made = compose_table(around.publication, path)
        else:
            made = compose_file(around.publication, path)
    except (NewsletterError, OSError):
        return Details(problems=1, stops=True)
    # As it is when every merge value is blank: readers differ by a few bytes.
    size = len("".join(made.email.html.literals).encode())
    problems = around.problems(made)
    return Details(
        f"{size / 1024:.0f}",
        len(problems),
        has_errors(problems),
        Pictures.of(made.images),
    )
