"""Subscribers who leave at the same moment, in as few statements as there can be."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from newsletter.model.subscriber import SubscriberStatus
from newsletter.store.clock import utc_now
from newsletter.store.schema import subscribers

_LEFT = SubscriberStatus.UNSUBSCRIBED.value
_AMONG = subscribers.c.id.in_(bindparam("ids", expanding=True))
_STAYING = (
    select(
        subscribers.c.id,
        subscribers.c.uid,
        subscribers.c.address,
        subscribers.c.address_key,
    )
    .where(subscribers.c.status != _LEFT)
    .order_by(subscribers.c.id)
    .with_for_update()
)
_BY_UID = _STAYING.where(subscribers.c.uid.in_(bindparam("uids", expanding=True)))
_LEAVE = (
    update(subscribers)
    .where(_AMONG)
    .values(status=_LEFT, unsubscribed_at=utc_now(), updated_at=utc_now())
)


_KEYS = (
    select(subscribers.c.id, subscribers.c.address_key)
    .where(_AMONG)
    .order_by(subscribers.c.id)
    .with_for_update()
)


class Staying(NamedTuple):
    """A subscriber who has not left yet."""

    id: int
    uid: int
    address: str
    address_key: str


def among(connection: Connection, ids: Sequence[int]) -> list[Staying]:
    """Those of at most some hundred subscribers who have not left yet."""
    rows = connection.execute(_STAYING.where(_AMONG), {"ids": ids})
    return [Staying(*row) for row in rows]


def by_links(connection: Connection, uids: Sequence[int]) -> list[Staying]:
    """The same, by the numbers in the links of their letters."""
    return [Staying(*row) for row in connection.execute(_BY_UID, {"uids": uids})]


def leave(connection: Connection, ids: Sequence[int]) -> None:
    """Unsubscribe them, as of now."""
    connection.execute(_LEAVE, {"ids": ids})


def keys(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """The normalised addresses of those who are still known.

    None of them is erased before the transaction ends.
    """
    return dict(connection.execute(_KEYS, {"ids": ids}).all())
