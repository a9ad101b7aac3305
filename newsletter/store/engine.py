"""The store: opened once per command, it hands out connections to read and to write."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine

from newsletter.errors import SchemaOutOfDate, StoreError
from newsletter.store import upgrade as upgrading
from newsletter.store.connect import BEGIN, connect, parse, place
from newsletter.store.trouble import explained

# To import on PostgreSQL. A plan made for an empty table reads all of it for every
# question.
_BULK = (
    "SET LOCAL synchronous_commit TO off;"
    "SET LOCAL plan_cache_mode TO force_custom_plan;"
)


class Store:
    """A database of subscribers, suppressions and campaigns, at the right revision.

    May be shared by threads; the connections it hands out may not. `backup` is the
    copy that was made when opening it had to upgrade a SQLite file.
    """

    def __init__(
        self, url: URL, engine: Engine, expected: str = upgrading.OURS.head
    ) -> None:
        """Wrap an engine that `open` has made and checked.

        Whoever writes first sees that the tables are still those `expected`: they may
        be upgraded, or moved to another database, while a worker runs.
        """
        self.url = url.render_as_string(hide_password=False)
        self.dialect = engine.dialect.name
        self.is_shared = self.dialect == "postgresql"
        """Whether other processes may serve from it too, on other machines."""
        self.backup: Path | None = None
        self._place = place(url)
        self._password = url.password
        # Made once: to make an engine with options of its own takes as long as a query.
        self._engine = engine
        self._writing = engine.execution_options(**{BEGIN: "BEGIN IMMEDIATE"})
        self._autocommitting = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reading = engine
        if self.dialect == "postgresql":
            self._reading = engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        self._expected = expected
        self._writer = threading.Lock()
        self._writing_thread: int | None = None

    @classmethod
    def open(
        cls,
        url: str | Path,
        *,
        backup_dir: Path | None = None,
        busy_seconds: float | None = None,
        upgrade: bool = False,
        revisions: upgrading.Revisions = upgrading.OURS,
    ) -> Self:
        """Open the database at `url`; a new one is filled with empty tables.

        A SQLite file made by an older version is upgraded, after a copy was put
        beside it or into `backup_dir`; a PostgreSQL database only when `upgrade` is
        given. `busy_seconds` is how long to wait for a lock of another process; else
        ten seconds on SQLite, and on PostgreSQL as long as it takes. Raises StoreError
        when it cannot be used, SchemaOutOfDate when its tables are those of another
        version.
        """
        parsed = parse(url)
        try:
            store = cls(parsed, connect(parsed, busy_seconds), revisions.head)
        except OSError as error:
            message = f"{place(parsed)} cannot be opened: {error.strerror}."
            raise StoreError(message, hint="see that the folder is yours") from error
        try:
            store._bring_up_to_date(parsed, backup_dir, revisions, allowed=upgrade)
        except BaseException:
            store.close()
            raise
        return store

    def _bring_up_to_date(
        self,
        url: URL,
        backups: Path | None,
        revisions: upgrading.Revisions,
        *,
        allowed: bool,
    ) -> None:
        with self._explained():
            with self._engine.begin() as connection:
                if upgrading.revision(connection) == revisions.head:
                    return
            if self.dialect == "sqlite":
                path = Path(str(url.database))
                self.backup = upgrading.upgrade_sqlite(
                    self._engine, path, backups or path.parent, revisions
                )
            else:
                upgrading.upgrade_postgresql(
                    self._engine, self._place, revisions, allowed=allowed
                )

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection to read from, with one unchanging view of the data.

        Raises StoreError when the database cannot be read.
        """
        with self._explained(), self._reading.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection to write with; what was written is on disk afterwards.

        It is one transaction: all of it is kept or, when anything is raised, nothing.
        On SQLite there is one writer at a time. Raises StoreError when the database
        cannot be written, or stays locked.
        """
        with self._alone(), self._explained(), self._begin_writing() as connection:
            self._stay(connection)
            yield connection

    @contextmanager
    def hold(self) -> Iterator[Connection]:
        """As `write`, with everybody else who writes kept waiting until its end."""
        with self._alone(), self._explained(), self._begin_writing() as connection:
            self._stay(connection, alone=True)
            yield connection

    @contextmanager
    def bulk(self) -> Iterator[Connection]:
        """Give a connection to import with: as `write`, but faster to commit.

        All of it or nothing is kept even so; the last transactions may be gone after a
        power failure. Never for the ledger of what was sent.
        """
        if self.dialect == "postgresql":
            with self._explained(), self._engine.begin() as connection:
                self._stay(connection, then=_BULK)
                yield connection
            return
        with self._alone(), self._explained(), self._begin_bulk() as connection:
            self._stay(connection)
            yield connection

    @contextmanager
    def at_once(self) -> Iterator[Connection]:
        """Give a connection each of whose statements is a transaction of its own.

        For the tables of `newsletter.store.passing`, and for tokens: nobody looks
        whether they are still ours. Raises StoreError when the database cannot be used.
        """
        with self._explained(), self._autocommitting.connect() as connection:
            yield connection

    @contextmanager
    def driver(self) -> Iterator[Any]:
        """Give the driver's own connection, outside of any transaction: for upkeep.

        Raises StoreError when the database cannot be used, or stays locked.
        """
        engine = self._autocommitting
        with self._alone(), self._explained(), engine.connect() as connection:
            yield connection.connection.driver_connection

    def close(self) -> None:
        """Close all connections; the store is not used any more."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        """Use the store in a `with` statement, which closes it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the store."""
        self.close()

    def _stay(
        self, connection: Connection, *, alone: bool = False, then: str = ""
    ) -> None:
        """Raise SchemaOutOfDate if the tables were changed since they were opened."""
        self._refuse(upgrading.held(connection, alone=alone, then=then))

    def refuse_another(self, connection: Connection) -> None:
        """Raise SchemaOutOfDate if the database was upgraded or moved since opening.

        Every writer asks; one who only reads may go on with what is there.
        """
        self._refuse(upgrading.now(connection))

    def _refuse(self, found: str | None) -> None:
        if found != self._expected:
            upgrading.refuse_not_in_use(found, self._place)
            message = f"{self._place} was upgraded meanwhile (revision {found})."
            hint = "start newsletter again, in the version that did it"
            raise SchemaOutOfDate(message, hint=hint)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        with explained(self._place, self._password):
            yield

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Queue the threads of this process, so that SQLite need not make them poll."""
        if self.dialect != "sqlite":
            yield
            return
        if self._writing_thread == threading.get_ident():
            message = "write() or bulk() inside of another would wait for itself"
            raise RuntimeError(message)
        with self._writer:
            self._writing_thread = threading.get_ident()
            try:
                yield
            finally:
                self._writing_thread = None

    @contextmanager
    def _begin_writing(self) -> Iterator[Connection]:
        with self._writing.begin() as connection:
            yield connection

    @contextmanager
    def _begin_bulk(self) -> Iterator[Connection]:
        with self._writing.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None  # noqa: S101 - it has just connected
            driver.execute("PRAGMA synchronous=NORMAL")
            try:
                with connection.begin():
                    yield connection
            finally:
                driver.execute("PRAGMA synchronous=FULL")
