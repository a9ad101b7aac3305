"""Reads the days that pages print, in English and in the publication's language."""

import re
from datetime import date

from babel import Locale, UnknownLocaleError
from babel.dates import get_month_names

_WEEKDAY = re.compile(r"\A[^\W\d]+\.?,\s+(?=\S+\s)")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMBERS = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_DAY_FIRST = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|\.|º)?\s+(?:de\s+)?([^\W\d]+)\.?,?\s+(?:de\s+)?(\d{4})"
)
_MONTH_FIRST = re.compile(r"([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")


def read_day(text: str, language: str) -> date | None:
    """The day that a line is, and nothing else."""
    line = _WEEKDAY.sub("", text.strip())
    if found := _ISO.fullmatch(line):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMBERS.fullmatch(line):
        return _day(int(found[3]), int(found[2]), int(found[1]))
    if found := _DAY_FIRST.fullmatch(line):
        return _day(int(found[3]), _month(found[2], language), int(found[1]))
    if found := _MONTH_FIRST.fullmatch(line):
        return _day(int(found[3]), _month(found[1], language), int(found[2]))
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(name: str, language: str) -> int:
    """The number of a month by its name or its first letters; 0 for no month."""
    wanted = name.casefold()
    for locale in ("en", language):
        try:
            names = get_month_names("wide", locale=Locale.parse(locale, sep="-"))
        except (ValueError, UnknownLocaleError):
            continue
        for number, month in names.items():
            known = str(month).casefold()
            if known == wanted or (len(wanted) >= 3 and known.startswith(wanted)):
                return int(number)
    return 0
