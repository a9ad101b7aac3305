"""Checks issues and roundtables before they are sent: reads, renders, applies rules."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from newsletter.check.check import check, check_roundtable, check_welcome, in_order
from newsletter.check.facts import Facts, Sent
from newsletter.check.writing import Writing, of_issue, of_roundtable
from newsletter.config.files import display_name
from newsletter.content.images import ImageFolder
from newsletter.content.library import (
    Library,
    find_issue,
    read_library,
    roundtable_files,
)
from newsletter.errors import SourceError, UsageError
from newsletter.model.issue import Issue
from newsletter.model.page import Page
from newsletter.model.problem import Problem
from newsletter.model.publication import Images, Publication
from newsletter.model.roundtable import Roundtable
from newsletter.providers.registry import provider_names
from newsletter.render.email import render_email
from newsletter.render.page import Site
from newsletter.render.page_issue import render_issue_page
from newsletter.render.page_roundtable import render_roundtable_page
from newsletter.sending.around import (
    archive_pages,
    ids,
    known_of,
    numbers,
    own_templates,
)
from newsletter.sending.inline import with_inline_images
from newsletter.sending.notice import WELCOME, read_welcome, render_welcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was checked and what was found, in the order of files and places.

    A welcome counts as an issue. `unread` tells whether a file has mistakes for which
    it could not be read at all; the others were checked all the same. `writings` are
    for whoever looks further.
    """

    issues: int
    roundtables: int
    problems: tuple[Problem, ...]
    unread: bool
    writings: tuple[Writing, ...]


def preflight(
    publication: Publication,
    names: Sequence[str],
    sent: Iterable[Sent] = (),
    *,
    keep: bool = False,
) -> Checked:
    """Check the issues and roundtables called `names`, or all of the publication.

    All have `welcome.md` among them, which may be named, too; with an issue goes the
    roundtable that it features. `sent` is what the ledger knows; with `keep` what was
    looked at comes back, too. Raises UsageError for a name that is nobody's, and
    RenderError for mistakes in a template; mistakes in the files are among the
    problems.
    """
    root = publication.root
    library, mistakes = read_library(root)
    tables = {display_name(path, root): path for path in roundtable_files(root)}
    wanted: set[str] | None = None
    if names:
        wanted = {_file(root, name, library, tables) for name in names}
        for issue in library.issues:
            if issue.file in wanted:
                wanted |= set(_featured(issue, library, tables))
        mistakes = [item for item in mistakes if item.file in wanted]
    checking = _Checking(publication, library, tuple(sent), keep)
    return checking.checked(wanted, mistakes)


def _featured(
    issue: Issue, library: Library, tables: Mapping[str, Path]
) -> Iterator[str]:
    """The file of the roundtable that an issue features, be it one with mistakes.

    What cannot be read is known by its file's name alone, and where no name fits, the
    slug may stand in any of those: `send` reads them all before it gives up, too.
    """
    if issue.roundtable is None:
        return
    slug = issue.roundtable.slug
    if slug in library.roundtables:
        yield library.roundtables[slug].file
        return
    read = {table.file for table in library.roundtables.values()}
    unread = [file for file in tables if file not in read]
    named = [file for file in unread if tables[file].stem == slug]
    yield from named or unread


def _file(root: Path, name: str, library: Library, tables: Mapping[str, Path]) -> str:
    """The file that a name means: an issue's, else a roundtable's."""
    if _same(root / WELCOME, Path(name), root) and (root / WELCOME).is_file():
        return str(WELCOME)
    try:
        return display_name(find_issue(root, name), root)
    except UsageError as error:
        if name in library.roundtables:
            return library.roundtables[name].file
        given = Path(name)
        for file, path in tables.items():
            if name in (path.name, path.stem) or _same(path, given, root):
                return file
        if close := difflib.get_close_matches(given.stem, library.roundtables, n=1):
            raise UsageError(error.message, hint=f"did you mean {close[0]}?") from None
        raise


def _same(path: Path, given: Path, root: Path) -> bool:
    """Whether a path as given, from here or from the publication, is that file."""
    return any(item.absolute() == path.absolute() for item in (given, root / given))


