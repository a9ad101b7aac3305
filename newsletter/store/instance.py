"""Which database this is, and how many steps of sending were made from it."""

import uuid
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, text, update

from newsletter.store.schema import instance

_ALONE = text("LOCK TABLE instance IN SHARE ROW EXCLUSIVE MODE")


class Instance(NamedTuple):
    """`generation` counts the steps; a copy made earlier has a lower one."""

    uid: str
    generation: int


def get(connection: Connection) -> Instance:
    """Read it; a database that was never sent from has no name and generation 0."""
    row = connection.execute(select(instance.c.uid, instance.c.generation)).first()
    return Instance("", 0) if row is None else Instance(*row)


def name(connection: Connection) -> Instance:
    """Name the database, unless it has a name; its generation stays what it is.

    On PostgreSQL whoever else would do so waits, until the transaction ends.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_ALONE)
    found = get(connection)
    if not found.uid:
        found = Instance(uuid.uuid4().hex, 0)
        connection.execute(insert(instance).values(found._asdict()))
    return found


def advance(connection: Connection) -> Instance:
    """Count one step more; names the database at the first."""
    found = name(connection)
    following = found._replace(generation=found.generation + 1)
    connection.execute(update(instance).values(generation=following.generation))
    return following
