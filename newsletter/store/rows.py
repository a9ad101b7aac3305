"""Many rows in one statement, in the way that is fast on each database.

SQLite runs a statement per row without any round trip. PostgreSQL is given all rows as
one JSON text: to send them as parameters takes several times as long.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Connection,
    CursorResult,
    Dialect,
    Insert,
    Integer,
    Table,
    TableValuedAlias,
    Text,
    any_,
    bindparam,
    column,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.types import TypeEngine

from newsletter.store.clock import UtcDateTime, sqlite_text


def insert_rows(
    connection: Connection,
    statement: Insert,
    rows: Sequence[dict[str, Any]],
    **constants: Any,
) -> CursorResult[Any]:
    """Insert rows, one at least, that differ in their items and share `constants`.

    The rows have two items at least, all the same ones, and are not the caller's any
    more.
    """
    if connection.dialect.name == "sqlite":
        if not statement._returning:
            return _insert_plain(connection, statement, rows, constants)
        return connection.execute(statement.values(**constants), rows)
    names = list(rows[0])
    table = cast("Table", statement.table)
    source = _given(table, {name: name for name in names})
    shared = [
        value if isinstance(value, ColumnElement) else literal(value)
        for value in constants.values()
    ]
    chosen = select(*source.c, *shared)
    return connection.execute(
        statement.from_select([*names, *constants], chosen), {"b_rows": rows}
    )


def _insert_plain(
    connection: Connection,
    statement: Insert,
    rows: Sequence[dict[str, Any]],
    constants: Mapping[str, Any],
) -> CursorResult[Any]:
    """Hand rows to SQLite's driver: SQLAlchemy's way through them takes longer."""
    dialect = connection.dialect
    given = {name: statement.table.c[name].type for name in rows[0]}
    parameters = {name: bindparam(name, type_=kind) for name, kind in given.items()}
    compiled = statement.values(**parameters, **constants).compile(dialect=dialect)
    for name, kind in given.items():
        if convert := _converter(kind, dialect):
            for row in rows:
                row[name] = convert(row[name])
    order = compiled.positiontup or []
    for name in set(order) - given.keys():
        for row in rows:
            row[name] = compiled.params[name]
    values = list(map(itemgetter(*order), rows))
    return connection.exec_driver_sql(str(compiled), values)


def _converter(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What makes a value of this type fit for the driver; None where it is already."""
    if isinstance(kind, Text | Integer):
        return None
    if isinstance(kind, UtcDateTime):
        return sqlite_text
    return kind.dialect_impl(dialect).bind_processor(dialect)


def among(connection: Connection, column: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a column is one of many texts, given as the one parameter `keys`."""
    if connection.dialect.name == "sqlite":
        keys = func.json_each(bindparam("keys", type_=JSON)).table_valued("value")
        return column.in_(select(keys.c.value))
    return column == any_(bindparam("keys", type_=ARRAY(Text)))


def insert_new(connection: Connection, table: Table, key: Sequence[str]) -> Insert:
    """Make an INSERT that does nothing where a row with the same `key` exists."""
    return _insert_new(connection.dialect.name, table, tuple(key))


class RowUpdate:
    """An UPDATE of many rows, each found by its `key` and given values of its own.

    In the rows handed over, the names of columns begin with `b_`.
    """

    def __init__(
        self,
        table: Table,
        key: str,
        columns: Sequence[str],
        *conditions: ColumnElement[bool],
        **constants: Any,
    ) -> None:
        """Prepare it; `conditions` are further ones, that hold for all rows."""
        self._sql: tuple[str, Sequence[str], Mapping[str, Any]] | None = None
        # Such values are handed to the driver as they are: SQLAlchemy's way through
        # each row's parameters takes longer than SQLite's update.
        self._plain = all(
            isinstance(table.c[name].type, Text | Integer) for name in (key, *columns)
        )
        names = {f"b_{name}": name for name in (key, *columns)}
        given = _given(table, names)
        self._each = (
            update(table)
            .where(table.c[key] == bindparam(f"b_{key}"), *conditions)
            .values({name: bindparam(f"b_{name}") for name in columns} | constants)
        )
        self._all = (
            update(table)
            .where(table.c[key] == given.c[f"b_{key}"], *conditions)
            .values({name: given.c[f"b_{name}"] for name in columns} | constants)
        )

    def run(
        self, connection: Connection, rows: Sequence[dict[str, Any]], **common: Any
    ) -> None:
        """Update `rows`; `common` are the values of the conditions."""
        if not rows:
            return
        if connection.dialect.name == "sqlite":
            if self._plain:
                self._run_plain(connection, rows, common)
            else:
                connection.execute(self._each, [common | row for row in rows])
        else:
            connection.execute(self._all, common | {"b_rows": rows})

    def _run_plain(
        self,
        connection: Connection,
        rows: Sequence[dict[str, Any]],
        common: Mapping[str, Any],
    ) -> None:
        if self._sql is None:
            compiled = self._each.compile(dialect=connection.dialect)
            names = compiled.positiontup or []
            self._sql = (str(compiled), names, compiled.params)
        text, order, fixed = self._sql
        same = {**fixed, **common}
        values = [tuple(row[n] if n in row else same[n] for n in order) for row in rows]
        connection.exec_driver_sql(text, values)


def _given(table: Table, names: Mapping[str, str]) -> TableValuedAlias:
    """Make a table of the parameter `b_rows`; `names` maps its columns to `table`'s."""
    columns = [column(given, table.c[name].type) for given, name in names.items()]
    return (
        func.json_to_recordset(bindparam("b_rows", type_=JSON))
        .table_valued(*columns)
        .render_derived(name="given", with_types=True)
    )


@cache
def _insert_new(dialect: str, table: Table, key: tuple[str, ...]) -> Insert:
    # By name, because importing the dialect that is not used takes 40 ms.
    module = import_module(f"sqlalchemy.dialects.{dialect}")
    statement: Insert = module.insert(table).on_conflict_do_nothing(index_elements=key)
    return statement
