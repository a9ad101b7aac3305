"""Adds and updates subscribers, many at a time; an address is there once."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from operator import attrgetter
from typing import Any, NamedTuple, Self

from sqlalchemy import Connection, Text, cast, insert, select
from sqlalchemy.exc import DBAPIError

from newsletter.model.subscriber import NewSubscriber
from newsletter.store import clock, consents, tags, uids
from newsletter.store.clock import utc_now
from newsletter.store.loading import copy_columns
from newsletter.store.rows import (
    RowUpdate,
    among,
    insert_columns,
    insert_new,
)
from newsletter.store.schema import subscribers

_DETAILS = RowUpdate(subscribers, "id", ["name", "attributes"], updated_at=utc_now())
_ROWS_AT_ONCE = 3000
_MANY = 50
"""From here on a COPY is worth its transaction within the transaction."""

_TAKEN = "23505"
"""What PostgreSQL calls a value that may be there only once."""

_ADDRESS_KEY = attrgetter("address_key")
_TIMES = ("created_at", "updated_at")
_AS_THEY_ARE = ("address", "address_key", "source", "confirmed_at", "unsubscribed_at")
_IDS = select(subscribers.c.address_key, subscribers.c.id)
# As text, because to decode a thousand at once takes a fifth of the time.
_KNOWN = select(
    subscribers.c.address_key,
    subscribers.c.id,
    subscribers.c.name,
    cast(subscribers.c.attributes, Text),
)
# FOR UPDATE, so that two imports on PostgreSQL do not overwrite each other's names;
# in order, so that they do not wait for each other in a circle. SQLite needs neither.
_LOCKED = _KNOWN.order_by(subscribers.c.address_key).with_for_update()


class UpsertOutcome(StrEnum):
    """What `upsert` did with one row."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class _Known(NamedTuple):
    """Whom an update may change, and what of them."""

    id: int
    name: str
    attributes: Mapping[str, str]

    def completed(self, row: NewSubscriber) -> Self:
        """What is known once a row has said its own: itself, where that is no news."""
        name = row.name if row.name.strip() else self.name
        if name == self.name and row.attributes == self.attributes:
            return self
        attributes = {**self.attributes, **_filled(row.attributes)}
        return self._replace(name=name, attributes=attributes)


def upsert(
    connection: Connection, rows: Sequence[NewSubscriber]
) -> list[UpsertOutcome]:
    """Add those whose `address_key` is new, update the others; one outcome per row.

    An update adds to name, attributes and tags; a blank never erases, and address,
    status, source, consents and times stay. A key that occurs twice is added, then
    updated.
    """
    outcomes: list[UpsertOutcome] = []
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        outcomes += _upsert(connection, rows[start : start + _ROWS_AT_ONCE])
    return outcomes


def _upsert(
    connection: Connection, rows: Sequence[NewSubscriber]
) -> list[UpsertOutcome]:
    keys = [row.address_key for row in rows]
    outcomes: dict[int, UpsertOutcome] = {}
    left: Sequence[int] = range(len(rows))
    while left:
        # The next row of each key: those of whom there are several take several rounds.
        places = {keys[place]: place for place in reversed(left)}
        found = _write(connection, {key: rows[place] for key, place in places.items()})
        outcomes.update({places[key]: outcome for key, outcome in found.items()})
        left = [place for place in left if place not in outcomes]
    return [outcomes[place] for place in range(len(rows))]


def _write(
    connection: Connection, rows: Mapping[str, NewSubscriber]
) -> dict[str, UpsertOutcome]:
    """Add or update the row of each key; tell what became of it.

    Nothing is told of those whom another process on PostgreSQL has added meanwhile, who
    can be seen by now.
    """
    known = _known(connection, rows)
    changed = _update(connection, rows, known)
    added = _insert(connection, [row for key, row in rows.items() if key not in known])
    tagged = [key for key in (*known, *added) if rows[key].tags]
    said = [key for key in added if rows[key].consents]
    ids = {key: known[key].id for key in tagged if key in known}
    ids |= _ids(connection, {*tagged, *said} - known.keys())
    changed |= _tag(connection, {ids[key]: rows[key] for key in tagged}, known)
    consents.add_many(
        connection, [(ids[key], each) for key in said for each in rows[key].consents]
    )
    return {
        **dict.fromkeys(known, UpsertOutcome.UNCHANGED),
        **dict.fromkeys(changed, UpsertOutcome.UPDATED),
        **dict.fromkeys(added, UpsertOutcome.ADDED),
    }


