"""Rates that everybody who sends from one database shares: one row of tokens for each.

A row is a bucket that fills at a rate and holds so many tokens at most; it counts on
the database's clock. What a process that died has taken is lost, which only slows the
others down. Never part of the ledger's transactions: the row would be locked as long,
and the ledger waits for the disk.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Float,
    bindparam,
    case,
    func,
    select,
    update,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from newsletter.store.clock import seconds_until, utc_now, utc_now_plus
from newsletter.store.rows import insert_new
from newsletter.store.schema import rates

_MOMENT = 0.001
"""Seconds; less is not worth waiting for."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Tokens come in at `per_second`, up to `size`; a `per_second` of 0 is no limit."""

    name: str
    per_second: float
    size: float


_amount = bindparam("b_amount", type_=Float)
_rate = bindparam("b_rate", type_=Float)
_size = bindparam("b_size", type_=Float)


def _level() -> ColumnElement[float]:
    """How many tokens there are by now; a clock that was set back adds none, and they
    come in again from then on."""
    passed = -seconds_until(rates.c.at)
    grown = rates.c.tokens + _rate * case((passed > 0, passed), else_=0.0)
    return case((grown > _size, _size), else_=grown)


class _WithoutDisk(FunctionElement[bool]):
    """TRUE; on PostgreSQL the end of the transaction waits for no disk either."""

    type = Boolean()
    inherit_cache = True


@compiles(_WithoutDisk, "sqlite")
def _on_sqlite(element: _WithoutDisk, compiler: SQLCompiler, **options: Any) -> str:
    del element, compiler, options
    return "TRUE"


@compiles(_WithoutDisk, "postgresql")
def _on_postgresql(element: _WithoutDisk, compiler: SQLCompiler, **options: Any) -> str:
    del element, compiler, options
    return "set_config('synchronous_commit', 'off', true) = 'off'"


_blocked = func.coalesce(seconds_until(rates.c.blocked_until), 0.0)
_named = rates.c.name == bindparam("b_name")
_TAKE = (
    update(rates)
    .where(_named, _level() >= _amount, _blocked <= 0, _WithoutDisk())
    .values(tokens=_level() - _amount, at=utc_now())
)
# Else nothing would come in until the clock is where it was, and a block would last
# that much longer.
_ahead = seconds_until(rates.c.at)
_SET_BACK = (
    update(rates)
    .where(_named, _ahead > 0)
    .values(
        at=utc_now(),
        blocked_until=case(
            (
                rates.c.blocked_until.is_not(None),
                utc_now_plus(seconds_until(rates.c.blocked_until) - _ahead),
            )
        ),
    )
)
_GIVE = update(rates).where(_named).values(tokens=rates.c.tokens + _amount)
_LOOK = select(_level(), _blocked).where(_named)
_BLOCK = (
    update(rates)
    .where(_named, _blocked < bindparam("b_seconds", type_=Float))
    .values(blocked_until=utc_now_plus(bindparam("b_seconds", type_=Float)))
)


def take(connection: Connection, rate: Rate, amount: float) -> float:
    """Take tokens if there are so many, at most a bucketful; 0 when they were taken.

    Else how many seconds to wait at least before asking again.
    """
    if not rate.per_second:
        return wait(connection, rate, amount)
    while connection.execute(_TAKE, _values(rate, amount)).rowcount == 0:
        connection.execute(_SET_BACK, {"b_name": rate.name})
        if seconds := wait(connection, rate, amount):
            return seconds
        _fill(connection, rate)
    return 0.0


def give_back(connection: Connection, rate: Rate, amount: float) -> None:
    """Put tokens back that were taken and not needed."""
    connection.execute(_GIVE, {"b_name": rate.name, "b_amount": amount})


def wait(connection: Connection, rate: Rate, amount: float) -> float:
    """Seconds until tokens can be taken; takes none."""
    found = connection.execute(_LOOK, _values(rate, amount)).one_or_none()
    if found is None:
        return 0.0
    level, blocked = found
    missing = min(amount, rate.size) - level
    filled = missing / rate.per_second if rate.per_second and missing > 0 else 0.0
    seconds = max(blocked, filled)
    return float(max(seconds, _MOMENT)) if seconds > 0 else 0.0


def block(connection: Connection, rate: Rate, seconds: float) -> None:
    """Let nobody take any for so long; a longer block that there is stays."""
    _fill(connection, rate)
    connection.execute(_BLOCK, {"b_name": rate.name, "b_seconds": seconds})


def _fill(connection: Connection, rate: Rate) -> None:
    """Make the bucket, full, unless there is one."""
    made = insert_new(connection, rates, ["name"])
    full = {"name": rate.name, "tokens": rate.size}
    connection.execute(made.values(**full, at=utc_now()))


def _values(rate: Rate, amount: float) -> dict[str, float | str]:
    return {
        "b_name": rate.name,
        "b_rate": rate.per_second,
        "b_size": rate.size,
        "b_amount": min(amount, rate.size),
    }
