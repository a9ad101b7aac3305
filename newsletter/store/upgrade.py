"""Is the database the one this version works with; and if not, make it so."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, func, inspect, select, text

from newsletter.errors import SchemaOutOfDate, StoreError
from newsletter.store.connect import BEGIN
from newsletter.store.schema import metadata

if TYPE_CHECKING:
    from alembic.config import Config

_REVISION = "SELECT version_num FROM alembic_version"

# Any number, as long as nobody else in the same PostgreSQL server uses it.
_ADVISORY_LOCK = 0x6E6577736C


@dataclass(frozen=True)
class Revisions:
    """The migrations to follow: where their scripts are, and which is the last.

    `head` is written down so that opening a database need not import Alembic.
    """

    location: str = "newsletter.store:migrations"
    head: str = "0010"


OURS = Revisions()

UNFINISHED = "copying"
"""In place of a revision: everything is being copied into this database."""

MOVED = "moved"
"""In place of a revision: everything was copied from here to another database."""

_NOT_IN_USE = {
    UNFINISHED: (
        "{place} is the unfinished copy of another database.",
        "run the `newsletter db copy` that began it once more: it goes on",
    ),
    MOVED: (
        "{place} is not in use any more: everything in it was moved to another.",
        "set `store:` in newsletter.yaml to the one that `newsletter db copy` filled",
    ),
}


def revision(connection: Connection) -> str | None:
    """Read which migration the database is at; None before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return now(connection)


def now(connection: Connection) -> str | None:
    """The same, where the tables are known to be there."""
    row = connection.exec_driver_sql(_REVISION).first()
    return None if row is None else str(row[0])


def upgrade_sqlite(
    engine: Engine, path: Path, backups: Path, revisions: Revisions
) -> Path | None:
    """Bring a SQLite file up to date, all or nothing; tell where its backup is.

    A new file needs none. Raises SchemaOutOfDate when the file is newer than this
    version, and StoreError when it is another program's.
    """
    backup = None
    with engine.execution_options(**{BEGIN: "BEGIN IMMEDIATE"}).connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None  # noqa: S101 - it has just connected
        # A rebuilt table must not take the rows that refer to it along; SQLite only
        # listens to this outside of a transaction.
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                found = revision(connection)
                if found == revisions.head:
                    return None
                _refuse_unknown(connection, found, str(path), revisions)
                if found is not None:
                    backup = _back_up(engine, path, backups, found)
                migrate(connection, revisions)
        finally:
            driver.execute("PRAGMA foreign_keys=ON")
    return backup


def upgrade_postgresql(
    engine: Engine, place: str, revisions: Revisions, *, allowed: bool
) -> None:
    """Bring a PostgreSQL database up to date: an empty one, or any when `allowed`.

    Workers of two versions may share a server, so that a person decides when it
    changes. Raises SchemaOutOfDate when that has to be done first.
    """
    with engine.begin() as connection:
        hold(connection, alone=True)
        found = revision(connection)
        if found == revisions.head:
            return
        _refuse_unknown(connection, found, place, revisions)
        if found is not None and not allowed:
            raise _older(place)
        migrate(connection, revisions)


def mark(connection: Connection, found: str) -> None:
    """Write down a revision, or what stands in its place."""
    statement = text("UPDATE alembic_version SET version_num = :found")
    connection.execute(statement, {"found": found})


def refuse_not_in_use(found: str | None, place: str) -> None:
    """Raise SchemaOutOfDate for a database that is being filled, or was left."""
    if found in _NOT_IN_USE:
        message, hint = _NOT_IN_USE[found]
        raise SchemaOutOfDate(message.format(place=place), hint=hint)


def hold(connection: Connection, *, alone: bool) -> None:
    """Keep the tables from being changed by another version until the transaction ends.

    With `alone` everybody else who writes is kept waiting, to change or move them. On
    SQLite there is one writer at a time as it is.
    """
    if connection.dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock
        if not alone:
            lock = func.pg_advisory_xact_lock_shared
        connection.execute(select(lock(_ADVISORY_LOCK)))


def held(connection: Connection, *, alone: bool, then: str = "") -> str | None:
    """Do as `hold` does, then as `now`; between them, on PostgreSQL, the SQL of `then`.

    All in one call to the server, since every writer makes it.
    """
    if connection.dialect.name != "postgresql":
        return now(connection)
    lock = f"pg_advisory_xact_lock{'' if alone else '_shared'}({_ADVISORY_LOCK})"
    # Statements, not one: the last sees what was committed while the lock was waited
    # for. The driver takes more than one only where it has no parameters to fill in.
    words = f"SELECT {lock};{then}{_REVISION}"
    result = connection.exec_driver_sql(
        words, execution_options={"no_parameters": True}
    )
    cursor: Any = result.cursor
    while cursor.nextset():
        pass
    row = cursor.fetchone()
    result.close()
    return None if row is None else str(row[0])


def migrate(connection: Connection, revisions: Revisions = OURS) -> None:
    """Run the missing migrations in the transaction of `connection`."""
    from alembic import command  # noqa: PLC0415 - rarely needed, slow to import

    command.upgrade(config(revisions, connection), revisions.head)


def config(revisions: Revisions, connection: Connection | None = None) -> "Config":
    """Tell Alembic where the migrations are and which connection to use."""
    from alembic.config import Config  # noqa: PLC0415 - as above

    made = Config()
    made.set_main_option("script_location", revisions.location)
    made.attributes["connection"] = connection
    return made


def refuse_other(
    connection: Connection, found: str | None, place: str, revisions: Revisions = OURS
) -> None:
    """Raise SchemaOutOfDate for a database of another version, older or newer.

    Raises StoreError for that of another program. One without tables is a new one.
    """
    _refuse_unknown(connection, found, place, revisions)
    if found not in (None, revisions.head):
        raise _older(place)


def _older(place: str) -> SchemaOutOfDate:
    message = f"{place} was made by an older newsletter."
    hint = "run `newsletter db upgrade` once; whoever is sending ends by itself"
    return SchemaOutOfDate(message, hint=hint)


def _refuse_unknown(
    connection: Connection, found: str | None, place: str, revisions: Revisions
) -> None:
    if found is None:
        tables = set(inspect(connection).get_table_names())
        if connection.dialect.name == "postgresql":  # may be shared
            tables &= metadata.tables.keys()
        if tables:
            message = f"{place} belongs to another program: it has other tables."
            raise StoreError(message, hint="name a database of its own as the store")
        return
    refuse_not_in_use(found, place)
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as above

    scripts = ScriptDirectory.from_config(config(revisions))
    if found not in {script.revision for script in scripts.walk_revisions()}:
        message = f"{place} was written by a newer newsletter (revision {found})."
        hint = "upgrade newsletter, or restore the backup of the database made before"
        raise SchemaOutOfDate(message, hint=hint)


def _back_up(engine: Engine, path: Path, directory: Path, found: str) -> Path:
    """Copy the file as it was last committed; a copy is never overwritten."""
    backup = directory / f"{path.name}.backup-{found}.db"
    count = 1
    while backup.exists():
        count += 1
        backup = directory / f"{path.name}.backup-{found}-{count}.db"
    partial = backup.with_suffix(".partial")
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        partial.touch(mode=0o600)
        with engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None  # noqa: S101 - it has just connected
            driver.execute("VACUUM INTO ?", (str(partial),))
        return partial.rename(backup)
    except OSError as error:
        message = f"{backup} cannot be written: {error.strerror}."
        raise StoreError(message, hint="the database was left as it was") from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
