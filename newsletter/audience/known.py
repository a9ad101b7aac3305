"""What a row of a file says about a person, beside whether they may be mailed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple
from unicodedata import is_normalized

from newsletter.audience.cells import one_line, revive, too_long, uid_in
from newsletter.audience.details import Unreadable, attributes_in, tags_in
from newsletter.audience.headers import Column, Role
from newsletter.audience.layout import Layout
from newsletter.audience.moments import NoTime, parse_moment
from newsletter.model.consent import Consent, ConsentKind
from newsletter.model.subscriber import SuppressionReason
from newsletter.model.text import MAX_LINE

_TIME_HINT = "write it as 2026-12-31 or 2026-12-31T23:59:59Z"


class CannotKeep(ValueError):
    """Something in the row cannot be kept as it is: why, and what to do."""

    def __init__(self, reason: str, hint: str) -> None:
        """Say what it is."""
        self.reason = reason
        self.hint = hint
        super().__init__(reason)


class Known(NamedTuple):
    """What is said about a person; times are None where nothing is said.

    So is the note about a suppression in a file without such a column.
    """

    name: str = ""
    attributes: Mapping[str, str] = MappingProxyType({})
    source: str = ""
    tags: tuple[str, ...] = ()
    joined_at: datetime | None = None
    confirmed_at: datetime | None = None
    left_at: datetime | None = None
    since: datetime | None = None
    note: str | None = None
    ip: str = ""
    uid: int = 0

    def consents(self, address: str, source: str) -> tuple[Consent, ...]:
        """What the other service wrote down of their consent: when and from where."""
        at = self.confirmed_at or self.joined_at
        if not self.ip or at is None:
            return ()
        kind = ConsentKind.IMPORTED
        said = Consent(kind=kind, at=at, address=address, ip=self.ip, source=source)
        return (said,)


_Times = tuple[datetime | None, datetime | None, datetime | None]
"""Of joining, confirming and leaving."""

_NO_TIMES: _Times = (None, None, None)


def read_known(layout: Layout, cells: Sequence[str]) -> Known:
    """Read the cells of one row; raises CannotKeep."""
    name, attributes = _details(layout, cells)
    if not layout.says_more:
        return Known(name, attributes)
    joined, confirmed, left = _times(layout.times, cells) if layout.times else _NO_TIMES
    return Known(
        name,
        attributes,
        _line(layout.source, cells)[:MAX_LINE] if layout.source else "",
        tags_of(layout.tags, cells) if layout.tags else (),
        joined or confirmed,
        confirmed,
        left,
        _moment(layout.since, cells[layout.since.index]) if layout.since else None,
        _line(layout.note, cells) if layout.note else None,
        _first(layout.ips, cells)[:MAX_LINE] if layout.ips else "",
        _uid(layout.uid, cells) if layout.uid else 0,
    )


def _details(layout: Layout, cells: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Name and attributes."""
    name = cells[layout.name.index] if layout.name else ""
    found = {key: cells[i] for i, key in layout.attribute_places if cells[i]}
    # One look at a whole row costs less than one at each of its cells, and nearly all
    # rows need no cleaning: a part of what is in NFC is in NFC too.
    row = "".join(cells)
    plain = row.isprintable() and "'" not in row and is_normalized("NFC", row)
    if not plain:
        name = one_line(revive(name))
        cleaned = {key: one_line(revive(cell)) for key, cell in found.items()}
        found = {key: value for key, value in cleaned.items() if value}
    for column in layout.details:
        found.update(_several(column, cells[column.index]))
    # What is short altogether has nothing too long in it, unless it was cleaned.
    if not plain or len(row) > MAX_LINE:
        refusal = too_long(name, found)
        if refusal:
            raise CannotKeep(*refusal)
    return name, found


def _line(column: Column, cells: Sequence[str]) -> str:
    return one_line(revive(cells[column.index]))


def _several(column: Column, cell: str) -> dict[str, str]:
    cell = revive(cell)
    if not cell:
        return {}
    try:
        return attributes_in(cell)
    except Unreadable as error:
        reason = f"`{column.header}`: {error}"
        raise CannotKeep(reason, "mend it, or remove the column") from None


def tags_of(columns: Iterable[Column], cells: Sequence[str]) -> tuple[str, ...]:
    """The tags in some cells of a row; raises CannotKeep."""
    found: list[str] = []
    for column in columns:
        if cell := cells[column.index]:
            try:
                found += tags_in(revive(cell))
            except Unreadable as error:
                raise CannotKeep(f"`{column.header}`: {error}", "remove some") from None
    return tuple(dict.fromkeys(found)) if found else ()


def _times(columns: Iterable[Column], cells: Sequence[str]) -> _Times:
    joined = confirmed = left = None
    for column in columns:
        cell = cells[column.index]
        if not cell:
            continue
        role = column.role
        if role is Role.JOINED:
            joined = joined or _moment(column, cell)
        elif role is Role.CONFIRMED:
            confirmed = confirmed or _moment(column, cell)
        else:
            left = left or time_of_leaving(column, cell)
    return joined, confirmed, left


def time_of_leaving(column: Column, cell: str) -> datetime | None:
    """The time in such a cell, unless it is a mere yes."""
    if column.reason is SuppressionReason.MANUAL or not cell[:1].isdigit():
        return None
    try:
        return parse_moment(cell)
    except NoTime:
        return None


def _moment(column: Column, cell: str) -> datetime | None:
    try:
        return parse_moment(cell) if cell else None
    except NoTime:
        reason = f"`{column.header}` is `{cell[:40]}`, which is no known time"
        raise CannotKeep(reason, _TIME_HINT) from None


def _uid(column: Column, cells: Sequence[str]) -> int:
    """The number in the links of somebody's letters, as an export of ours has it."""
    cell = cells[column.index]
    uid = uid_in(cell) if cell else 0
    if uid is None:
        reason = f"`{column.header}` is `{cell[:40]}`, which no export writes"
        raise CannotKeep(reason, "leave the cell blank: they get a new one")
    return uid


def _first(columns: Iterable[Column], cells: Sequence[str]) -> str:
    """The first cell that is not blank."""
    return next((cells[c.index] for c in columns if cells[c.index]), "")
