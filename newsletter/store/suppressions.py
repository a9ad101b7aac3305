"""Suppressions: addresses that are never mailed; the first reason is kept."""

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from newsletter.model.subscriber import Suppression, SuppressionReason
from newsletter.store.clock import utc_now
from newsletter.store.rows import insert_new
from newsletter.store.schema import suppressions

_COLUMNS = (
    suppressions.c.address_key,
    suppressions.c.reason,
    suppressions.c.since,
    suppressions.c.note,
)
_BY_KEY = select(*_COLUMNS).where(suppressions.c.address_key == bindparam("key"))
_BY_KEYS = select(*_COLUMNS).where(
    suppressions.c.address_key.in_(bindparam("keys", expanding=True))
)
_PAGE = (
    select(*_COLUMNS)
    .where(suppressions.c.address_key > bindparam("after"))
    .order_by(suppressions.c.address_key)
    .limit(bindparam("page_size"))
)
_KEYS_AT_ONCE = 1000


def add(
    connection: Connection, key: str, reason: SuppressionReason, note: str = ""
) -> bool:
    """Suppress an address from now on; False when it already was, and stays as it was.

    `key` is the normalised address.
    """
    statement = insert_new(connection, suppressions, ["address_key"]).values(
        address_key=key, reason=reason.value, since=utc_now(), note=note
    )
    added = connection.scalars(statement.returning(suppressions.c.address_key))
    return added.one_or_none() is not None


def get(connection: Connection, key: str) -> Suppression | None:
    """Tell why an address is never mailed; None when it may be."""
    row = connection.execute(_BY_KEY, {"key": key}).one_or_none()
    return None if row is None else _suppression(row)


def keys(connection: Connection, keys: Collection[str]) -> dict[str, Suppression]:
    """Find which of many addresses are suppressed, for imports."""
    found: dict[str, Suppression] = {}
    rest = iter(keys)
    while some := list(islice(rest, _KEYS_AT_ONCE)):
        for row in connection.execute(_BY_KEYS, {"keys": some}):
            found[row.address_key] = _suppression(row)
    return found


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