def _known(
    connection: Connection, keys: Iterable[str], *, locked: bool = False
) -> dict[str, _Known]:
    query = _LOCKED if locked else _KNOWN
    here = among(connection, subscribers.c.address_key)
    rows = connection.execute(query.where(here), {"keys": list(keys)}).all()
    if not rows:
        return {}
    found, ids, names, texts = zip(*rows, strict=True)
    decoded = json.loads(f"[{','.join(texts)}]")
    return dict(zip(found, map(_Known, ids, names, decoded), strict=True))


def _update(
    connection: Connection,
    rows: Mapping[str, NewSubscriber],
    known: Mapping[str, _Known],
) -> set[str]:
    """Complete what is known of people; tell the keys of those with news."""
    news = {
        key: completed
        for key, before in known.items()
        if (completed := before.completed(rows[key])) != before
    }
    if news and connection.dialect.name == "postgresql":
        newest = _known(connection, news, locked=True)
        news = {key: before.completed(rows[key]) for key, before in newest.items()}
    changed = [
        {"b_id": each.id, "b_name": each.name, "b_attributes": each.attributes}
        for each in news.values()
    ]
    _DETAILS.run(connection, changed)
    return set(news)


def _insert(connection: Connection, new: Sequence[NewSubscriber]) -> list[str]:
    """Insert new rows; tell the keys of those that nobody else inserted before."""
    inserted: list[str] = []
    for dated in (True, False):
        some = [row for row in new if (row.created_at is not None) is dated]
        if not some:
            continue
        some.sort(key=_ADDRESS_KEY)
        columns = _columns(connection, some, dated=dated)
        now = {"updated_at": utc_now()}
        if not dated:
            now["created_at"] = utc_now()
        if connection.dialect.name == "sqlite":  # its only writer is this transaction
            insert_columns(connection, insert(subscribers), columns, **now)
            inserted += columns["address_key"]
            continue
        if len(some) >= _MANY and _copied(connection, columns):
            inserted += columns["address_key"]
            continue
        # Whoever took the address or the uid meanwhile is seen in the next round.
        statement = insert_new(connection, subscribers)
        statement = statement.returning(subscribers.c.address_key)
        inserted += insert_columns(connection, statement, columns, **now).scalars()
    return inserted


def _copied(connection: Connection, new: Mapping[str, Sequence[Any]]) -> bool:
    """Copy new rows into PostgreSQL, in half the time of an INSERT that may conflict.

    False, and nothing is changed, when somebody took an address or a uid meanwhile.
    """
    now = clock.now(connection)
    constants = {name: now for name in _TIMES if name not in new}
    try:
        with connection.begin_nested():
            copy_columns(connection, subscribers, new, **constants)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _TAKEN:
            return False
        raise
    return True


def _columns(
    connection: Connection, new: Sequence[NewSubscriber], *, dated: bool
) -> dict[str, Sequence[Any]]:
    """What is kept of new subscribers, column by column."""
    given: dict[str, Sequence[Any]] = dict(
        zip(NewSubscriber._fields, zip(*new, strict=True), strict=True)
    )
    columns = {
        **{name: given[name] for name in _AS_THEY_ARE},
        "name": [name.strip() and name for name in given["name"]],
        "attributes": [
            dict(each) if all(map(str.strip, each.values())) else _filled(each)
            for each in given["attributes"]
        ],
        # As plain texts: to ask for the value of each takes far longer.
        "status": [*map(str, given["status"])],
        "uid": uids.give(connection, given["uid"]),
    }
    return columns | {"created_at": given["created_at"]} if dated else columns


def _filled(attributes: Mapping[str, str]) -> dict[str, str]:
    """Those that say something."""
    return {key: value for key, value in attributes.items() if value.strip()}


def _ids(connection: Connection, keys: set[str]) -> dict[str, int]:
    if not keys:
        return {}
    query = _IDS.where(among(connection, subscribers.c.address_key))
    return dict(connection.execute(query, {"keys": sorted(keys)}).all())


def _tag(
    connection: Connection,
    people: Mapping[int, NewSubscriber],
    known: Collection[str],
) -> set[str]:
    """Put their tags on people, by their ids; tell the keys of those with new ones.

    Only of those who are `known` some may be there already.
    """
    may_have = [id for id, row in people.items() if row.address_key in known]
    before = tags.of_subscribers(connection, may_have) if may_have else {}
    news = [
        (id, tag)
        for id, row in people.items()
        for tag in row.tags
        if tag not in before.get(id, ())
    ]
    tags.add(connection, news)
    return {people[id].address_key for id, _ in news}
