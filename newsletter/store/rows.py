"""Many rows in one statement, in the way that is fast on each database.

SQLite runs a statement per row without any round trip. PostgreSQL is given all rows as
one JSON text: to send them as parameters takes several times as long.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any, cast

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    CursorResult,
    Insert,
    Integer,
    Table,
    TableValuedAlias,
    Text,
    bindparam,
    column,
    func,
    literal,
    select,
    update,
)


def insert_rows(
    connection: Connection,
    statement: Insert,
    rows: Sequence[Mapping[str, Any]],
    **constants: Any,
) -> CursorResult[Any]:
    """Insert rows, one at least, that differ in their items and share `constants`."""
    if connection.dialect.name == "sqlite":
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
