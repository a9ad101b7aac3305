"""Opens the two ends of a move: the database in use, and the one that will be."""

from pathlib import Path

from sqlalchemy import exists, select

from newsletter.errors import SchemaOutOfDate, StoreError
from newsletter.store.connect import connect, parse, place
from newsletter.store.engine import Store
from newsletter.store.health import examine
from newsletter.store.schema import metadata
from newsletter.store.upgrade import MOVED, UNFINISHED, mark

_BUSY_SECONDS = 30.0


def open_source(url: str | Path) -> Store:
    """The database in use, or one that was left before the new one was ready.

    Raises StoreError where there is none, and SchemaOutOfDate for one of another
    version.
    """
    found = examine(url)
    if not found.exists:
        raise StoreError(f"there is no {found.place} to copy", hint="see `store:`")
    if found.revision == MOVED:
        return _as_it_is(url, MOVED)
    if found.revision != found.expected:
        message = (
            f"{found.place} is at revision {found.revision}, not {found.expected}."
        )
        raise SchemaOutOfDate(message, hint="run `newsletter db upgrade` first")
    return Store.open(url, busy_seconds=_BUSY_SECONDS)


def open_target(url: str | Path) -> Store:
    """A new database, or one that a copy was broken off in; it says so until the end.

    Raises StoreError for one that has anything else in it.
    """
    if not _is_unfinished(url):
        with Store.open(url) as store, store.hold() as connection:
            for table in metadata.sorted_tables:
                if connection.scalar(select(exists(select(table)))):
                    message = f"{place(parse(url))} is in use: it has {table.name}."
                    raise StoreError(message, hint="name a new database to copy to")
            mark(connection, UNFINISHED)
    return _as_it_is(url, UNFINISHED)


def _is_unfinished(url: str | Path) -> bool:
    found = examine(url)
    return found.exists and found.revision == UNFINISHED


def _as_it_is(url: str | Path, expected: str) -> Store:
    parsed = parse(url)
    return Store(parsed, connect(parsed, _BUSY_SECONDS), expected)
