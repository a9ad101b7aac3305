"""The cells of many rows, column by column, and which rows want a closer look."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from unicodedata import is_normalized

from newsletter.audience import address
from newsletter.audience.cells import uid_in
from newsletter.audience.csv_file import Row
from newsletter.audience.headers import Column
from newsletter.audience.moments import NoTime, parse_moment
from newsletter.model.text import MAX_LINE

Moments = Sequence[datetime | None]
Read = Callable[[str], datetime | None]


class Columns:
    """The columns of some rows of a file; `odd` are the rows for a closer look."""

    def __init__(self, rows: Sequence[Row], width: int) -> None:
        """Take the cells apart."""
        self.lines, cells = zip(*rows, strict=True)
        self.odd: set[int] = set()
        self._number = len(rows)
        if {*map(len, cells)} != {width}:
            self._leave(place for place, row in enumerate(cells) if len(row) != width)
            blank = [""] * width
            cells = tuple(row if len(row) == width else blank for row in cells)
        self._cells = list(zip(*cells, strict=True))

    def all(self, value: Any) -> list[Any]:
        """The same for each row."""
        return [value] * self._number

    def addresses(self, column: Column) -> Sequence[str]:
        """Addresses that are taken as they are."""
        cells = self._cells[column.index]
        plain = address.plain(cells)
        if not all(plain):
            self._leave(place for place, is_plain in enumerate(plain) if not is_plain)
        return cells

    def short(self, column: Column) -> Sequence[str]:
        """Cells that are not too long to be kept, nor to be remembered."""
        cells = self._cells[column.index]
        if max(map(len, cells)) > MAX_LINE:
            self._leave(
                place for place, cell in enumerate(cells) if len(cell) > MAX_LINE
            )
        return cells

    def texts(self, column: Column) -> Sequence[str]:
        """Cells that are kept as they stand there."""
        cells = self.short(column)
        if not _is_plain("".join(cells)):
            self._leave(
                place for place, cell in enumerate(cells) if not _is_plain(cell)
            )
        return cells

    def blank(self, column: Column, *also: str) -> None:
        """Leave the rows in which more stands than this."""
        cells = self._cells[column.index]
        nothing = {"", *also}
        if not nothing.issuperset(cells):
            self._leave(
                place for place, cell in enumerate(cells) if cell not in nothing
            )

    def attributes(self, columns: Sequence[Column]) -> list[dict[str, str]]:
        """The attributes of each row, by the names of their columns."""
        if not columns:
            return [{} for _ in range(self._number)]
        names = [column.key for column in columns]
        rows = zip(*map(self.texts, columns), strict=True)
        return [
            {name: cell for name, cell in zip(names, row, strict=True) if cell}
            if "" in row
            else dict(zip(names, row, strict=True))
            for row in rows
        ]

    def moments(self, column: Column, read: Read = parse_moment) -> Moments:
        """Times, or None where nothing stands."""
        cells = self._cells[column.index]
        if not any(cells):
            return self.all(None)
        try:
            return [read(cell) if cell else None for cell in cells]
        except NoTime:
            return [self._moment(*each, read) for each in enumerate(cells)]

    def _moment(self, place: int, cell: str, read: Read) -> datetime | None:
        try:
            return read(cell) if cell else None
        except NoTime:
            self.odd.add(place)
            return None

    def uids(self, column: Column) -> Sequence[int]:
        """The numbers in people's links, or 0."""
        found = [uid_in(cell) if cell else 0 for cell in self._cells[column.index]]
        self._leave(place for place, uid in enumerate(found) if uid is None)
        return [uid or 0 for uid in found]

    def together(
        self, columns: Sequence[Column], said: Callable[..., Any], nothing: Any
    ) -> list[Any]:
        """What some columns say together; None of it wants a closer look."""
        cells = [self.short(column) for column in columns]
        if not any(map(any, cells)):
            return self.all(nothing)
        found = [*map(said, *cells)]
        if None in found:
            self._leave(place for place, each in enumerate(found) if each is None)
            found = [nothing if each is None else each for each in found]
        return found

    def _leave(self, places: Iterable[int]) -> None:
        self.odd.update(places)


def _is_plain(text: str) -> bool:
    """Whether a text is kept as it is; so are all those that it is made of then."""
    return text.isprintable() and "'" not in text and is_normalized("NFC", text)
