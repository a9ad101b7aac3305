"""The numbers up to which ids were given out: an id is never given out again."""

from sqlalchemy import Connection, Table, text


def counted(table: Table) -> bool:
    """Whether the database numbers the rows of a table by itself."""
    key = list(table.primary_key.columns)
    return [column.name for column in key] == ["id"]


def highest(connection: Connection, table: Table) -> int:
    """The highest id that was ever given out; 0 for none."""
    if connection.dialect.name == "sqlite":
        query = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        return connection.scalar(query, {"name": table.name}) or 0
    sequence = connection.scalar(_SEQUENCE, {"name": table.name})
    # The server's own name of it, which cannot be a parameter.
    last = f"SELECT last_value * is_called::int FROM {sequence}"  # noqa: S608
    return connection.scalar(text(last)) or 0


def go_on_after(connection: Connection, table: Table, number: int) -> None:
    """Give out ids above `number` only."""
    if not number:
        return
    given = {"name": table.name, "number": number}
    if connection.dialect.name == "sqlite":
        for statement in _COUNT_SQLITE:
            connection.execute(statement, given)
        return
    query = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :number)")
    connection.execute(query, given)


_COUNT_SQLITE = (
    text("DELETE FROM sqlite_sequence WHERE name = :name"),
    text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)"),
)
_SEQUENCE = text("SELECT pg_get_serial_sequence(:name, 'id')")
