"""How a store URL becomes an engine: drivers, pragmas, pools."""

import json
import re
import sqlite3
from datetime import datetime
from functools import partial
from importlib.util import find_spec
from itertools import zip_longest
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from newsletter.errors import StoreError

KEEPALIVE = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""After half a minute without an answer a link is taken for cut, not for slow:
https://www.postgresql.org/docs/current/libpq-connect.html"""

# The same at the other end, where a lock would be held for whoever was cut off.
_KEEPALIVE_THERE = ";".join(
    f"SET {name}={seconds}"
    for name, seconds in {
        "tcp_keepalives_idle": 10,
        "tcp_keepalives_interval": 5,
        "tcp_keepalives_count": 3,
        "tcp_user_timeout": 30_000,
    }.items()
)

# The execution option with which a connection says how its transactions begin.
BEGIN = "newsletter_begin"

# Several hosts, each with a port of its own, of which one is the primary:
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS
_SEVERAL = re.compile(r"(postgres[a-z+]*://(?:[^/?#]*@)?)([^/?#@]+,[^/?#@]+)(.*)")
_HOST = re.compile(r"\[?(?P<name>(?<=\[)[^\]]*(?=\])|[^:\[\]]*)\]?(?::(?P<port>\d+))?")
_PORT = "5432"
_BUSY_SECONDS = 10.0
_URL_HINT = "use sqlite:///path/to/newsletter.db or postgresql://user@host/database"

_SEVERAL_HINT = "several hosts are postgresql://user@a:5432,b:5432/database"

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
        parsed = _read(url)
    except (ArgumentError, ValueError) as error:
        message = "The store URL cannot be read."
        raise StoreError(message, hint=_URL_HINT) from error
    backend = parsed.get_backend_name()
    if backend in {"postgresql", "postgres"}:
        return _fitting(parsed.set(drivername="postgresql+psycopg"))
    if backend != "sqlite":
        message = f"{backend} is not a database that newsletter can use."
        raise StoreError(message, hint=_URL_HINT)
    if parsed.database in {None, "", ":memory:"}:
        message = "The store must be a file: what is sent has to outlive the command."
        raise StoreError(message, hint=_URL_HINT)
    return parsed.set(drivername="sqlite")


def _fitting(url: URL) -> URL:
    """A URL of PostgreSQL; raises StoreError when it has not as many ports as hosts."""
    try:
        parameters(url)
    except ArgumentError as error:
        message = f"The store URL cannot be read: {error}."
        raise StoreError(message, hint=_SEVERAL_HINT) from error
    return url


def _read(url: str) -> URL:
    """As SQLAlchemy reads it, which knows several hosts as parameters only."""
    several = _SEVERAL.fullmatch(url)
    if several is None:
        return make_url(url)
    begin, authority, end = several.groups()
    pairs = [_host(each) for each in authority.split(",")]
    hosts, ports = (",".join(each) for each in zip(*pairs, strict=True))
    return make_url(begin + end).update_query_dict({"host": hosts, "port": ports})


def _host(text: str) -> tuple[str, str]:
    """A host and its port, the host of IPv6 without its brackets."""
    found = _HOST.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return found["name"], found["port"] or _PORT


def place(url: URL) -> str:
    """Name the database as a person would, without user and password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return f"PostgreSQL database {url.database} at {_hosts(url) or 'this machine'}"


def _hosts(url: URL) -> str:
    """Each host with its port, where one is said, as `a:5432 or b:5432`."""
    if "host" not in url.query:
        return f"{url.host or ''}:{url.port}" if url.port else url.host or ""
    given = parameters(url)
    hosts, ports = given["host"].split(","), str(given.get("port") or "").split(",")
    pairs = zip_longest(hosts, ports[: len(hosts)], fillvalue="")
    return " or ".join(f"{host}:{port}" if port else host for host, port in pairs)


def parameters(url: URL) -> dict[str, Any]:
    """What libpq is told for a PostgreSQL URL, by its own names.

    Raises ArgumentError when hosts and ports do not match.
    """
    _, given = url.get_dialect()().create_connect_args(url)
    return dict(given)


def connect(url: URL, busy_seconds: float | None) -> Engine:
    """Make an engine without connecting; `busy_seconds` is how long to wait for a lock.

    None is ten seconds on SQLite, and as long as it takes on PostgreSQL. Raises
    StoreError when the driver is missing or no file can be there.
    """
    if url.get_backend_name() == "sqlite":
        require_sqlite(sqlite3.sqlite_version_info)
        _make_room(Path(str(url.database)))
        return _sqlite(url, _BUSY_SECONDS if busy_seconds is None else busy_seconds)
    try:
        if find_spec("procrastinate") is None:
            raise ImportError
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=8,
            max_overflow=-1,
            connect_args=_unless_given(url, {"connect_timeout": 10, **KEEPALIVE}),
            json_serializer=partial(json.dumps, default=datetime.isoformat),
        )
    except ImportError as error:
        message = "What PostgreSQL needs is not installed."
        hint = "pip install 'friday-letter[postgres]'"
        raise StoreError(message, hint=hint) from error
    event.listen(engine, "connect", partial(_prepare_there, busy_seconds))
    return engine


def _unless_given(url: URL, settings: dict[str, int]) -> dict[str, int]:
    """How a cut link is noticed, unless the store's URL says otherwise."""
    return {name: value for name, value in settings.items() if name not in url.query}


def _prepare_there(
    busy_seconds: float | None, connection: DBAPIConnection, _record: object
) -> None:
    connection.autocommit = True
    connection.cursor().execute(_KEEPALIVE_THERE)
    if busy_seconds is not None:
        patience = f"SET lock_timeout = {max(1, round(busy_seconds * 1000))}"
        connection.cursor().execute(patience)
    connection.autocommit = False


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
