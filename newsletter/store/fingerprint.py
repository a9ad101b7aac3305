"""Tells whether two tables hold the same rows, also in databases of two kinds."""

from collections.abc import Generator, Iterable, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from sqlalchemy import JSON, Column, Connection, Select, Table, Text, cast, select

ROWS = 5000
"""Rows in memory at a time."""

_MODULUS = 1 << 128


class Fingerprint(NamedTuple):
    """How many rows, and the sum of their hashes: in whatever order they are read."""

    rows: int
    sum: int


def columns(table: Table) -> list[Any]:
    """The columns as they are compared and copied: JSON as the text that it is."""
    return [_plain(column) for column in table.columns]


def stream(
    connection: Connection, query: Select[Any]
) -> Generator[Sequence[tuple[Any, ...]], None, None]:
    """Read all rows of a query, some at a time; to be closed when left before its end.

    A server keeps them ready until then.
    """
    with connection.execute(query, execution_options={"yield_per": ROWS}) as found:
        for part in found.partitions():
            yield [tuple(row) for row in part]


def fingerprint(connection: Connection, table: Table) -> Fingerprint:
    """Read a whole table."""
    return sum_up(stream(connection, select(*columns(table))))


def sum_up(parts: Iterable[Sequence[tuple[Any, ...]]]) -> Fingerprint:
    """The same of rows that are read somewhere, some at a time."""
    rows = total = 0
    for part in parts:
        rows += len(part)
        total += sum(map(_number, part))
    return Fingerprint(rows, total % _MODULUS)


def _number(row: tuple[Any, ...]) -> int:
    return int.from_bytes(blake2b(repr(row).encode(), digest_size=16).digest())


def _plain(column: Column[Any]) -> Any:
    is_json = isinstance(column.type, JSON)
    return cast(column, Text).label(column.name) if is_json else column