@dataclass(slots=True)
class _Checking:
    """One run over a publication: what is made once and used for every issue."""

    publication: Publication
    library: Library
    sent: tuple[Sent, ...]
    keep: bool
    images: ImageFolder = field(init=False)
    site: Site = field(init=False)
    facts: Facts = field(init=False)
    writings: list[Writing] = field(default_factory=list)
    _pages: dict[str, Page] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.images = ImageFolder(self.publication.root)
        self.site = Site(publication=self.publication, images_beside=self.images.beside)
        known = [known_of(issue) for issue in self.library.issues]
        dates = {slug: one.date for slug, one in self.library.roundtables.items()}
        self.facts = Facts(
            pages=archive_pages(known, dates),
            anchors=self._anchors,
            sent=self.sent,
            numbers=numbers(known),
            templates=own_templates(self.publication.root),
            providers=tuple(provider_names()),
        )

    def checked(self, wanted: set[str] | None, mistakes: list[Problem]) -> Checked:
        """Check the files of this name, or all."""
        issues = [
            item
            for item in self.library.issues
            if wanted is None or item.file in wanted
        ]
        tables = [
            item
            for item in self.library.roundtables.values()
            if wanted is None or item.file in wanted
        ]
        found, unread = list(mistakes), bool(mistakes)
        items: list[Issue | Roundtable] = [*issues, *tables]
        work: list[Callable[[], list[Problem]]] = [
            partial(self._problems, item) for item in items
        ]
        welcomes = (self.publication.root / WELCOME).is_file()
        if welcomes and (wanted is None or str(WELCOME) in wanted):
            work.append(self._welcome)
        for look in work:
            try:
                found += look()
            except SourceError as error:
                # A text nested too deep: the others are checked all the same.
                found += [one for one in error.problems if isinstance(one, Problem)]
                unread = True
        return Checked(
            issues=len(work) - len(tables),
            roundtables=len(tables),
            problems=tuple(in_order(found)),
            unread=unread,
            writings=tuple(self.writings),
        )

    def _problems(self, item: Issue | Roundtable) -> list[Problem]:
        if isinstance(item, Roundtable):
            return self._roundtable(item)
        return self._issue(item)

    def _issue(self, issue: Issue) -> list[Problem]:
        publication = self.publication
        email = render_email(
            issue, publication, self.library.featured_by(issue), self.images.beside
        )
        if publication.images is Images.CID:
            email = with_inline_images(email, publication, self.images)
        if self.keep:
            self.writings.append(of_issue(issue, email, publication, self.facts))
        page = self._page(issue)
        shown = [item for item in page.problems if item.file == issue.file]
        return check(issue, email, publication, facts=self.facts, pages=shown)

    def _roundtable(self, table: Roundtable) -> list[Problem]:
        page = self._page(table)
        publication = self.publication
        if self.keep:
            self.writings.append(of_roundtable(table, page, publication, self.facts))
        return check_roundtable(table, page, publication, facts=self.facts)

    def _welcome(self) -> list[Problem]:
        """The problems of `welcome.md`, where there is one."""
        publication = self.publication
        welcome = read_welcome(publication)
        if welcome is None:
            return []
        email = render_welcome(welcome, publication, self.images.beside)
        if self.keep:
            self.writings.append(of_issue(welcome, email, publication, self.facts))
        return check_welcome(welcome, email, publication, facts=self.facts)

    def _anchors(self, path: str) -> frozenset[str]:
        """The ids of a page; none where it is a list of others."""
        slug = path.removeprefix("roundtables/").rstrip("/")
        item: Issue | Roundtable | None = self.library.roundtables.get(slug)
        if not path.startswith("roundtables/"):
            issues = self.library.issues
            item = next((issue for issue in issues if issue.slug == slug), None)
        return ids(self._page(item).html) if item else frozenset()

    def _page(self, item: Issue | Roundtable) -> Page:
        """The page of an issue or a roundtable, rendered once."""
        if item.file not in self._pages:
            self._pages[item.file] = self._rendered(item)
        return self._pages[item.file]

    def _rendered(self, item: Issue | Roundtable) -> Page:
        if isinstance(item, Roundtable):
            return render_roundtable_page(item, self.site)
        return render_issue_page(item, self.site, self.library.featured_by(item))
