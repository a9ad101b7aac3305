"""Reads when to send: `friday 9:00`, `tomorrow 17:30`, `in 2h`, `2026-11-27 09:00`."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from newsletter.errors import UsageError

_HINT = (
    "write it as `friday 9:00`, `tomorrow 9:00`, `in 5 min`, `in 2h` or "
    "`2026-11-27 09:00`; the smallest unit is a minute"
)
_LAST_YEAR = 9000  # a time zone or a span of grace still fits behind it
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?\Z", re.ASCII)
_SPAN = re.compile(r"in (\d{1,4})\s*(m|min|minutes?|h|hours?|d|days?)\Z", re.ASCII)
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:t|\s+)?(.*)\Z", re.ASCII)


def parse_when(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The instant that `text` means in a time zone, seen from `now`; aware, in UTC.

    Raises UsageError for what is no time, has passed, or does not exist or exists twice
    because the clocks are changed.
    """
    words = " ".join(text.lower().split())
    here = now.astimezone(zone)
    try:
        moment = _span(words, now) or _iso(words) or _local(words, zone, here)
    except OverflowError:
        moment = None
    if moment is None or moment.year > _LAST_YEAR:
        raise UsageError(f"`{text}` is not a time to send at", hint=_HINT)
    if moment <= now:
        since = f", {length} ago" if (length := span(now - moment)) else ""
        raise UsageError(
            f"{on_clocks(moment, zone)} has passed{since}",
            hint="choose a time to come",
        )
    return moment


def parse_span(text: str) -> timedelta:
    """How long `3h`, `90m` or `2d` is; raises UsageError for anything else."""
    found = _SPAN.match(f"in {' '.join(text.lower().split())}")
    if not found or not int(found.group(1)):
        raise UsageError(
            f"`{text}` is no span of time",
            hint="write it as 3h or 90m; the smallest unit is a minute",
        )
    return _length(found)


def describe(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """`Fri 2026-11-27 09:00 Europe/London = 09:00 UTC, in 5 d 9 h`."""
    return f"{on_clocks(moment, zone)}, {_distance(moment - now)}"


def on_clocks(moment: datetime, zone: ZoneInfo) -> str:
    """`Fri 2026-11-27 09:00 Europe/London = 09:00 UTC`."""
    there = moment.astimezone(zone)
    plain = f"{there:%a %Y-%m-%d %H:%M} {zone.key}"
    if zone.key != "UTC":
        plain += f" = {moment.astimezone(UTC):%H:%M} UTC"
    return plain


def span(length: timedelta) -> str:
    """How long that is, to the minute: `5 d 9 h`; empty for less than half of one."""
    minutes = round(abs(length).total_seconds() / 60)
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def _distance(length: timedelta) -> str:
    shown = span(length)
    if not shown:
        return "now"
    return f"in {shown}" if length > timedelta(0) else f"{shown} ago"


def _span(words: str, now: datetime) -> datetime | None:
    found = _SPAN.match(words)
    return now.astimezone(UTC) + _length(found) if found else None


def _length(found: re.Match[str]) -> timedelta:
    unit = {"m": "minutes", "h": "hours", "d": "days"}[found.group(2)[0]]
    return timedelta(**{unit: int(found.group(1))})


def _iso(words: str) -> datetime | None:
    """A time with its offset, which says everything."""
    try:
        moment = datetime.fromisoformat(words.upper())
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


def _local(words: str, zone: ZoneInfo, here: datetime) -> datetime | None:
    if found := _DATE.match(words):
        clock = _clock(found.group(2)) if found.group(2) else time(9)
        try:
            day = datetime.fromisoformat(found.group(1))
        except ValueError:
            return None
        return _exact(datetime.combine(day, clock), zone) if clock else None
    first, _, rest = words.partition(" ")
    clock = _clock(rest or first)
    ahead = _days_ahead(first, here) if rest else 0
    if clock is None or ahead is None:
        return None
    day = here.replace(tzinfo=None) + timedelta(days=ahead)
    moment = datetime.combine(day, clock)
    again = 7 if first[:3] in {name[:3] for name in _DAYS} else 0 if rest else 1
    if moment <= here.replace(tzinfo=None):
        moment += timedelta(days=again)
    return _exact(moment, zone)


def _days_ahead(word: str, here: datetime) -> int | None:
    if word in ("today", "tomorrow"):
        return int(word == "tomorrow")
    names = [name for name in _DAYS if len(word) >= 3 and name.startswith(word)]
    if not names:
        return None
    return (_DAYS.index(names[0]) - here.weekday()) % 7


def _clock(text: str) -> time | None:
    found = _CLOCK.match(text)
    if not found or not (found.group(2) or found.group(3)):
        return None
    hour, minute = int(found.group(1)), int(found.group(2) or 0)
    if found.group(3):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (found.group(3) == "pm")
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _exact(naive: datetime, zone: ZoneInfo) -> datetime:
    """The one instant that clocks in the zone show this at."""
    early, late = (
        naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)
    )
    if early == late:
        return early
    shown = f"{naive:%Y-%m-%d %H:%M}"
    if early.astimezone(zone).replace(tzinfo=None) != naive:
        raise UsageError(
            f"in {zone.key} there is no {shown}: the clocks go forward then",
            hint="choose an hour before or after",
        )
    choices = " or ".join(
        moment.astimezone(zone).isoformat(timespec="minutes")
        for moment in (early, late)
    )
    raise UsageError(
        f"in {zone.key} it is {shown} twice: the clocks go back then",
        hint=f"write {choices}",
    )
