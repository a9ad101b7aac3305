"""Many rows in one statement, in the way that is fast on each database.

SQLite runs a statement per row without any round trip. PostgreSQL is given all rows as
one JSON text: to send them as parameters takes several times as long.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module
from itertools import chain
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Connection,
    CursorResult,
    FromClause,
    Insert,
    Integer,
    Select,
    Table,
    TableValuedAlias,
    Text,
    and_,
    any_,
    bindparam,
    column,
    func,
    literal,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy import cast as type_cast
from sqlalchemy import table as from_name
from sqlalchemy.types import TypeEngine

from newsletter.store.clock import UtcDateTime, sqlite_text

_MAX_PARAMETERS = 32_766
"""Of one statement of SQLite: https://sqlite.org/limits.html#max_variable_number."""

# Preparing a statement for the driver takes as long as SQLAlchemy's way through so many
# rows; SQLAlchemy remembers the statements that it has prepared.
_FEW = 50


def insert_rows(
    connection: Connection,
    statement: Insert,
    rows: Sequence[dict[str, Any]],
    **constants: Any,
) -> CursorResult[Any]:
    """Insert rows, one at least, that differ in their items and share `constants`.

    The rows have two items at least, and all the same ones in the same order.
    """
    if connection.dialect.name == "sqlite":
        if statement._returning or len(rows) < _FEW:
            return connection.execute(statement.values(**constants), rows)
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        return _insert_plain(connection, statement, columns, constants)
    table = cast("Table", statement.table)
    given = _given(table, {name: name for name in rows[0]})
    made = _insert_from(statement, given, rows[0], constants)
    return connection.execute(made, {"b_rows": rows})


def insert_columns(
    connection: Connection,
    statement: Insert,
    columns: Mapping[str, Sequence[Any]],
    **constants: Any,
) -> CursorResult[Any]:
    """The same, with the items of all rows column by column, which takes less time."""
    if connection.dialect.name == "sqlite" and not statement._returning:
        return _insert_plain(connection, statement, columns, constants)
    names = tuple(columns)
    rows = [
        dict(zip(names, row, strict=True))
        for row in zip(*columns.values(), strict=True)
    ]
    return insert_rows(connection, statement, rows, **constants)


def _insert_from(
    statement: Insert,
    source: FromClause,
    names: Iterable[str],
    constants: Mapping[str, Any],
) -> Insert:
    """Insert all rows of `source`, whose columns have these names, with constants."""
    shared = [
        value if isinstance(value, ColumnElement) else literal(value)
        for value in constants.values()
    ]
    # Without a WHERE the ON of a conflict would be that of a join to SQLite.
    columns: list[ColumnElement[Any]] = [literal_column("given.*"), *shared]
    chosen = select(*columns).select_from(source)
    return statement.from_select([*names, *constants], chosen.where(true()))


def _insert_plain(
    connection: Connection,
    statement: Insert,
    given: Mapping[str, Sequence[Any]],
    constants: Mapping[str, Any],
) -> CursorResult[Any]:
    """Hand rows to SQLite's driver, many in a statement: half the time of one in each.

    SQLAlchemy's way through the rows takes still longer.
    """
    names = list(given)
    made = _insert_from(statement, from_name("given"), names, constants)
    compiled = made.compile(dialect=connection.dialect)
    shared = [compiled.params[name] for name in compiled.positiontup or []]
    row_of_marks = f"({','.join('?' * len(names))})"
    at_once = (_MAX_PARAMETERS - len(shared)) // len(names)
    kinds = [statement.table.c[name].type for name in names]
    for start in range(0, len(given[names[0]]), at_once):
        columns = [
            _for_sqlite(kind, values[start : start + at_once])
            for kind, values in zip(kinds, given.values(), strict=True)
        ]
        values = chain.from_iterable(zip(*columns, strict=True))
        marks = ",".join([row_of_marks] * len(columns[0]))
        result = connection.exec_driver_sql(
            f"WITH given AS (VALUES {marks}) {compiled}", (*values, *shared)
        )
    return result


def _for_sqlite(kind: TypeEngine[Any], values: Sequence[Any]) -> Sequence[Any]:
    """Make the values of a column fit for the driver."""
    if isinstance(kind, UtcDateTime):
        return [sqlite_text(value) for value in values]
    return json_texts(values) if isinstance(kind, JSON) else values


def json_texts(many: Sequence[Mapping[str, str]]) -> list[str]:
    """The JSON of each of many attributes, as `json.dumps` makes it, in half the time.

    In JSON no line break stands inside of a text, so that one tells where they part.
    """
    whole = json.dumps(many, separators=(",\n", ": "))
    parts = whole[2:-2].split("},\n{")
    return ["{" + part.replace("\n", " ") + "}" for part in parts]


def among(connection: Connection, column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a column is one of many texts or ids, given as the parameter `keys`."""
    if connection.dialect.name == "sqlite":
        each = func.json_each(bindparam("keys", type_=JSON)).table_valued("value")
        return column.in_(select(each.c.value))
    # As if they were found by a query: to guess how many of thousands of given texts
    # there are takes the planner longer than it takes to find them. As JSON, because
    # the driver makes an array of them one by one.
    given = func.json_array_elements_text(bindparam("keys", type_=JSON))
    keys = select(type_cast(given, column.type)).scalar_subquery()
    return column == any_(func.array(keys, type_=ARRAY(column.type)))


def insert_new(connection: Connection, table: Table, key: Sequence[str] = ()) -> Insert:
    """Make an INSERT that does nothing where a row with the same `key` exists.

    Without a `key`, that is anything that is there once.
    """
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


def lock_in_order(
    table: Table, key: str, *conditions: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    """A SELECT for PostgreSQL that locks rows to be updated, one after the other in the
    order of their `key`; they and the `conditions` are as for RowUpdate."""
    given, column = _given(table, {f"b_{key}": key}), table.c[key]
    same = and_(column == given.c[f"b_{key}"], *conditions)
    chosen = select(column).join_from(table, given, same).order_by(column)
    return chosen.with_for_update(of=table, key_share=True)


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
    statement: Insert = module.insert(table).on_conflict_do_nothing(
        index_elements=key or None
    )
    return statement
