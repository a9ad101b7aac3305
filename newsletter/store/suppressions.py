"""Suppressions: addresses that are never mailed, each for its gravest reason.

The first reason is kept, unless the next one is harder to take back: who left may come
back by themselves, the author lifts bounces, and nobody but the person a complaint.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, exists, func, or_, select

from newsletter.model.erasure import PREFIX
from newsletter.model.subscriber import (
    NewSuppression,
    SubscriberStatus,
    Suppression,
    SuppressionReason,
)
from newsletter.store.clock import utc_now
from newsletter.store.rows import RowUpdate, among, insert_new, insert_rows
from newsletter.store.schema import subscribers, suppressions

_COLUMNS = (
    suppressions.c.address_key,
    suppressions.c.reason,
    suppressions.c.since,
    suppressions.c.note,
)
_ALL = select(*_COLUMNS)
_ANY = select(exists(_ALL))
_BY_KEY = select(*_COLUMNS).where(suppressions.c.address_key == bindparam("key"))
_PAGE = (
    select(*_COLUMNS)
    .where(suppressions.c.address_key > bindparam("after"))
    .order_by(suppressions.c.address_key)
    .limit(bindparam("page_size"))
)
_KEYS_AT_ONCE = 1000
_COMPLAINT = SuppressionReason.COMPLAINT
_LIFTED_BY_HAND = (SuppressionReason.MANUAL, SuppressionReason.BOUNCE)
_COMPLAIN = RowUpdate(
    suppressions,
    "address_key",
    ["note"],
    or_(
        *(
            suppressions.c.reason == each.value
            for each in (SuppressionReason.UNSUBSCRIBE, *_LIFTED_BY_HAND)
        )
    ),
    reason=_COMPLAINT.value,
)
# Only where the subscriber's status goes on saying that they left.
_OUTRANK = RowUpdate(
    suppressions,
    "address_key",
    ["reason", "note"],
    suppressions.c.reason == SuppressionReason.UNSUBSCRIBE.value,
    exists().where(
        subscribers.c.address_key == suppressions.c.address_key,
        subscribers.c.status == SubscriberStatus.UNSUBSCRIBED.value,
    ),
)
# Any number, as long as nobody else in the same PostgreSQL server uses it.
_ADVISORY_LOCK = 0x657261736564


def add(
    connection: Connection,
    key: str,
    reason: SuppressionReason,
    note: str = "",
    *,
    since: datetime | None = None,
) -> bool:
    """Suppress an address, from now on or `since` earlier.

    False when it already was; then a graver reason takes the place of the one before.
    `key` is the normalised address, or the keyed hash of an erased one.
    """
    new = NewSuppression(address_key=key, reason=reason, since=since, note=note)
    return bool(add_many(connection, [new]))


def add_many(connection: Connection, new: Sequence[NewSuppression]) -> set[str]:
    """Suppress many addresses; tells the keys of those that were not before.

    Without a time of its own a suppression begins now.
    """
    added: set[str] = set()
    for dated in (True, False):
        rows = [_row(each) for each in new if (each.since is not None) is dated]
        if rows:
            now = {} if dated else {"since": utc_now()}
            statement = insert_new(connection, suppressions, ["address_key"])
            statement = statement.returning(suppressions.c.address_key)
            added.update(insert_rows(connection, statement, rows, **now).scalars())
    if len(added) < len(new):
        # All of them: those that were just added may be there twice.
        _outrank(connection, new)
    return added


def _outrank(connection: Connection, again: Sequence[NewSuppression]) -> None:
    """Let graver reasons take the place of those before; since when stays."""
    for statement, reasons in (
        (_COMPLAIN, [_COMPLAINT]),
        (_OUTRANK, _LIFTED_BY_HAND),
    ):
        rows = [
            {"b_address_key": each.address_key, "b_note": each.note}
            | ({} if statement is _COMPLAIN else {"b_reason": each.reason.value})
            for each in again
            if each.reason in reasons
        ]
        statement.run(connection, rows)


def _row(new: NewSuppression) -> dict[str, Any]:
    row = {"address_key": new.address_key, "reason": new.reason.value, "note": new.note}
    return row if new.since is None else row | {"since": new.since}


def lift(connection: Connection, key: str) -> bool:
    """Let an address be mailed again; False when it was not suppressed.

    Only the person themselves, or the author by name, may bring that about.
    """
    statement = delete(suppressions).where(suppressions.c.address_key == key)
    return connection.execute(statement).rowcount == 1


def get(connection: Connection, key: str) -> Suppression | None:
    """Tell why an address is never mailed; None when it may be."""
    row = connection.execute(_BY_KEY, {"key": key}).one_or_none()
    return None if row is None else _suppression(row)


def keys(connection: Connection, keys: Collection[str]) -> dict[str, Suppression]:
    """Find which of many addresses are suppressed, for imports."""
    if not connection.scalar(_ANY):
        return {}
    query = _ALL.where(among(connection, suppressions.c.address_key))
    found: dict[str, Suppression] = {}
    rest = iter(keys)
    while some := list(islice(rest, _KEYS_AT_ONCE)):
        for row in connection.execute(query, {"keys": some}):
            found[row.address_key] = _suppression(row)
    return found


def hold_back_imports(connection: Connection, *, alone: bool = True) -> None:
    """Let nobody import while somebody is erased, until the transaction ends.

    Otherwise an import or a sign-up that is under way on PostgreSQL could add them
    again. These call this themselves with `alone` false: several may run.
    """
    if connection.dialect.name == "postgresql":
        lock = (
            func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
        )
        connection.execute(select(lock(_ADVISORY_LOCK)))


def erased(connection: Connection) -> set[str]:
    """The keyed hashes of those whose data were erased; there are few of them."""
    hashed = suppressions.c.address_key.startswith(PREFIX, autoescape=True)
    return set(connection.scalars(select(suppressions.c.address_key).where(hashed)))


def iterate(connection: Connection, *, page_size: int = 1000) -> Iterator[Suppression]:
    """Go through all suppressions in the order of their addresses."""
    after = ""
    while True:
        page = {"after": after, "page_size": page_size}
        rows = connection.execute(_PAGE, page).all()
        yield from map(_suppression, rows)
        if len(rows) < page_size:
            return
        after = rows[-1].address_key


def _suppression(row: Row[*tuple[Any, ...]]) -> Suppression:
    key, reason, since, note = row
    return Suppression(
        address_key=key, reason=SuppressionReason(reason), since=since, note=note
    )
