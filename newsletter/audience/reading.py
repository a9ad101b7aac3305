"""Turns the rows of a CSV file into people, or into the reason why one was skipped."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import islice

from newsletter.audience.address import Address, AddressRefused, normalise
from newsletter.audience.csv_file import Row
from newsletter.audience.entry import Entry, Skip
from newsletter.audience.known import CannotKeep, Known, read_known
from newsletter.audience.layout import Layout
from newsletter.audience.plain_rows import PlainRows
from newsletter.audience.standing import (
    MAY_BE_MAILED,
    Standing,
    UnknownStatus,
    standing,
    tells_who_left,
)
from newsletter.model.erasure import PREFIX, is_erased_key
from newsletter.model.subscriber import (
    NewSubscriber,
    SubscriberStatus,
    SuppressionReason,
)

_LEFT = SubscriberStatus.UNSUBSCRIBED
_ERASURE = SuppressionReason.ERASURE
_ROWS_AT_ONCE = 3000


class Reader:
    """Reads the rows of one file; knows which addresses it has seen."""

    def __init__(self, layout: Layout, source: str) -> None:
        """Read rows of this layout; `source` is for rows that do not say theirs."""
        self._layout = layout
        self._source = source
        self._plain = PlainRows(layout, source)
        self._where = [column.index for column in layout.standing]
        self._lines: dict[bytes, int] = {}
        self._left: set[bytes] = set()

    def read(self, rows: Iterable[Row]) -> Iterator[list[Entry | Skip]]:
        """Give for each row, in order, what it holds or why it cannot be used."""
        rest = iter(rows)
        while some := list(islice(rest, _ROWS_AT_ONCE)):
            plain = self._plain.read(some)
            yield self._first_of_each(
                [
                    self._read(row) if entry is None else entry
                    for entry, row in zip(plain, some, strict=True)
                ]
            )

    def _read(self, row: Row) -> Entry | Skip:
        """Look at one row by itself."""
        if len(row.cells) != self._layout.width:
            return self._of_another_width(row)
        return self._entry(row.line, row.cells)

    def _of_another_width(self, row: Row) -> Entry | Skip:
        skip = self._ragged(row)
        if skip and (self._layout.everybody or any(map(tells_who_left, row.cells))):
            return self._leaver(row, skip)
        return skip or self._entry(row.line, row.cells)

    def _ragged(self, row: Row) -> Skip | None:
        cells, width = row.cells, self._layout.width
        if len(cells) > width and not any(cells[width:]):
            return None
        place = self._layout.address.index
        address = cells[place] if place < len(cells) else ""
        reason = f"{len(cells)} cells, but the first line names {width} columns"
        hint = "put quotes around a cell with a comma in it"
        if len(cells) < width:
            hint = "add the cells that are missing; they may be blank"
        return Skip(row.line, _shown(address), reason, hint)

    def _leaver(self, row: Row, skip: Skip) -> Entry | Skip:
        """Of a row that cannot be read, keep at least that the person left."""
        try:
            address = normalise(row.cells[self._layout.address.index])
        except (AddressRefused, IndexError):
            return skip
        person = NewSubscriber(
            address=address.address,
            address_key=address.key,
            status=SubscriberStatus.UNSUBSCRIBED,
            source=self._source,
        )
        reason = self._layout.everybody or SuppressionReason.UNSUBSCRIBE
        return Entry(row.line, person, Standing(person.status, reason))

    def _entry(self, line: int, cells: Sequence[str]) -> Entry | Skip:
        cell = cells[self._layout.address.index]
        try:
            if cell.startswith(PREFIX):
                return self._erased(line, cell, read_known(self._layout, cells))
            return self._person(line, normalise(cell), cells)
        except AddressRefused as refused:
            return Skip(line, _shown(cell), refused.reason, refused.hint)
        except CannotKeep as problem:
            return Skip(line, _shown(cell), problem.reason, problem.hint)
        except UnknownStatus as unknown:
            reason = f"the status `{_shown(str(unknown))}` is not known"
            hint = "write active, pending or unsubscribed instead"
            return Skip(line, _shown(cell), reason, hint)

    def _erased(self, line: int, cell: str, known: Known) -> Entry:
        """A keyed hash, as an export has it of somebody who was erased."""
        if not is_erased_key(cell):
            raise AddressRefused(cell, "a keyed hash that is not whole", "leave it out")
        person = NewSubscriber(address=cell, address_key=cell)
        stands = Standing(reason=_ERASURE, nobody=True)
        return Entry(line, person, stands, known.since, known.note)

    def _person(
        self, line: int, address: Address, cells: Sequence[str]
    ) -> Entry | Skip:
        layout = self._layout
        stands = MAY_BE_MAILED
        if any(map(cells.__getitem__, self._where)):
            stands = standing(layout.standing, cells)
        if layout.everybody and stands.reason is None:
            stands = Standing(_LEFT, layout.everybody)
        try:
            known = read_known(layout, cells)
        except CannotKeep as problem:
            if stands.reason is None:
                return Skip(line, address.address, problem.reason, problem.hint)
            # That they left matters more than what is said about them.
            known = Known()
        # By place, because a name for each takes as long as reading the address.
        person = NewSubscriber(
            address.address,
            address.key,
            known.name,
            known.attributes,
            stands.status,
            known.source or self._source,
            known.tags,
            known.joined_at,
            known.confirmed_at,
            known.left_at if stands.status is _LEFT else None,
            known.consents(address.address, self._source) if known.ip else (),
            known.uid,
        )
        since = known.since or known.left_at
        return Entry(line, person, stands, since, known.note)

    def _first_of_each(self, found: list[Entry | Skip]) -> list[Entry | Skip]:
        """Skip who was there before, unless a row now says no, or why else."""
        entries = [each for each in found if isinstance(each, Entry)]
        # A million addresses would take twice the memory.
        keys = [
            blake2b(entry.person.address_key.encode(), digest_size=12).digest()
            for entry in entries
        ]
        lines = [entry.line for entry in entries]
        first = list(map(self._lines.setdefault, keys, lines))
        if first == lines and not any(entry.standing.reason for entry in entries):
            return found
        known = iter(zip(keys, first, strict=True))
        return [
            each if isinstance(each, Skip) else self._once(each, *next(known))
            for each in found
        ]

    def _once(self, found: Entry, key: bytes, first: int) -> Entry | Skip:
        """Skip an address that stands in an earlier line, the `first` with it."""
        if found.standing.reason and key + _ERASURE.encode() not in self._left:
            said = key + found.standing.reason.encode()
            if said not in self._left:
                self._left.add(said)
                return found
        if first != found.line:
            reason = f"the same address as line {first}"
            return Skip(found.line, found.person.address, reason, "the first is taken")
        return found


def _shown(cell: str) -> str:
    """As much of a cell as a report needs."""
    return cell if len(cell) <= 100 else f"{cell[:99]}…"
