"""Writes whole rows, in the way of each database for very many of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, Integer, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from newsletter.store.clock import UtcDateTime, sqlite_text
from newsletter.store.rows import json_texts

Rows = Iterable[tuple[Any, ...]]

_ROWS_AT_ONCE = 500
_NULL = "\\N"
# https://www.postgresql.org/docs/current/sql-copy.html, “Text Format”
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def load(connection: Connection, table: Table, rows: Rows) -> None:
    """Add rows that have all columns of a table, JSON as the text that it is."""
    if connection.dialect.name == "postgresql":
        copy_in(connection, table, [column.name for column in table.columns], rows)
        return
    into = _columns(connection, table, [column.name for column in table.columns])
    marks = ", ".join("?" * len(table.columns))
    statement = f"INSERT INTO {into} VALUES ({marks})"  # noqa: S608  our own names
    connection.exec_driver_sql(statement, [*_for_sqlite(table, rows)])


def copy_in(
    connection: Connection, table: Table, names: Sequence[str], rows: Rows
) -> None:
    """Add rows that have these columns to a table of PostgreSQL, by its COPY.

    Raises DBAPIError, as a statement of SQLAlchemy's does.
    """
    with _copy(connection, table, names) as copy:
        for row in rows:
            copy.write_row(row)


def copy_columns(
    connection: Connection,
    table: Table,
    columns: Mapping[str, Sequence[Any]],
    **constants: Any,
) -> None:
    """The same, with the values of all rows column by column, in a third of the time.

    All rows share the `constants`. Only of times some may be None.
    """
    names = [*columns, *constants]
    number = len(next(iter(columns.values())))
    shared = [
        _copied_texts(table.c[name].type, [constants[name]]) for name in constants
    ]
    with _copy(connection, table, names) as copy:
        # Some at a time, so that the server writes them while the next are prepared.
        for start in range(0, number, _ROWS_AT_ONCE):
            texts = [
                _copied_texts(table.c[name].type, values[start : start + _ROWS_AT_ONCE])
                for name, values in columns.items()
            ]
            texts += [[*text] * len(texts[0]) for text in shared]
            copy.write("\n".join([*map("\t".join, zip(*texts, strict=True)), ""]))


@contextmanager
def _copy(connection: Connection, table: Table, names: Sequence[str]) -> Iterator[Any]:
    from psycopg import Error  # noqa: PLC0415  an extra

    command = f"COPY {_columns(connection, table, names)} FROM STDIN"
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(command) as copy:
            yield copy
    except Error as error:
        raise DBAPIError(command, None, error) from error


def _copied_texts(kind: TypeEngine[Any], values: Sequence[Any]) -> Sequence[str]:
    """How COPY reads the values of a column."""
    if isinstance(kind, UtcDateTime):
        return [*map(_copied_time, values)] if any(values) else [_NULL] * len(values)
    if isinstance(kind, Integer):
        return [*map(str, values)]
    texts = json_texts(values) if isinstance(kind, JSON) else values
    whole = "".join(texts)
    for mark, escaped in _ESCAPES.items():
        if mark in whole:
            texts = [text.replace(mark, escaped) for text in texts]
    return texts


def _copied_time(moment: datetime | None) -> str:
    if moment is None:
        return _NULL
    if moment.tzinfo is None:
        message = f"{moment!r} has no timezone"
        raise ValueError(message)
    return moment.isoformat()


def _columns(connection: Connection, table: Table, names: Sequence[str]) -> str:
    quote = connection.dialect.identifier_preparer.quote
    return f"{table.name} ({', '.join(map(quote, names))})"


def _for_sqlite(table: Table, rows: Rows) -> Iterator[tuple[Any, ...]]:
    times = [isinstance(column.type, UtcDateTime) for column in table.columns]
    for row in rows:
        yield tuple(
            sqlite_text(value) if is_time else value
            for value, is_time in zip(row, times, strict=True)
        )
