"""Times as other services write them into their files."""

import re
from datetime import UTC, datetime

_NOTHING = re.compile(r"(?:0000-00-00.*|null|none|n/?a|nan|-)\Z", re.IGNORECASE)
_ZONE = re.compile(r"\s*(?:UTC|GMT|Z)\Z", re.IGNORECASE)
_PLAIN = len("2026-12-31 23:59:59")
_US = ("%m/%d/%Y", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M %p")
_OTHERS = ("%Y-%m-%d %H:%M:%S %z", "%b %d, %Y", "%B %d, %Y", *_US)


class NoTime(ValueError):
    """This is not a time that is known here."""


def parse_moment(cell: str) -> datetime | None:
    """Read a time: ISO 8601 and its likes, or `M/D/YYYY`; without a zone it is UTC.

    None for what stands for no time. Raises NoTime for all else.
    """
    try:
        # As most services write it; to add the zone afterwards takes twice the time.
        moment = datetime.fromisoformat(f"{cell}Z" if len(cell) == _PLAIN else cell)
    except ValueError:
        if _NOTHING.match(cell):
            return None
        moment = _otherwise(_ZONE.sub("", cell).strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    elif moment.tzinfo is not UTC:
        try:
            moment = moment.astimezone(UTC)
        except OverflowError:
            raise NoTime(cell) from None
    if not 1970 <= moment.year < 3000:
        raise NoTime(cell)
    return moment


def _otherwise(cell: str) -> datetime:
    try:
        return datetime.fromisoformat(cell)
    except ValueError:
        pass
    for form in _OTHERS:
        try:
            return datetime.strptime(cell, form)  # noqa: DTZ007 - the caller adds UTC
        except ValueError:
            continue
    raise NoTime(cell)
