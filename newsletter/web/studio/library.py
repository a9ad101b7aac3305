"""The library: all issues and roundtables of the publication, the newest first."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from newsletter.content.library import issue_files, roundtable_files
from newsletter.errors import NewsletterError, StoreError
from newsletter.model.publication import Publication
from newsletter.web.studio.checking import Around, Details
from newsletter.web.studio.desk import Desk, desk_of
from newsletter.web.studio.drafts import Mistake, mistakes_of
from newsletter.web.studio.ledger import standings
from newsletter.web.studio.looks import issue_url, roundtable_url
from newsletter.web.studio.shelf import Facts
from newsletter.web.studio.templates import page

PAGE = 50
"""Issues, or roundtables, on one page."""

STATES = ("draft", "ready", "scheduled", "sending", "paused", "sent", "broken")

_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})-.")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list."""

    facts: Facts
    url: str
    state: str
    details: Details | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the author looks for: words, a state; and which page of either list."""

    words: str = ""
    state: str = ""
    number: int = 1
    tables: int = 1

    @classmethod
    def of(cls, request: Request) -> "Asked":
        """Read it from an address; what makes no sense is left out."""
        query = request.query_params
        return cls(
            words=query.get("q", "").strip()[:200],
            state=query.get("state", "") if query.get("state") in STATES else "",
            number=_number(query.get("page", "")),
            tables=_number(query.get("tables", "")),
        )

    @property
    def anything(self) -> bool:
        """Whether not everything is listed."""
        return bool(self.words or self.state)

    def issues_at(self, number: int) -> str:
        """The address of another page of issues."""
        return replace(self, number=number)._address("issues")

    def tables_at(self, number: int) -> str:
        """The address of another page of roundtables."""
        return replace(self, tables=number)._address("tables")

    def _address(self, part: str) -> str:
        asked = {"q": self.words, "state": self.state}
        pages = {"page": self.number, "tables": self.tables}
        asked |= {key: str(number) for key, number in pages.items() if number > 1}
        query = urlencode({key: text for key, text in asked.items() if text})
        return f"/?{query}#{part}" if query else f"/#{part}"


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list, of `total` lines; where the pages before and after it are."""

    rows: Sequence[Row]
    first: int
    total: int
    newer: str = ""
    older: str = ""


def show(request: Request) -> Response:
    """The whole view; sizes and problems come afterwards, they take longer."""
    return _page(request, "library.html", detailed=False)


def parts(request: Request) -> Response:
    """What the view shows, with the sizes and problems of all that is listed."""
    return _page(request, "library_parts.html", detailed=True)


def _page(request: Request, template: str, *, detailed: bool) -> Response:
    desk = desk_of(request)
    known = _known(desk, Asked.of(request), detailed=detailed)
    return page(request, template, states=STATES, **known)


def _known(desk: Desk, asked: Asked, *, detailed: bool = False) -> dict[str, Any]:
    publication, mistakes = _publication(desk)
    standing, unread = _standing(publication)
    issues, tables = issue_files(desk.root), roundtable_files(desk.root)
    desk.shelf.forget([*issues, *tables])
    desk.checking.forget([*issues, *tables])
    around = desk.checking.around(publication) if detailed and publication else None
    issues, tables = _newest(issues, desk), _newest(tables, desk)
    if asked.anything:
        issues = [path for path in issues if _fits(path, desk, asked, standing)]
        tables = [path for path in tables if _fits(path, desk, asked, {})]

    def row(path: Path) -> Row:
        return _row(path, desk, standing, around)

    return {
        "publication": publication,
        "mistakes": [*mistakes, *unread],
        "asked": asked,
        "issues": _listed(issues, asked.number, row, asked.issues_at),
        "roundtables": _listed(tables, asked.tables, row, asked.tables_at),
    }


def _listed(
    files: Sequence[Path],
    number: int,
    row: Callable[[Path], Row],
    at: Callable[[int], str],
) -> Listed:
    first = (number - 1) * PAGE
    return Listed(
        rows=[row(path) for path in files[first : first + PAGE]],
        first=first,
        total=len(files),
        newer=at(number - 1) if number > 1 else "",
        older=at(number + 1) if first + PAGE < len(files) else "",
    )


def _number(text: str) -> int:
    plain = text.isascii() and text.isdigit() and len(text) < 7
    return max(1, int(text)) if plain else 1


def _publication(desk: Desk) -> tuple[Publication | None, list[Mistake]]:
    try:
        return desk.publication(), []
    except (NewsletterError, OSError) as error:
        return None, list(mistakes_of(error))


def _standing(
    publication: Publication | None,
) -> tuple[Mapping[str, str], list[Mistake]]:
    """What the ledger says of the issues; or why it does not.

    Else what was sent would pass for ready, and nobody be told.
    """
    if publication is None:
        return {}, []
    try:
        return standings(publication), []
    except StoreError as error:
        return {}, list(mistakes_of(error))


def _row(
    path: Path, desk: Desk, standing: Mapping[str, str], around: Around | None
) -> Row:
    facts = desk.shelf.facts(path)
    details = desk.checking.details(path, around) if around else None
    if path.parent.name == "roundtables":
        return Row(facts, roundtable_url(facts.name), facts.state, details)
    return Row(facts, issue_url(facts.name), _state(facts, standing), details)


def _state(facts: Facts, standing: Mapping[str, str]) -> str:
    """What the ledger says weighs more than what the file does."""
    return standing.get(facts.slug, facts.state)


def _fits(path: Path, desk: Desk, asked: Asked, standing: Mapping[str, str]) -> bool:
    facts = desk.shelf.facts(path)
    if asked.state and _state(facts, standing) != asked.state:
        return False
    words = facts.words or facts.file.casefold()
    return all(word in words for word in asked.words.casefold().split())


def _newest(files: Iterable[Path], desk: Desk) -> list[Path]:
    """The newest first; those without a date are as new as can be: they are at hand."""
    return sorted(files, key=lambda path: (_day(path, desk), path.name), reverse=True)


def _day(path: Path, desk: Desk) -> str:
    # A file's name tells its date: then only those that are shown are read.
    if found := _DATED.match(path.name):
        return found[1]
    day: date | None = desk.shelf.facts(path).date
    return day.isoformat() if day else "9999"
