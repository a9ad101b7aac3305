"""Moves everything into another database, and proves that it arrived.

Only one of the two can be used at any moment: the new one says until the end that it is
unfinished, the old one says from then on that it was moved. A copy that was broken off
goes on where it stopped.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, Integer, Row, Table, delete, select, tuple_

from newsletter.errors import StoreError
from newsletter.store import instance, origin, partitions
from newsletter.store.counters import counted, go_on_after, highest
from newsletter.store.engine import Store
from newsletter.store.fingerprint import Fingerprint, columns, fingerprint, stream
from newsletter.store.loading import load
from newsletter.store.schema import deliveries, metadata, rates, workers
from newsletter.store.upgrade import MOVED, OURS, mark, now

_OF_PROCESSES = {rates, workers}
"""Who sends, and how fast, from one database only: nothing that would be missed."""

Told = Callable[[str, int], None]
"""Is told a table and how many of its rows have come over so far."""


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """A table that is the same in both databases, and its number of rows."""

    name: str
    rows: int


def move(source: Store, target: Store, tell: Told) -> list[CopiedTable]:
    """Bring all rows of `source` into `target`, compare them, and change over.

    Nobody can write to the source meanwhile. Raises StoreError when the two differ in
    the end; then the source stays in use.
    """
    with source.hold() as connection:
        tables = [t for t in metadata.sorted_tables if t not in _OF_PROCESSES]
        # One that was left already must have arrived: what it says may be old by now.
        bring = _arrived if now(connection) == MOVED else _bring
        copied = [bring(connection, target, table, tell) for table in tables]
        for table in filter(counted, tables):
            with target.write() as other:
                go_on_after(other, table, highest(connection, table))
        mark(connection, MOVED)
    # Broken off here, neither can be used; to copy once more then ends it.
    with target.hold() as other:
        mark(other, OURS.head)
        if instance.get(other).uid:
            # It is there by our own doing: no copy of what was sent from.
            origin.settle(other)
    return copied


def _bring(source: Connection, target: Store, table: Table, tell: Told) -> CopiedTable:
    _copy(source, target, table, tell)
    wanted, found = fingerprint(source, table), _found(target, table)
    if found != wanted:
        # What came over before was changed since, or was of another database.
        with target.write() as connection:
            _clear(connection, table)
        _copy(source, target, table, tell)
        found = _found(target, table)
    return _compared(table, wanted, found)


def _arrived(
    source: Connection, target: Store, table: Table, tell: Told
) -> CopiedTable:
    tell(table.name, 0)
    return _compared(table, fingerprint(source, table), _found(target, table))


def _compared(table: Table, wanted: Fingerprint, found: Fingerprint) -> CopiedTable:
    if found != wanted:
        raise StoreError(
            f"{table.name}: {found.rows:,} of {wanted.rows:,} came, or they differ",
            hint="copy once more, to a new database",
        )
    return CopiedTable(table.name, wanted.rows)


def _found(target: Store, table: Table) -> Fingerprint:
    with target.read() as connection:
        return fingerprint(connection, table)


def _copy(source: Connection, target: Store, table: Table, tell: Told) -> None:
    """Copy what is not there yet."""
    key = _numbers(table)
    query = select(*columns(table)).order_by(*table.primary_key.columns)
    with target.write() as connection:
        if table is deliveries:
            partitions.make_missing(connection, partitions.wanted(source))
        if not key:
            connection.execute(delete(table))
        elif last := _last(connection, table, key):
            query = query.where(tuple_(*key) > tuple_(*last))
    done = 0
    with closing(stream(source, query)) as parts:
        for rows in parts:
            with target.write() as connection:
                load(connection, table, rows)
            done += len(rows)
            tell(table.name, done)


def _numbers(table: Table) -> list[Any]:
    """The numbers that a primary key begins with: both databases sort them alike."""
    key = table.primary_key.columns
    return [*takewhile(lambda column: isinstance(column.type, Integer), key)]


def _last(connection: Connection, table: Table, key: Sequence[Any]) -> Row[Any] | None:
    """The last key that came over whole."""
    order = [column.desc() for column in key]
    newest = select(*key).order_by(*order).limit(1)
    last = connection.execute(newest).first()
    if last is None or len(key) == len(table.primary_key.columns):
        return last
    # More rows begin with the same numbers: they come again.
    same = [column == value for column, value in zip(key, last, strict=True)]
    connection.execute(delete(table).where(*same))
    return connection.execute(newest).first()


def _clear(connection: Connection, table: Table) -> None:
    """Empty a table, and those that refer to it: they come after it."""
    for other in reversed(metadata.sorted_tables):
        if other is table or any(
            key.column.table is table for key in other.foreign_keys
        ):
            connection.execute(delete(other))
