"""Reads the lines around an issue's title: who wrote it and when, its number."""

import re
from dataclasses import dataclass
from datetime import date

from newsletter.importing.days import read_day
from newsletter.importing.junk import is_button
from newsletter.importing.lines import Line
from newsletter.importing.panel import is_name

_BYLINE = re.compile(r"(?:written )?(?:by|von|par|por)\s+(.{2,60})", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?:issue|letter|ausgabe|número|numéro|n[or]\.|n[º°]|no|#)\s?#?(\d{1,4})",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"\A(?:first )?(?:posted|published|sent|updated|written)(?: on)?(?:\s*:)?\s+"
    r"(?!by\b)(?=\S)",
    re.IGNORECASE,
)
# `2025-10-17 by Ana Lima`, `By Ana Lima, Oct 17, 2025`.
_BOTH = (
    re.compile(r"(?P<day>.{6,40}?),?\s+by\s+(?P<name>\S.{1,60})", re.IGNORECASE),
    re.compile(
        r"(?:(?:written|posted|published) )?by\s+(?P<name>\S.{1,60}?)"
        r"(?:,| on| [–—-])\s+(?P<day>.{6,40})",
        re.IGNORECASE,
    ),
)
_DAY_ALONE = re.compile(r"[^\W\d]{3,10}\.? \d{1,2}|\d{1,2}\.? [^\W\d]{3,10}")
_TAGS = re.compile(
    r"(?:tags?|topics?|filed under|categor(?:y|ies)|schlagwörter)\s*:\s*(?P<rest>\S.*)",
    re.IGNORECASE,
)
# What decks begin with, and names do not.
_NO_NAME = frozenset(
    {"a", "an", "the", "on", "in", "to", "of", "for", "no", "not", "my", "our", "your"}
    | {"how", "what", "why", "when", "who", "is", "and", "or"}
)
_BESIDE = re.compile(r"\s*[·•∙|]\s*")


@dataclass(frozen=True, slots=True)
class Byline:
    """Who wrote an issue, and its day; one of them may be missing."""

    author: str = ""
    day: date | None = None


def read_byline(line: Line, language: str, today: date) -> Byline | None:
    """What a line says of who and when; None for a line that says something else.

    Beside it may stand how long the text takes to read. A day without a year is the
    last of these up to `today`.
    """
    text = _PUBLISHED.sub("", line.text)
    if day := _this_year(text, language, today):
        return Byline("", day)
    if both := _both(text, language):
        return both
    author, day = "", None
    for part in _BESIDE.split(text):
        byline = _BYLINE.fullmatch(part)
        if found := read_day(part, language):
            day = day or found
        elif byline and len(part.split()) <= _MOST_WORDS and not author:
            author = byline[1]
        elif not is_button(Line(line.number, part)):
            return _name_beside_day(line, language)
    return Byline(author, day) if author or day else None


_MOST_WORDS = 6
_PARTICLE = 4
"""Letters that are too many for one."""


def _this_year(text: str, language: str, today: date) -> date | None:
    """`Nov 10`, as pages write it in the year in which it was."""
    if not _DAY_ALONE.fullmatch(text):
        return None
    days = [
        read_day(f"{text} {year}", language) for year in (today.year, today.year - 1)
    ]
    return next((day for day in days if day and day <= today), None)


def _both(text: str, language: str) -> Byline | None:
    for form in _BOTH:
        found = form.fullmatch(text)
        if found and (day := read_day(found["day"], language)):
            return Byline(found["name"], day)
    return None


def _name_beside_day(line: Line, language: str) -> Byline | None:
    """`Ana Lima · Nov 3, 2025`."""
    name, *rest = _BESIDE.split(line.text)
    if len(rest) != 1 or not is_name(name) or not 1 < len(name.split()) < _MOST_WORDS:
        return None
    day = read_day(rest[0], language)
    return Byline(name, day) if day else None


def may_be_author(text: str) -> bool:
    """Whether a line above the day is somebody's name, and no deck."""
    words = text.split()
    # `van`, `de la`: between the names only.
    large = all(word[0].isupper() for word in (*words[:1], *words[-1:]))
    large = large and all(word[0].isupper() or len(word) < _PARTICLE for word in words)
    small = any(word.casefold() in _NO_NAME for word in words)
    return is_name(text) and 1 < len(words) < 5 and large and not small


def read_tags(text: str) -> tuple[str, ...]:
    """The tags that a line lists: `Tags: hiring, onboarding`; none for another."""
    found = _TAGS.fullmatch(text)
    tags = re.split(r"\s*[,;·|]\s*", found["rest"]) if found else []
    short = all(len(tag.split()) < _MOST_WORDS for tag in tags)
    return tuple(tag.lstrip("#") for tag in tags if tag) if short else ()


def read_number(text: str) -> int:
    """The number that a line gives an issue: `No. 12`; 0 for another line."""
    found = _NUMBER.fullmatch(text)
    return int(found[1]) if found else 0
