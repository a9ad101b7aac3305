"""Subscribers: found, gone through, counted; where each of them stands."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from newsletter.model.subscriber import Subscriber, SubscriberStatus
from newsletter.store.clock import utc_now
from newsletter.store.rows import among
from newsletter.store.schema import subscribers
from newsletter.store.upsert import UpsertOutcome, upsert

__all__ = [
    "COLUMNS",
    "UpsertOutcome",
    "by_address_key",
    "by_uid",
    "confirm",
    "count",
    "get",
    "iterate",
    "leave",
    "rejoin",
    "set_status",
    "subscriber",
    "upsert",
]

COLUMNS = (
    subscribers.c.id,
    subscribers.c.address,
    subscribers.c.address_key,
    subscribers.c.name,
    subscribers.c.attributes,
    subscribers.c.status,
    subscribers.c.source,
    subscribers.c.created_at,
    subscribers.c.confirmed_at,
    subscribers.c.unsubscribed_at,
    subscribers.c.uid,
)
_BY_ID = select(*COLUMNS).where(subscribers.c.id == bindparam("id"))
_BY_UID = select(*COLUMNS).where(subscribers.c.uid == bindparam("uid"))
_BY_KEY = select(*COLUMNS).where(subscribers.c.address_key == bindparam("key"))
_PAGE = (
    select(*COLUMNS)
    .where(subscribers.c.id > bindparam("after_id"))
    .order_by(subscribers.c.id)
    .limit(bindparam("page_size"))
)
_STATUS = (
    update(subscribers)
    .where(subscribers.c.id == bindparam("b_id"))
    .values(status=bindparam("b_status"), updated_at=utc_now())
)
_LEAVE = _STATUS.values(unsubscribed_at=utc_now())
_LEAVE_ALL = (
    update(subscribers)
    .where(subscribers.c.status != SubscriberStatus.UNSUBSCRIBED.value)
    .values(
        status=SubscriberStatus.UNSUBSCRIBED.value,
        unsubscribed_at=utc_now(),
        updated_at=utc_now(),
    )
)
_REJOIN = _STATUS.values(unsubscribed_at=None)
_CONFIRM = _STATUS.values(confirmed_at=utc_now(), unsubscribed_at=None)
_COUNT = select(subscribers.c.status, func.count().label("number")).group_by(
    subscribers.c.status
)
# Calling the enumeration takes as long as making the rest of a subscriber.
_STATUS_OF = {status.value: status for status in SubscriberStatus}


def by_address_key(connection: Connection, key: str) -> Subscriber | None:
    """Find a subscriber by the normalised address."""
    row = connection.execute(_BY_KEY, {"key": key}).one_or_none()
    return None if row is None else subscriber(row)


def get(connection: Connection, id: int) -> Subscriber | None:
    """Find a subscriber by id."""
    row = connection.execute(_BY_ID, {"id": id}).one_or_none()
    return None if row is None else subscriber(row)


def by_uid(
    connection: Connection, uid: int, *, held: bool = False
) -> Subscriber | None:
    """Find a subscriber by the number in the links of their letters.

    When `held`, nobody else changes or erases them until the transaction ends.
    """
    query = _BY_UID.with_for_update() if held else _BY_UID
    row = connection.execute(query, {"uid": uid}).one_or_none()
    return None if row is None else subscriber(row)


def iterate(
    connection: Connection, *, after_id: int = 0, page_size: int = 1000
) -> Iterator[Subscriber]:
    """Go through the subscribers after `after_id` in the order of their ids.

    Reads `page_size` at a time, so that millions fit in memory.
    """
    while True:
        page = {"after_id": after_id, "page_size": page_size}
        rows = connection.execute(_PAGE, page).all()
        yield from map(subscriber, rows)
        if len(rows) < page_size:
            return
        after_id = rows[-1].id


def count(connection: Connection) -> dict[SubscriberStatus, int]:
    """Count the subscribers of every status, also where there are none."""
    found = {row.status: row.number for row in connection.execute(_COUNT)}
    return {status: found.get(status.value, 0) for status in SubscriberStatus}


def set_status(connection: Connection, id: int, status: SubscriberStatus) -> bool:
    """Change where a subscriber stands; False when there is none with this id.

    Somebody who unsubscribes has done so now.
    """
    statement = _LEAVE if status is SubscriberStatus.UNSUBSCRIBED else _STATUS
    values = {"b_id": id, "b_status": status.value}
    return connection.execute(statement, values).rowcount == 1


def rejoin(connection: Connection, id: int) -> bool:
    """Make somebody active again who had left; False when there is none."""
    values = {"b_id": id, "b_status": SubscriberStatus.ACTIVE.value}
    return connection.execute(_REJOIN, values).rowcount == 1


def leave(connection: Connection, keys: Sequence[str]) -> None:
    """Let those with these normalised addresses be unsubscribed, who are not yet."""
    here = among(connection, subscribers.c.address_key)
    connection.execute(_LEAVE_ALL.where(here), {"keys": list(keys)})


def confirm(connection: Connection, id: int) -> bool:
    """Make a subscriber active, who confirmed it now; False when there is none."""
    values = {"b_id": id, "b_status": SubscriberStatus.ACTIVE.value}
    return connection.execute(_CONFIRM, values).rowcount == 1


def subscriber(row: Row[*tuple[Any, ...]]) -> Subscriber:
    """Make a subscriber of a row that begins with `COLUMNS`."""
    id, address, key, name, attributes, status, source, *times, uid = row
    return Subscriber(
        id=id,
        address=address,
        address_key=key,
        name=name,
        attributes=attributes,
        status=_STATUS_OF[status],
        source=source,
        created_at=times[0],
        confirmed_at=times[1],
        unsubscribed_at=times[2],
        uid=uid,
    )
