"""Looks at a database as it is: nothing is created, upgraded or written."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, text

from newsletter.store.connect import connect, parse, place
from newsletter.store.trouble import explained
from newsletter.store.upgrade import OURS, revision

_BUSY_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What was found. `place` names the database as a person would.

    `damage` is what the database says is wrong with it; empty when it is whole.
    `revision` is that of its tables, None where there are none yet; `expected` is the
    one that this version works with. `now` is the server's clock; None for a file,
    whose clock is this machine's.
    """

    place: str
    exists: bool
    revision: str | None = None
    expected: str = OURS.head
    damage: str = ""
    now: datetime | None = None


def examine(url: str | Path) -> Health:
    """Look at the store; raises StoreError when it cannot be opened or read."""
    parsed = parse(url)
    with explained(place(parsed), parsed.password):
        if parsed.get_backend_name() == "sqlite":
            return _file(parsed)
        return _server(parsed)


def _file(url: URL) -> Health:
    path = Path(str(url.database))
    if not path.is_file():
        return Health(place=place(url), exists=False)
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS
    )
    try:
        damage = [row[0] for row in connection.execute("PRAGMA quick_check(3)")]
        tables = connection.execute(
            "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
        ).fetchone()
        found = (
            connection.execute("SELECT version_num FROM alembic_version").fetchone()
            if tables
            else None
        )
    finally:
        connection.close()
    return Health(
        place=place(url),
        exists=True,
        revision=found[0] if found else None,
        damage="" if damage == ["ok"] else "; ".join(damage),
    )


def _server(url: URL) -> Health:
    engine = connect(url, _BUSY_SECONDS)
    try:
        with engine.connect() as connection:
            now = connection.scalar(text("SELECT clock_timestamp()"))
            return Health(
                place=place(url), exists=True, revision=revision(connection), now=now
            )
    finally:
        engine.dispose()
