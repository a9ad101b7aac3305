"""The processes that serve from one PostgreSQL: their versions, names of secrets."""

from typing import NamedTuple

from sqlalchemy import Connection, delete, select, text

from newsletter.store.passing import service_processes

GONE_SECONDS = 30.0
"""Who was not seen for so long does not serve any more."""

_SEEN = text("""
INSERT INTO service_processes (name, version, key_name, seen_at)
VALUES (:name, :version, :key_name, statement_timestamp())
ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at
""")
_FORGET = text("""
DELETE FROM service_processes
WHERE seen_at < statement_timestamp() - make_interval(secs => :seconds)
""")
_ALIVE = (
    select(
        service_processes.c.name,
        service_processes.c.version,
        service_processes.c.key_name,
    )
    .where(
        text(
            "seen_at >= statement_timestamp() - make_interval(secs => :seconds)"
        ).bindparams(seconds=GONE_SECONDS)
    )
    .order_by(service_processes.c.name)
)


class Process(NamedTuple):
    """A process that serves, by host and number; `key_name` is its secret's."""

    name: str
    version: str
    key_name: str


def seen(connection: Connection, process: Process) -> None:
    """Write down that a process serves; whoever is gone is forgotten."""
    connection.execute(_SEEN, process._asdict())
    connection.execute(_FORGET, {"seconds": GONE_SECONDS})


def left(connection: Connection, name: str) -> None:
    """Write down that a process has ended."""
    gone = delete(service_processes).where(service_processes.c.name == name)
    connection.execute(gone)


def present(connection: Connection) -> list[Process]:
    """Who serves, by name."""
    return [Process(*row) for row in connection.execute(_ALIVE)]
