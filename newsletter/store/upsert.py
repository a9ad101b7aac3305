"""Adds and updates subscribers, a thousand at a time; an address is there once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import Connection, insert, select

from newsletter.model.subscriber import NewSubscriber
from newsletter.store import consents, tags
from newsletter.store.clock import utc_now
from newsletter.store.rows import RowUpdate, among, insert_new, insert_rows
from newsletter.store.schema import subscribers

_DETAILS = RowUpdate(subscribers, "id", ["name", "attributes"], updated_at=utc_now())
_TIMES = ("created_at", "confirmed_at", "unsubscribed_at")
_ROWS_AT_ONCE = 1000
_IDS = select(subscribers.c.address_key, subscribers.c.id)
# FOR UPDATE, so that two imports on PostgreSQL do not overwrite each other's names;
# in order, so that they do not wait for each other in a circle. SQLite needs neither.
_KNOWN = (
    select(
        subscribers.c.id,
        subscribers.c.address_key,
        subscribers.c.name,
        subscribers.c.attributes,
    )
    .order_by(subscribers.c.address_key)
    .with_for_update()
)


class UpsertOutcome(StrEnum):
    """What `upsert` did with one row."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(slots=True)
class _Details:
    """What an update may change. `id` is None until the row is in the database."""

    id: int | None = None
    name: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, row: NewSubscriber) -> Self:
        """What a new row says."""
        known = {key: value for key, value in row.attributes.items() if value.strip()}
        return cls(None, row.name.strip() and row.name, known, set(row.tags))

    def learn(self, row: NewSubscriber) -> bool:
        """Take over what is not blank; tell whether that was news."""
        news = False
        if row.name != self.name and row.name.strip():
            self.name = row.name
            news = True
        for key, value in row.attributes.items():
            if self.attributes.get(key) != value and value.strip():
                self.attributes[key] = value
                news = True
        return news

    def learn_tags(self, row: NewSubscriber) -> list[str]:
        """Take over the tags; tell which are news."""
        news = [tag for tag in row.tags if tag not in self.tags]
        self.tags.update(news)
        return news


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
    known = _known(connection, rows)
    added: dict[str, NewSubscriber] = {}
    changed: dict[str, _Details] = {}
    tagged: list[tuple[str, str]] = []
    outcomes = []
    for row in rows:
        key = row.address_key
        details = known.get(key)
        if details is None:
            added[key] = row
            known[key] = _Details.of(row)
            tagged += ((key, tag) for tag in row.tags)
            outcomes.append(UpsertOutcome.ADDED)
            continue
        news = details.learn(row)
        if row.tags:
            new = details.learn_tags(row)
            tagged += ((key, tag) for tag in new)
            news = news or bool(new)
        if news:
            changed[key] = details
            outcomes.append(UpsertOutcome.UPDATED)
        else:
            outcomes.append(UpsertOutcome.UNCHANGED)
    _update(connection, changed.values())
    lost = _insert(connection, added, known)
    mine = {key: row for key, row in added.items() if key not in lost}
    _add_to_each(
        connection, mine, known, [each for each in tagged if each[0] not in lost]
    )
    if lost:
        _try_again(connection, rows, lost, outcomes)
    return outcomes


def _known(
    connection: Connection, rows: Sequence[NewSubscriber]
) -> dict[str, _Details]:
    keys = [row.address_key for row in rows]
    query = _KNOWN.where(among(connection, subscribers.c.address_key))
    found = {
        key: _Details(id, name, attributes)
        for id, key, name, attributes in connection.execute(query, {"keys": keys})
    }
    tagged = {row.address_key for row in rows if row.tags}
    ids = [found[key].id or 0 for key in tagged & found.keys()]
    theirs = tags.of_subscribers(connection, ids) if ids else {}
    for key in tagged & found.keys():
        found[key].tags.update(theirs.get(found[key].id or 0, ()))
    return found


def _update(connection: Connection, changed: Iterable[_Details]) -> None:
    rows = [
        {"b_id": each.id, "b_name": each.name, "b_attributes": each.attributes}
        for each in changed
        if each.id is not None
    ]
    _DETAILS.run(connection, rows)


def _insert(
    connection: Connection,
    added: Mapping[str, NewSubscriber],
    known: Mapping[str, _Details],
) -> set[str]:
    """Insert new rows; tell the keys of those that somebody else inserted before."""
    inserted: set[str] = set()
    by_times: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for key in sorted(added):
        row = added[key]
        times = tuple(name for name in _TIMES if getattr(row, name) is not None)
        by_times.setdefault(times, []).append(_row(row, known[key], times))
    for times, rows in by_times.items():
        now = {"updated_at": utc_now()}
        if "created_at" not in times:
            now["created_at"] = utc_now()
        if connection.dialect.name == "sqlite":  # its only writer is this transaction
            insert_rows(connection, insert(subscribers), rows, **now)
            continue
        statement = insert_new(connection, subscribers, ["address_key"])
        statement = statement.returning(subscribers.c.address_key)
        inserted.update(insert_rows(connection, statement, rows, **now).scalars())
    return set() if connection.dialect.name == "sqlite" else added.keys() - inserted


def _row(row: NewSubscriber, details: _Details, times: Iterable[str]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "address": row.address,
        "address_key": row.address_key,
        "name": details.name,
        "attributes": details.attributes,
        "status": row.status.value,
        "source": row.source,
    }
    for name in times:
        made[name] = getattr(row, name)
    return made


def _add_to_each(
    connection: Connection,
    added: Mapping[str, NewSubscriber],
    known: Mapping[str, _Details],
    tagged: Iterable[tuple[str, str]],
) -> None:
    """Write down tags, and what those who are new said before."""
    said = [row for row in added.values() if row.consents]
    new = {row.address_key for row in said}
    new.update(key for key, _ in tagged if known[key].id is None)
    if new:
        query = _IDS.where(among(connection, subscribers.c.address_key))
        for key, id in connection.execute(query, {"keys": sorted(new)}):
            known[key].id = id
    tags.add(connection, ((known[key].id or 0, tag) for key, tag in tagged))
    consents.add_many(
        connection,
        [
            (known[row.address_key].id or 0, each)
            for row in said
            for each in row.consents
        ],
    )


def _try_again(
    connection: Connection,
    rows: Sequence[NewSubscriber],
    lost: set[str],
    outcomes: list[UpsertOutcome],
) -> None:
    """Update those lost to another process on PostgreSQL, who can be seen by now."""
    places = [place for place, row in enumerate(rows) if row.address_key in lost]
    outcome = iter(_upsert(connection, [rows[place] for place in places]))
    for place in places:
        outcomes[place] = next(outcome)
