"""Dates as readers of the publication's language write them; how long reading takes."""

from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton

# `en` says nothing of a country: `20 November 2026`, which everybody reads. An American
# publication says `en-US` and has `November 20, 2026`.
_ENGLISH = "en-001"


_DAYS = 10_000
"""As many are kept: those of an archive are asked for again and again."""


@lru_cache(maxsize=_DAYS)
def long_date(day: date, language: str) -> str:
    """`20 November 2026`, `20. November 2026`, `2026年11月20日`."""
    return format_date(day, "long", _locale(language))


@lru_cache(maxsize=_DAYS)
def short_date(day: date, language: str) -> str:
    """`20 November`, for lists that give the year once."""
    return format_skeleton("MMMMd", day, locale=_locale(language))


@lru_cache(maxsize=512)
def weekday(day: date, language: str) -> str:
    """`Friday`, `vendredi`: as the language writes it within a sentence."""
    return format_date(day, "EEEE", _locale(language))


@lru_cache(maxsize=8)
def _locale(language: str) -> Locale:
    """The language's, else its main language's, else English."""
    for name in (_ENGLISH if language == "en" else language, language.split("-")[0]):
        try:
            return Locale.parse(name, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse(_ENGLISH, sep="-")


def reading_minutes(words: int) -> int:
    """Minutes to read a text, at 230 words a minute; at least one."""
    return max(1, round(words / 230))
