"""Turns the rows of a CSV file into people, or into the reason why one was skipped."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from newsletter.audience.address import Address, AddressRefused, normalise
from newsletter.audience.cells import one_line, revive, too_long
from newsletter.audience.csv_file import Row
from newsletter.audience.layout import Layout
from newsletter.audience.standing import (
    MAY_BE_MAILED,
    Standing,
    UnknownStatus,
    standing,
    tells_who_left,
)
from newsletter.model.subscriber import (
    NewSubscriber,
    SubscriberStatus,
    SuppressionReason,
)
from newsletter.model.text import MAX_LINE


@dataclass(frozen=True, slots=True)
class Skip:
    """A row that was left out: the line it starts on, why, and what to do about it."""

    line: int
    address: str
    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that can be imported: a person, and whether they may be mailed."""

    line: int
    person: NewSubscriber
    standing: Standing


class Reader:
    """Reads the rows of one file; knows which addresses it has seen."""

    def __init__(self, layout: Layout, source: str) -> None:
        """Read rows of this layout; `source` is for rows that do not say theirs."""
        self._layout = layout
        self._source = source
        self._lines: dict[str, int] = {}
        self._left: set[str] = set()

    def read(self, rows: Iterable[Row]) -> Iterator[Entry | Skip]:
        """Give for each row, in order, what it holds or why it cannot be used."""
        for row in rows:
            skip = self._ragged(row)
            if skip and any(map(tells_who_left, row.cells)):
                yield self._once(self._leaver(row, skip))
            else:
                yield skip or self._once(self._entry(row.line, row.cells))

    def _ragged(self, row: Row) -> Skip | None:
        cells, width = row.cells, self._layout.width
        if len(cells) == width or (len(cells) > width and not any(cells[width:])):
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
        reason = SuppressionReason.UNSUBSCRIBE
        return Entry(row.line, person, Standing(person.status, reason))

    def _entry(self, line: int, cells: Sequence[str]) -> Entry | Skip:
        cell = cells[self._layout.address.index]
        try:
            return self._person(line, normalise(cell), cells)
        except AddressRefused as refused:
            return Skip(line, _shown(cell), refused.reason, refused.hint)
        except UnknownStatus as unknown:
            reason = f"the status `{_shown(str(unknown))}` is not known"
            hint = "write active, pending or unsubscribed instead"
            return Skip(line, _shown(cell), reason, hint)

    def _person(
        self, line: int, address: Address, cells: Sequence[str]
    ) -> Entry | Skip:
        layout = self._layout
        name = one_line(revive(cells[layout.name.index])) if layout.name else ""
        attributes = {
            column.key: value
            for column in layout.attributes
            if (cell := cells[column.index]) and (value := one_line(revive(cell)))
        }
        stands = standing(layout.standing, cells) if layout.standing else MAY_BE_MAILED
        if refusal := too_long(name, attributes):
            if stands.reason is None:
                return Skip(line, address.address, *refusal)
            # That they left matters more than what is said about them.
            name, attributes = "", {}
        source = one_line(revive(cells[layout.source.index])) if layout.source else ""
        person = NewSubscriber(
            address=address.address,
            address_key=address.key,
            name=name,
            attributes=attributes,
            status=stands.status,
            source=source[:MAX_LINE] or self._source,
        )
        return Entry(line, person, stands)

    def _once(self, found: Entry | Skip) -> Entry | Skip:
        """Skip an address that was there before, unless only now it says no."""
        if isinstance(found, Skip):
            return found
        key = found.person.address_key
        first = self._lines.setdefault(key, found.line)
        news = found.standing.reason is not None and key not in self._left
        if first != found.line and not news:
            reason = f"the same address as line {first}"
            return Skip(found.line, found.person.address, reason, "the first is taken")
        if news:
            self._left.add(key)
        return found


def _shown(cell: str) -> str:
    """As much of a cell as a report needs."""
    return cell if len(cell) <= 100 else f"{cell[:99]}…"
