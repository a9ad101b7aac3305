"""Subscribers: added, updated and read; an address is in the store at most once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from newsletter.model.subscriber import NewSubscriber, Subscriber, SubscriberStatus
from newsletter.store.clock import utc_now
from newsletter.store.rows import RowUpdate, insert_new, insert_rows
from newsletter.store.schema import subscribers

COLUMNS = (
    subscribers.c.id,
    subscribers.c.address,
    subscribers.c.address_key,
    subscribers.c.name,
    subscribers.c.attributes,
    subscribers.c.status,
    subscribers.c.source,
    subscribers.c.created_at,
)
_BY_ID = select(*COLUMNS).where(subscribers.c.id == bindparam("id"))
_BY_KEY = select(*COLUMNS).where(subscribers.c.address_key == bindparam("key"))
# FOR UPDATE, so that two imports on PostgreSQL do not overwrite each other's names;
# in order, so that they do not wait for each other in a circle. SQLite needs neither.
_KNOWN = (
    select(
        subscribers.c.id,
        subscribers.c.address_key,
        subscribers.c.name,
        subscribers.c.attributes,
    )
    .where(subscribers.c.address_key.in_(bindparam("keys", expanding=True)))
    .order_by(subscribers.c.address_key)
    .with_for_update()
)
_PAGE = (
    select(*COLUMNS)
    .where(subscribers.c.id > bindparam("after_id"))
    .order_by(subscribers.c.id)
    .limit(bindparam("page_size"))
)
_DETAILS = RowUpdate(subscribers, "id", ["name", "attributes"], updated_at=utc_now())
_STATUS = (
    update(subscribers)
    .where(subscribers.c.id == bindparam("b_id"))
    .values(status=bindparam("b_status"), updated_at=utc_now())
)
_COUNT = select(subscribers.c.status, func.count().label("number")).group_by(
    subscribers.c.status
)
_ROWS_AT_ONCE = 1000
# Calling the enumeration takes as long as making the rest of a subscriber.
_STATUS_OF = {status.value: status for status in SubscriberStatus}


class UpsertOutcome(StrEnum):
    """What `upsert` did with one row."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(slots=True)
class _Details:
    """What an update may change. `id` is None until the row is in the database."""

    id: int | None
    name: str
    attributes: dict[str, str]

    def learn(self, name: str, attributes: Mapping[str, str]) -> bool:
        """Take over what is not blank; tell whether that was news."""
        known = {key: value for key, value in attributes.items() if value.strip()}
        merged = self.attributes | known
        name = name if name.strip() else self.name
        news = (name, merged) != (self.name, self.attributes)
        self.name, self.attributes = name, merged
        return news


def upsert(
    connection: Connection, rows: Sequence[NewSubscriber]
) -> list[UpsertOutcome]:
    """Add those whose `address_key` is new, update the others; one outcome per row.

    An update adds to name and attributes; a blank never erases, and address, status,
    source and the time of joining stay. A key that occurs twice is added, then updated.
    """
    outcomes: list[UpsertOutcome] = []
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        outcomes += _upsert(connection, rows[start : start + _ROWS_AT_ONCE])
    return outcomes


def by_address_key(connection: Connection, key: str) -> Subscriber | None:
    """Find a subscriber by the normalised address."""
    row = connection.execute(_BY_KEY, {"key": key}).one_or_none()
    return None if row is None else subscriber(row)


def get(connection: Connection, id: int) -> Subscriber | None:
    """Find a subscriber by id."""
    row = connection.execute(_BY_ID, {"id": id}).one_or_none()
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
    """Change where a subscriber stands; False when there is none with this id."""
    values = {"b_id": id, "b_status": status.value}
    return connection.execute(_STATUS, values).rowcount == 1


def subscriber(row: Row[*tuple[Any, ...]]) -> Subscriber:
    """Make a subscriber of a row that begins with `COLUMNS`."""
    id, address, key, name, attributes, status, source, created_at, *_ = row
    return Subscriber(
        id=id,
        address=address,
        address_key=key,
        name=name,
        attributes=attributes,
        status=_STATUS_OF[status],
        source=source,
        created_at=created_at,
    )


def _upsert(
    connection: Connection, rows: Sequence[NewSubscriber]
) -> list[UpsertOutcome]:
    details = _known(connection, [row.address_key for row in rows])
    added: dict[str, NewSubscriber] = {}
    changed: dict[str, _Details] = {}
    outcomes = []
    for row in rows:
        known = details.setdefault(row.address_key, _Details(None, "", {}))
        news = known.learn(row.name, row.attributes)
        if known.id is None and row.address_key not in added:
            added[row.address_key] = row
            outcomes.append(UpsertOutcome.ADDED)
        elif news:
            changed[row.address_key] = known
            outcomes.append(UpsertOutcome.UPDATED)
        else:
            outcomes.append(UpsertOutcome.UNCHANGED)
    rows_changed = [
        {"b_id": each.id, "b_name": each.name, "b_attributes": each.attributes}
        for each in changed.values()
        if each.id is not None
    ]
    _DETAILS.run(connection, rows_changed)
    lost = added.keys() - _insert(connection, added, details)
    # Lost only to another process on PostgreSQL, whose rows can be seen by now.
    again = [place for place, row in enumerate(rows) if row.address_key in lost]
    if again:
        outcome = iter(_upsert(connection, [rows[place] for place in again]))
        for place in again:
            outcomes[place] = next(outcome)
    return outcomes


def _known(connection: Connection, keys: Sequence[str]) -> dict[str, _Details]:
    rows = connection.execute(_KNOWN, {"keys": keys})
    return {key: _Details(id, name, known) for id, key, name, known in rows}


def _insert(
    connection: Connection,
    added: Mapping[str, NewSubscriber],
    details: Mapping[str, _Details],
) -> set[str]:
    """Insert new rows and tell the keys of those that nobody else inserted before."""
    if not added:
        return set()
    rows = [
        {
            "address": row.address,
            "address_key": key,
            "name": details[key].name,
            "attributes": details[key].attributes,
            "status": row.status.value,
            "source": row.source,
        }
        for key, row in sorted(added.items())
    ]
    statement = insert_new(connection, subscribers, ["address_key"])
    statement = statement.returning(subscribers.c.address_key)
    times = {"created_at": utc_now(), "updated_at": utc_now()}
    return set(insert_rows(connection, statement, rows, **times).scalars())
