"""The library: all issues and roundtables of the publication, the newest first."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from newsletter.content.library import issue_files, roundtable_files
from newsletter.errors import NewsletterError
from newsletter.model.publication import Publication
from newsletter.web.studio.checking import Around, Details
from newsletter.web.studio.desk import Desk, desk_of
from newsletter.web.studio.drafts import Mistake, mistakes_of
from newsletter.web.studio.ledger import standings
from newsletter.web.studio.looks import issue_url, roundtable_url
from newsletter.web.studio.naming import name_of
from newsletter.web.studio.shelf import Facts
from newsletter.web.studio.templates import page

PAGE = 50
"""Issues on one page."""

STATES = ("draft", "ready", "scheduled", "sending", "paused", "sent", "broken")

_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})-.")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    facts: Facts
    url: str
    state: str
    details: Details | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the author looks for: words, a state; and which page of it."""

    words: str = ""
    state: str = ""
    number: int = 1

    @classmethod
    def of(cls, request: Request) -> "Asked":
        """Read it from an address; what makes no sense is left out."""
        query = request.query_params
        number = query.get("page", "")
        plain = number.isascii() and number.isdigit() and len(number) < 7
        return cls(
            words=query.get("q", "").strip()[:200],
            state=query.get("state", "") if query.get("state") in STATES else "",
            number=max(1, int(number)) if plain else 1,
        )

    def address(self, number: int) -> str:
        """The address of another page of the same."""
        asked = {"q": self.words, "state": self.state, "page": str(number)}
        return "/?" + urlencode({key: text for key, text in asked.items() if text})


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


def _roundtables(desk: Desk, asked: Asked, around: Around | None) -> list[Row]:
    rows = []
    for path in roundtable_files(desk.root):
        facts = desk.shelf.facts(path)
        if not _has_words(facts, asked):
            continue
        details = desk.checking.details(path, around) if around else None
        rows.append(Row(facts, roundtable_url(name_of(path)), "", details))
    return rows


def _known(desk: Desk, asked: Asked, *, detailed: bool = False) -> dict[str, Any]:
    publication, mistakes = _publication(desk)
    standing = standings(publication) if publication else {}
    files = issue_files(desk.root)
    here = [*files, *roundtable_files(desk.root)]
    desk.shelf.forget(here)
    desk.checking.forget(here)
    around = desk.checking.around(publication) if detailed and publication else None
    # A file's name tells its date: only those that are shown are read.
    files.sort(key=lambda path: (_day(path, desk), path.name), reverse=True)
    if asked.words or asked.state:
        files = [path for path in files if _fits(path, desk, asked, standing)]
    first = (asked.number - 1) * PAGE
    return {
        "publication": publication,
        "mistakes": mistakes,
        "asked": asked,
        "total": len(files),
        "first": first,
        "rows": [
            _row(path, desk, standing, around) for path in files[first : first + PAGE]
        ],
        "more": first + PAGE < len(files),
        "roundtables": _roundtables(desk, asked, around),
    }


def _publication(desk: Desk) -> tuple[Publication | None, list[Mistake]]:
    try:
        return desk.publication(), []
    except (NewsletterError, OSError) as error:
        return None, list(mistakes_of(error))


def _row(
    path: Path, desk: Desk, standing: dict[str, str], around: Around | None
) -> Row:
    facts = desk.shelf.facts(path)
    details = desk.checking.details(path, around) if around else None
    return Row(facts, issue_url(facts.name), _state(facts, standing), details)


def _state(facts: Facts, standing: dict[str, str]) -> str:
    """What the ledger says weighs more than what the file does."""
    return standing.get(facts.slug, facts.state)


def _fits(path: Path, desk: Desk, asked: Asked, standing: dict[str, str]) -> bool:
    facts = desk.shelf.facts(path)
    if asked.state and _state(facts, standing) != asked.state:
        return False
    return _has_words(facts, asked)


def _has_words(facts: Facts, asked: Asked) -> bool:
    words = facts.words or facts.file.casefold()
    return all(word in words for word in asked.words.casefold().split())


def _day(path: Path, desk: Desk) -> str:
    """The date of an issue as text; one without is as new as can be: it is at hand."""
    if found := _DATED.match(path.name):
        return found[1]
    day: date | None = desk.shelf.facts(path).date
    return day.isoformat() if day else "9999"
