"""What becomes of a row of a file: somebody to import, or the reason why not."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from newsletter.audience.standing import Standing
from newsletter.model.subscriber import NewSubscriber


@dataclass(frozen=True, slots=True)
class Skip:
    """A row that was left out: the line it starts on, why, and what to do about it.

    The `file` is the one inside of a zip.
    """

    line: int
    address: str
    reason: str
    hint: str = ""
    file: str = ""


class Entry(NamedTuple):
    """A row that can be imported: a person, and whether they may be mailed.

    Where not, `since` is since when, if that is known, and the `note` says more.
    """

    line: int
    person: NewSubscriber
    standing: Standing
    since: datetime | None = None
    note: str | None = None
