"""Long lists of issues in pages, and each page by year."""

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from newsletter.render.address import paged_path
from newsletter.render.page import Entry

PER_PAGE = 50
"""Issues on one page of a list: about a year of a weekly letter."""


class Year(NamedTuple):
    """The issues of one year."""

    year: int
    entries: Sequence[Entry]


class Paged(NamedTuple):
    """One page of a list: its place, its number from 1, how many pages there are."""

    entries: Sequence[Entry]
    path: str
    number: int
    pages: int

    @property
    def years(self) -> list[Year]:
        """Its entries by year, in their order."""
        groups = itertools.groupby(self.entries, key=lambda item: item.date.year)
        return [Year(year, [*group]) for year, group in groups]


def paged(entries: Sequence[Entry], path: str) -> Iterator[Paged]:
    """A list that begins at `path`; one without entries is one page all the same."""
    starts = range(0, max(1, len(entries)), PER_PAGE)
    for number, start in enumerate(starts, 1):
        some = entries[start : start + PER_PAGE]
        yield Paged(some, paged_path(path, number), number, len(starts))
