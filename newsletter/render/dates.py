"""Dates as readers see them; English names, whatever the machine's locale is."""

from datetime import date

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def long_date(day: date) -> str:
    """`20 November 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def reading_minutes(words: int) -> int:
    """Minutes to read a text, at 230 words a minute; at least one."""
    return max(1, round(words / 230))
