"""Reads many rows at once, column by column: those in which nothing is to be cleaned.

To read each row by itself takes three times as long. What wants a closer look is left
to `newsletter.audience.reading`; a test proves that both say the same of all others.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

from newsletter.audience.columns import Columns, Moments
from newsletter.audience.csv_file import Row
from newsletter.audience.entry import Entry
from newsletter.audience.headers import Column, Role
from newsletter.audience.known import (
    CannotKeep,
    Known,
    tags_of,
    time_of_leaving,
)
from newsletter.audience.layout import Layout
from newsletter.audience.standing import (
    MAY_BE_MAILED,
    Standing,
    UnknownStatus,
    standing,
)
from newsletter.model.subscriber import NewSubscriber, SubscriberStatus

_LEFT = SubscriberStatus.UNSUBSCRIBED
_REMEMBERED = 4096

# What the classes do themselves, without a call of a function of Python's for each.
_person: Callable[[Iterable[Any]], NewSubscriber] = partial(
    tuple.__new__, NewSubscriber
)
_entry: Callable[[Iterable[Any]], Entry] = partial(tuple.__new__, Entry)


class PlainRows:
    """Reads the rows of one file, some at a time."""

    def __init__(self, layout: Layout, source: str) -> None:
        """Read rows of this layout; `source` is for rows that do not say theirs."""
        self._layout = layout
        self._source = source
        self._nothing = MAY_BE_MAILED
        if layout.everybody:
            self._nothing = Standing(_LEFT, layout.everybody)
        # Many rows say the same.
        remembering = lru_cache(_REMEMBERED)
        self._standing = remembering(partial(_standing, _renumbered(layout.standing)))
        self._tags = remembering(partial(_tags, _renumbered(layout.tags)))

    def read(self, rows: Sequence[Row]) -> list[Entry | None]:
        """Give for each row what it holds, or None where it wants a closer look."""
        columns = Columns(rows, self._layout.width)
        entries: list[Entry | None] = [*self._entries(columns)]
        for place in columns.odd:
            entries[place] = None
        return entries

    def _entries(self, columns: Columns) -> Iterable[Entry]:
        layout, nobody = self._layout, columns.all(None)
        standings = self._standings(columns)
        left = _times(columns, layout, Role.LEFT)
        since = _or(columns.moments(layout.since), left) if layout.since else left
        note = columns.texts(layout.note) if layout.note else nobody
        people = map(_person, self._people(columns, standings, left))
        return map(
            _entry, zip(columns.lines, people, standings, since, note, strict=True)
        )

    def _people(
        self, columns: Columns, standings: Sequence[Standing], left: Moments
    ) -> Iterable[tuple[Any, ...]]:
        """What people are made of, item by item."""
        layout = self._layout
        for column in layout.details:
            columns.blank(column, "{}")
        addresses = columns.addresses(layout.address)
        confirmed = _times(columns, layout, Role.CONFIRMED)
        joined = _or(_times(columns, layout, Role.JOINED), confirmed)
        statuses = [each.status for each in standings]
        sources: Sequence[str] = columns.all(self._source)
        if layout.source:
            sources = [said or self._source for said in columns.texts(layout.source)]
        if any(left):
            left = [
                at if status is _LEFT else None
                for at, status in zip(left, statuses, strict=True)
            ]
        return zip(
            addresses,
            map(str.lower, addresses),
            columns.texts(layout.name) if layout.name else columns.all(""),
            columns.attributes(layout.attributes),
            statuses,
            sources,
            columns.together(layout.tags, self._tags, ()),
            joined,
            confirmed,
            left,
            self._consents(columns, addresses, joined, confirmed),
            columns.uids(layout.uid) if layout.uid else columns.all(0),
            strict=True,
        )

    def _standings(self, columns: Columns) -> Sequence[Standing]:
        said = columns.together(self._layout.standing, self._standing, MAY_BE_MAILED)
        if self._nothing is MAY_BE_MAILED:
            return said
        return [each if each.reason else self._nothing for each in said]

    def _consents(
        self,
        columns: Columns,
        addresses: Sequence[str],
        joined: Moments,
        confirmed: Moments,
    ) -> Sequence[Any]:
        if not self._layout.ips:
            return columns.all(())
        ips = columns.together(self._layout.ips, _first, "")
        return [
            Known(joined_at=at, confirmed_at=later, ip=ip).consents(
                address, self._source
            )
            if ip
            else ()
            for address, at, later, ip in zip(
                addresses, joined, confirmed, ips, strict=True
            )
        ]


def _times(columns: Columns, layout: Layout, role: Role) -> Moments:
    """When people joined, confirmed or left; of several columns the first that says."""
    found: Moments = columns.all(None)
    for column in layout.times:
        if column.role is role:
            found = _or(found, _moments(columns, column))
    return found


def _moments(columns: Columns, column: Column) -> Moments:
    if column.role is not Role.LEFT:
        return columns.moments(column)
    return columns.moments(column, partial(time_of_leaving, column))


def _or(first: Moments, second: Moments) -> Moments:
    if not any(first):
        return second
    return [one or other for one, other in zip(first, second, strict=True)]


def _first(*cells: str) -> str:
    return next(filter(None, cells), "")


def _standing(columns: Sequence[Column], *cells: str) -> Standing | None:
    try:
        return standing(columns, cells)
    except UnknownStatus:
        return None


def _tags(columns: Sequence[Column], *cells: str) -> tuple[str, ...] | None:
    try:
        return tags_of(columns, cells)
    except CannotKeep:
        return None


def _renumbered(columns: Sequence[Column]) -> list[Column]:
    """The same columns, in rows of nothing but them."""
    return [replace(column, index=place) for place, column in enumerate(columns)]
