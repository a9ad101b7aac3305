"""The one clock of the ledger, which is the database's, and how its times are kept."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, DateTime, Dialect, Float, TypeDecorator, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: timezone-aware UTC in Python, whatever the database keeps.

    SQLite keeps text that sorts by time, PostgreSQL `timestamptz`. A naive datetime is
    refused with ValueError: nobody knows which instant it means.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Turn any aware datetime into UTC on its way to the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"{value!r} has no timezone"
            raise ValueError(message)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Give every datetime from the database its timezone, UTC."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return value.replace(tzinfo=UTC)
        return value.astimezone(UTC)


def sqlite_text(moment: datetime | None) -> str | None:
    """How SQLite keeps an instant: what `UtcDateTime` does, for a million of them."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        message = f"{moment!r} has no timezone"
        raise ValueError(message)
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat(" ", "microseconds").removesuffix("+00:00")


class _Now(FunctionElement[datetime]):
    """The database's clock, `seconds` later when an argument is given."""

    type = UtcDateTime()
    inherit_cache = True


class _SecondsUntil(FunctionElement[float]):
    """Seconds from the database's clock to an instant; negative once it has passed."""

    type = Float()
    inherit_cache = True


def utc_now() -> ColumnElement[datetime]:
    """The instant on the database's clock, as an SQL expression."""
    return _Now()


def utc_now_plus(seconds: float | ColumnElement[float]) -> ColumnElement[datetime]:
    """The instant `seconds` from now on the database's clock, as an SQL expression."""
    return _Now(seconds)


def now(connection: Connection) -> datetime:
    """Ask the database's clock."""
    return connection.execute(select(utc_now())).scalar_one()


def seconds_until(instant: ColumnElement[Any]) -> ColumnElement[float]:
    """How far an instant lies ahead of the database's clock, as an SQL expression."""
    return _SecondsUntil(instant)


# Three digits from SQLite's clock and three zeros: the six that DateTime stores, so
# that times compare as text whichever side wrote them.
_SQLITE_FORMAT = "'%Y-%m-%d %H:%M:%f000', 'now'"


@compiles(_Now, "sqlite")
def _now_on_sqlite(element: _Now, compiler: SQLCompiler, **options: Any) -> str:
    if not element.clauses.clauses:
        return f"strftime({_SQLITE_FORMAT})"
    seconds = compiler.process(element.clauses.clauses[0], **options)
    return f"strftime({_SQLITE_FORMAT}, printf('%+.3f seconds', {seconds}))"


@compiles(_Now, "postgresql")
def _now_on_postgresql(element: _Now, compiler: SQLCompiler, **options: Any) -> str:
    # Not now(): that is when the transaction began, which may be long ago.
    if not element.clauses.clauses:
        return "clock_timestamp()"
    seconds = compiler.process(element.clauses.clauses[0], **options)
    return f"(clock_timestamp() + make_interval(secs => {seconds}))"


@compiles(_SecondsUntil, "sqlite")
def _until_on_sqlite(
    element: _SecondsUntil, compiler: SQLCompiler, **options: Any
) -> str:
    instant = compiler.process(element.clauses.clauses[0], **options)
    return f"((julianday({instant}) - julianday('now')) * 86400.0)"


@compiles(_SecondsUntil, "postgresql")
def _until_on_postgresql(
    element: _SecondsUntil, compiler: SQLCompiler, **options: Any
) -> str:
    instant = compiler.process(element.clauses.clauses[0], **options)
    return f"CAST(EXTRACT(EPOCH FROM ({instant}) - clock_timestamp()) AS FLOAT)"
