"""Finds out which column of a CSV file is what, or says why that cannot be."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice

from newsletter.audience.csv_file import Row, Table, broken
from newsletter.audience.headers import (
    GUESSES,
    LEAVERS_FILES,
    REASONS_TO_LEAVE,
    Column,
    Role,
    key_of,
    may_tell_who_left,
    role_of,
)
from newsletter.audience.standing import is_status, tells_who_left
from newsletter.config.validate import did_you_mean
from newsletter.model.subscriber import SuppressionReason

_SAMPLE = 100
"""So many rows are looked at before the meaning of `address` or `state` is decided."""

_SEVERAL = frozenset(
    {
        Role.STATUS,
        Role.SUPPRESSED,
        Role.LEFT,
        Role.TAGS,
        Role.JOINED,
        Role.CONFIRMED,
        Role.IP,
        Role.DETAILS,
        Role.IGNORED,
    }
)
_TIMES = frozenset({Role.JOINED, Role.CONFIRMED, Role.LEFT})
_STANDING = frozenset({Role.STATUS, Role.SUPPRESSED, Role.LEFT})


@dataclass(frozen=True)
class Layout:
    """The columns of a file by what they are for.

    `times` are those of joining, confirming and leaving. Where `everybody` is given,
    the file is of people who left, for this reason.
    """

    width: int
    address: Column
    name: Column | None
    source: Column | None
    since: Column | None
    note: Column | None
    uid: Column | None
    standing: tuple[Column, ...]
    attributes: tuple[Column, ...]
    details: tuple[Column, ...]
    tags: tuple[Column, ...]
    times: tuple[Column, ...]
    ips: tuple[Column, ...]
    ignored: tuple[Column, ...]
    everybody: SuppressionReason | None = None

    @cached_property
    def attribute_places(self) -> tuple[tuple[int, str], ...]:
        """Where each attribute stands, and its name."""
        return tuple((column.index, column.key) for column in self.attributes)

    @cached_property
    def says_more(self) -> bool:
        """Whether there is more than names, attributes and where people stand."""
        single = (self.source, self.since, self.note, self.uid)
        return any(single) or bool(self.tags or self.times or self.ips)


def lay_out(table: Table) -> tuple[Layout, Iterator[Row]]:
    """Tell the columns of a file apart, and give back all of its rows.

    Raises SourceError when none holds the addresses, or two hold the same thing.
    """
    sample = list(islice(table.rows, _SAMPLE))
    columns = [_column(place, text) for place, text in enumerate(table.header.cells)]
    columns = _guess(columns, sample)
    _refuse_without_address(table, columns)
    _refuse_twins(table, columns)
    _refuse_doubtful(table, columns)
    found = {role: [c for c in columns if c.role is role] for role in Role}
    layout = Layout(
        width=len(columns),
        address=found[Role.ADDRESS][0],
        name=next(iter(found[Role.NAME]), None),
        source=next(iter(found[Role.SOURCE]), None),
        since=next(iter(found[Role.SINCE]), None),
        note=next(iter(found[Role.NOTE]), None),
        uid=next(iter(found[Role.UID]), None),
        standing=tuple(c for c in columns if c.role in _STANDING),
        attributes=tuple(found[Role.ATTRIBUTE]),
        details=tuple(found[Role.DETAILS]),
        tags=tuple(found[Role.TAGS]),
        times=tuple(c for c in columns if c.role in _TIMES),
        ips=tuple(found[Role.IP]),
        ignored=tuple(found[Role.IGNORED]),
        everybody=_everybody(columns),
    )
    rows: Iterator[Row] = chain(sample, table.rows)
    later = [c for c in layout.attributes if c.key in GUESSES[Role.STATUS]]
    if later and not found[Role.STATUS]:
        rows = _watched(table.file, later, rows)
    return layout, rows


def _watched(
    file: str, columns: Sequence[Column], rows: Iterable[Row]
) -> Iterator[Row]:
    """Refuse a file that tells far down who left, in what seemed an attribute."""
    for row in rows:
        for column in columns:
            cell = row.cells[column.index] if column.index < len(row.cells) else ""
            if cell and tells_who_left(cell):
                message = (
                    f"the column `{column.header}` says `{cell[:40]}` here, and in the "
                    f"first {_SAMPLE} rows it tells of nobody who left"
                )
                hint = "call it `status` if it does, else rename it, such as `region`"
                raise broken(file, row.line, message, hint)
        yield row


def _column(place: int, header: str) -> Column:
    key = key_of(header) or f"column_{place + 1}"
    return Column(place, header, key, role_of(key), REASONS_TO_LEAVE.get(key))


def _everybody(columns: Sequence[Column]) -> SuppressionReason | None:
    """Why everybody in the file left, when it is a file of Mailchimp's that says so."""
    keys = {key_of(column.header) for column in columns}
    if not {"leid", "euid"} <= keys:
        return None
    return next((LEAVERS_FILES[key] for key in LEAVERS_FILES if key in keys), None)


def _guess(columns: Sequence[Column], sample: Sequence[Row]) -> list[Column]:
    """Give `address` and `state` the role they have when no other column has it."""
    guessed = list(columns)
    for role, keys in GUESSES.items():
        if any(column.role is role for column in columns):
            continue
        for column in columns:
            if column.key in keys and _fits(role, column, sample):
                guessed[column.index] = column.as_role(role)
    return guessed


def _fits(role: Role, column: Column, sample: Iterable[Row]) -> bool:
    cells = [row.cells[column.index] for row in sample if column.index < len(row.cells)]
    cells = [cell for cell in cells if cell]
    if role is Role.ADDRESS:
        return all("@" in cell for cell in cells)
    # One word of those who left is enough: the rows with other words are skipped.
    return bool(cells) and (
        all(map(is_status, cells)) or any(map(tells_who_left, cells))
    )


def _refuse_without_address(table: Table, columns: Sequence[Column]) -> None:
    if any(column.role is Role.ADDRESS for column in columns):
        return
    names = [column.header for column in columns]
    shown = ", ".join(f"`{name[:40]}`" for name in names[:10])
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    message = f"no column holds the addresses; there is {shown}{more}"
    guess = next(filter(None, (did_you_mean(n.lower(), ["email"]) for n in names)), "")
    hint = guess or "call it `email`"
    if any("@" in name for name in names):
        hint = "the first line must name the columns, such as `email,name`"
    raise broken(table.file, table.header.line, message, hint)


def _refuse_doubtful(table: Table, columns: Sequence[Column]) -> None:
    """Refuse a column that may say who left, in words of its own."""
    for column in columns:
        if column.role is Role.ATTRIBUTE and may_tell_who_left(column.key):
            message = f"the column `{column.header}` may tell who must not be mailed"
            hint = "call it `status` if it says active or unsubscribed, else rename it"
            raise broken(table.file, table.header.line, message, hint)


def _refuse_twins(table: Table, columns: Sequence[Column]) -> None:
    first: dict[tuple[Role, str], Column] = {}
    for column in columns:
        if column.role in _SEVERAL:
            continue
        key = column.key if column.role is Role.ATTRIBUTE else ""
        before = first.setdefault((column.role, key), column)
        if before is not column:
            what = f"attribute `{key}`" if key else column.role.value
            message = (
                f"two columns for the {what}: `{before.header}`, `{column.header}`"
            )
            hint = "remove or rename one"
            raise broken(table.file, table.header.line, message, hint)
