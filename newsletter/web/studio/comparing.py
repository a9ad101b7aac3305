"""Sets two versions of a text beside each other, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

_AROUND = 2
"""Lines that are the same and shown around those that differ."""

_MOST_LINES = 4000
"""Of a text that is compared: the time it takes grows with their square."""

_MOST_ROWS = 400


@dataclass(frozen=True, slots=True)
class Row:
    """One line of each version; None where a version has no such line."""

    mine: str | None
    disk: str | None

    @property
    def same(self) -> bool:
        """Whether both have it."""
        return self.mine == self.disk


@dataclass(frozen=True, slots=True)
class Comparison:
    """The rows that differ, with a few around them; `whole` when none was left out."""

    rows: tuple[Row, ...]
    whole: bool


def compare(mine: str, disk: str) -> Comparison:
    """What differs between the author's text and the one on disk."""
    one, other = mine.split("\n"), disk.split("\n")
    if max(len(one), len(other)) > _MOST_LINES:
        return Comparison((), whole=False)
    rows = list(_rows(one, other))
    return Comparison(tuple(rows[:_MOST_ROWS]), whole=len(rows) <= _MOST_ROWS)


def _rows(one: list[str], other: list[str]) -> Iterator[Row]:
    # Every other line of Markdown is blank. To match each with each takes the cube of
    # their number; in a long text what is there so often is matched beside others only.
    matcher = SequenceMatcher(None, one, other, autojunk=True)
    for group in matcher.get_grouped_opcodes(_AROUND):
        for _, a, b, c, d in group:
            for mine, disk in zip_longest(one[a:b], other[c:d]):
                yield Row(mine, disk)
