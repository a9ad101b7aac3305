"""Which database this is, and how many times it was sent from."""

import uuid
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from newsletter.store.schema import instance


class Instance(NamedTuple):
    """`generation` counts the runs; a copy made earlier has a lower one."""

    uid: str
    generation: int


def get(connection: Connection) -> Instance:
    """Read it; a database that was never sent from has no name and generation 0."""
    row = connection.execute(select(instance.c.uid, instance.c.generation)).first()
    return Instance("", 0) if row is None else Instance(*row)


def advance(connection: Connection) -> Instance:
    """Count one run more; names the database at the first."""
    found = get(connection)
    if not found.uid:
        made = Instance(uuid.uuid4().hex, 1)
        connection.execute(insert(instance).values(made._asdict()))
        return made
    following = found._replace(generation=found.generation + 1)
    connection.execute(update(instance).values(generation=following.generation))
    return following
