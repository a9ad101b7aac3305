"""How a store URL becomes an engine: drivers, pragmas, pools."""

import json
import sqlite3
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from newsletter.errors import StoreError

# The execution option with which a connection says how its transactions begin.
BEGIN = "newsletter_begin"

_URL_HINT = "use sqlite:///path/to/newsletter.db or postgresql://user@host/database"

# What each does: https://sqlite.org/pragma.html. No mmap_size: with it a failing disk
# kills the process instead of being reported.
_PRAGMAS = (
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-16384",
    "PRAGMA wal_autocheckpoint=4000",
)


def parse(url: str | Path) -> URL:
    """Read a store URL, or take the path of a SQLite file as it is.

    Raises StoreError when no database of ours can be meant.
    """
    if isinstance(url, Path):
        return URL.create("sqlite", database=str(url))
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        message = "The store URL cannot be read."
        raise StoreError(message, hint=_URL_HINT) from error
    backend = parsed.get_backend_name()
    if backend in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        message = f"{backend} is not a database that newsletter can use."
        raise StoreError(message, hint=_URL_HINT)
    if parsed.database in {None, "", ":memory:"}:
        message = "The store must be a file: what is sent has to outlive the command."
        raise StoreError(message, hint=_URL_HINT)
    return parsed.set(drivername="sqlite")


def place(url: URL) -> str:
    """Name the database as a person would, without user and password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    port = f":{url.port}" if url.port else ""
    return f"PostgreSQL database {url.database} at {url.host or 'this machine'}{port}"


def connect(url: URL, busy_seconds: float) -> Engine:
    """Make an engine without connecting; `busy_seconds` is how long to wait for a lock.

    Raises StoreError when the driver is missing or no file can be there.
    """
    if url.get_backend_name() == "sqlite":
        require_sqlite(sqlite3.sqlite_version_info)
        _make_room(Path(str(url.database)))
        return _sqlite(url, busy_seconds)
    try:
        return create_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=8,
            max_overflow=-1,
            connect_args={"connect_timeout": 10},
            json_serializer=partial(json.dumps, default=datetime.isoformat),
        )
    except ImportError as error:
        message = "The PostgreSQL driver is not installed."
        hint = "pip install 'friday-letter[postgres]'"
        raise StoreError(message, hint=hint) from error


def require_sqlite(version: tuple[int, ...]) -> None:
    """Refuse a SQLite that is too old for UPDATE … RETURNING, with StoreError."""
    if version < (3, 35):
        message = f"SQLite {'.'.join(map(str, version))} is too old: 3.35 is needed."
        raise StoreError(message, hint="use a newer Python, or a PostgreSQL database")


def _make_room(path: Path) -> None:
    """Create directory and file for their owner only: they hold people's addresses."""
    if path.is_dir():
        message = f"{path} is a directory, not a database."
        raise StoreError(message, hint=f"name a file in it: sqlite:///{path}/x.db")
    if path.exists():
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        message = f"{path} cannot be created: {error.strerror}."
        hint = "check the directory's permissions, or name another store"
        raise StoreError(message, hint=hint) from error


def _sqlite(url: URL, busy_seconds: float) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=-1,
        # The one writer gets the same connection again, with its cache still warm.
        pool_use_lifo=True,
        # Python's own notion of transactions is off: `_begin` says what is meant.
        connect_args={"timeout": busy_seconds, "isolation_level": None},
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode")
    # Written only when needed: it wants the file for itself.
    if cursor.fetchone() != ("wal",):
        cursor.execute("PRAGMA journal_mode=WAL")
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(BEGIN, "BEGIN"))
