"""What providers told afterwards: kept once each, counted, read for one person."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Insert, bindparam, func, or_, select

from newsletter.model.campaign import DeliveryState
from newsletter.model.event import Bounce, Event, EventKind
from newsletter.store import event_counts
from newsletter.store.clock import utc_now
from newsletter.store.fingerprint import stream
from newsletter.store.rows import RowUpdate, insert_new, insert_rows, lock_in_order
from newsletter.store.schema import deliveries, events, subscribers

_S = DeliveryState
# What an event makes of a delivery, by the states it may change. A delivery is pending
# while its batch is under way: an event may come before our own mark.
_OPEN = (_S.PENDING, _S.UNCERTAIN)
_CHANGES: dict[EventKind, tuple[DeliveryState, tuple[DeliveryState, ...]]] = {
    EventKind.ACCEPTED: (_S.ACCEPTED, _OPEN),
    EventKind.DEFERRED: (_S.ACCEPTED, _OPEN),
    EventKind.DELIVERED: (_S.DELIVERED, (*_OPEN, _S.ACCEPTED)),
    EventKind.BOUNCED: (_S.BOUNCED, (*_OPEN, _S.ACCEPTED, _S.DELIVERED)),
    EventKind.REJECTED: (_S.REJECTED, (*_OPEN, _S.ACCEPTED)),
    # Who complains, opens or clicks has it.
    EventKind.COMPLAINED: (_S.DELIVERED, (*_OPEN, _S.ACCEPTED)),
    EventKind.UNSUBSCRIBED: (_S.DELIVERED, (*_OPEN, _S.ACCEPTED)),
    EventKind.OPENED: (_S.DELIVERED, (*_OPEN, _S.ACCEPTED)),
    EventKind.CLICKED: (_S.DELIVERED, (*_OPEN, _S.ACCEPTED)),
}

_OF_CAMPAIGN = deliveries.c.campaign_id == bindparam("campaign")
_MARK = {
    kind: RowUpdate(
        deliveries,
        "subscriber_id",
        ["reason"],
        _OF_CAMPAIGN,
        or_(*(deliveries.c.state == each.value for each in among)),
        state=state.value,
        updated_at=utc_now(),
    )
    for kind, (state, among) in _CHANGES.items()
}
# What the provider calls the message, where nobody has told us before.
_NAME = RowUpdate(
    deliveries,
    "subscriber_id",
    ["provider_message_id"],
    _OF_CAMPAIGN,
    deliveries.c.provider_message_id == "",
)
_LOCK = lock_in_order(deliveries, "subscriber_id", _OF_CAMPAIGN)
_ARRIVED = (
    EventKind.DELIVERED,
    EventKind.OPENED,
    EventKind.CLICKED,
    EventKind.COMPLAINED,
    EventKind.UNSUBSCRIBED,
)
_PEOPLE = select(subscribers.c.address_key, subscribers.c.id).where(
    subscribers.c.address_key.in_(bindparam("keys", expanding=True))
)
_KEYS_AT_ONCE = 1000
_MILD = (Bounce.SOFT.value, Bounce.UNKNOWN.value)
_OF_SUBSCRIBER = (
    select(
        events.c.campaign_id,
        events.c.kind,
        events.c.bounce,
        events.c.at,
        events.c.reason,
    )
    .where(events.c.subscriber_id == bindparam("subscriber_id"))
    .order_by(events.c.at, events.c.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """One line of `why ADDRESS`: what the provider told, of which campaign."""

    campaign_id: int | None
    kind: EventKind
    bounce: Bounce | None
    at: datetime
    reason: str


def add(
    connection: Connection,
    provider: str,
    received_at: datetime,
    told: Sequence[tuple[Event, tuple[int, int] | None]],
) -> set[str]:
    """Keep events; tells the ids of those that were not told before.

    With each comes its campaign and subscriber, None for an event about none of ours.
    """
    by_id = {event.id: _row(event, delivery) for event, delivery in reversed(told)}
    # All who write go in one order, or two could wait for each other.
    rows = sorted(by_id.values(), key=_place)
    shared = {"provider": provider, "received_at": received_at}
    counted = _insert(connection, insert_new(connection, events), rows, shared)
    event_counts.add(
        connection,
        Counter(
            (row["campaign_id"], row["counts_as"])
            for row in rows
            if row["counts_as"] and row["event"] in counted
        ),
    )
    # Not there yet, and nevertheless refused: its subscriber is counted already.
    again = [row | {"counts_as": None} for row in rows if row["event"] not in counted]
    statement = insert_new(connection, events, ["provider", "event"])
    return counted | _insert(connection, statement, again, shared)


def _insert(
    connection: Connection,
    statement: Insert,
    rows: Sequence[dict[str, Any]],
    shared: dict[str, Any],
) -> set[str]:
    """Insert events; tells the ids of those that were."""
    if not rows:
        return set()
    told = statement.returning(events.c.event)
    return set(insert_rows(connection, told, rows, **shared).scalars())


def _place(row: dict[str, Any]) -> tuple[int, int, str, str]:
    known = row["subscriber_id"] or 0, row["campaign_id"] or 0, row["counts_as"] or ""
    return *known, row["event"]


def _row(event: Event, delivery: tuple[int, int] | None) -> dict[str, Any]:
    campaign_id, subscriber_id = delivery or (None, None)
    return {
        "event": event.id,
        "kind": event.kind.value,
        "bounce": event.bounce.value if event.bounce else None,
        "at": event.at,
        "campaign_id": campaign_id,
        "subscriber_id": subscriber_id,
        # About nobody it is never read, and may hold an address that was erased.
        "reason": event.reason[:500] if delivery else "",
        "counts_as": event_counts.counts_as(event) if delivery else None,
    }


def mark(
    connection: Connection, proved: Sequence[tuple[Event, tuple[int, int]]]
) -> None:
    """Bring deliveries into the states that events prove, where they are not further.

    The order of events does not matter: what is worse, or later in a message's life,
    is never taken back.
    """
    by_kind: dict[tuple[EventKind, int], list[dict[str, Any]]] = {}
    ids: dict[int, list[dict[str, Any]]] = {}
    # In one order, or two who mark the same deliveries could wait for each other.
    for event, (campaign_id, subscriber_id) in sorted(proved, key=itemgetter(1)):
        state = _CHANGES[event.kind][0]
        told = event.reason[:500] if state in (_S.BOUNCED, _S.REJECTED) else ""
        row = {"b_subscriber_id": subscriber_id, "b_reason": told}
        by_kind.setdefault((event.kind, campaign_id), []).append(row)
        if event.provider_message_id:
            known = event.provider_message_id
            row = {"b_subscriber_id": subscriber_id, "b_provider_message_id": known}
            ids.setdefault(campaign_id, []).append(row)
    if len(by_kind) > 1 and connection.dialect.name == "postgresql":
        # Each kind by itself would begin anew with the first of its deliveries.
        _lock(connection, proved)
    for (kind, campaign_id), rows in by_kind.items():
        _MARK[kind].run(connection, rows, campaign=campaign_id)
    for campaign_id, rows in ids.items():
        _NAME.run(connection, rows, campaign=campaign_id)


def _lock(
    connection: Connection, proved: Sequence[tuple[Event, tuple[int, int]]]
) -> None:
    keys: dict[int, list[dict[str, int]]] = {}
    for _, (campaign_id, subscriber_id) in proved:
        keys.setdefault(campaign_id, []).append({"b_subscriber_id": subscriber_id})
    for campaign_id in sorted(keys):
        given = {"campaign": campaign_id, "b_rows": keys[campaign_id]}
        connection.execute(_LOCK, given)


def mark_again(connection: Connection, campaign_id: int, since: datetime) -> None:
    """Bring deliveries that were away into the states that events prove.

    All events, whenever they came: when is on the clock of another machine, and a state
    is never taken back. Only what was rejected may have been sent again, and counts
    `since` then. A mild bounce is no end of a message.
    """
    told = select(events.c.kind, events.c.subscriber_id, events.c.reason).where(
        events.c.campaign_id == campaign_id,
        events.c.subscriber_id.is_not(None),
        or_(events.c.bounce.is_(None), events.c.bounce.not_in(_MILD)),
        or_(events.c.kind != EventKind.REJECTED.value, events.c.received_at >= since),
    )
    for rows in stream(connection, told.order_by(events.c.id)):
        by_kind: dict[EventKind, list[dict[str, Any]]] = {}
        for word, subscriber_id, reason in rows:
            kind = EventKind(word)
            why = reason if _CHANGES[kind][0] in (_S.BOUNCED, _S.REJECTED) else ""
            row = {"b_subscriber_id": subscriber_id, "b_reason": why}
            by_kind.setdefault(kind, []).append(row)
        for kind, marks in by_kind.items():
            _MARK[kind].run(connection, marks, campaign=campaign_id)


def people(connection: Connection, keys: Collection[str]) -> dict[str, int]:
    """The subscribers' ids by their normalised addresses, of those that there are."""
    found: dict[str, int] = {}
    rest = iter(keys)
    while some := list(islice(rest, _KEYS_AT_ONCE)):
        found |= dict(connection.execute(_PEOPLE, {"keys": some}).all())
    return found


def soft_bounces(
    connection: Connection, ids: Collection[int], since: datetime
) -> dict[int, int]:
    """How many campaigns bounced softly since then, and since one arrived at last.

    Of each of these subscribers of whom there were any.
    """
    arrived = (
        select(events.c.subscriber_id, func.max(events.c.at).label("at"))
        .where(
            events.c.subscriber_id.in_(ids),
            events.c.kind.in_([kind.value for kind in _ARRIVED]),
        )
        .group_by(events.c.subscriber_id)
        .subquery()
    )
    query = (
        select(events.c.subscriber_id, func.count(events.c.campaign_id.distinct()))
        .outerjoin(arrived, arrived.c.subscriber_id == events.c.subscriber_id)
        .where(
            events.c.subscriber_id.in_(ids),
            events.c.kind == EventKind.BOUNCED.value,
            events.c.bounce == Bounce.SOFT.value,
            events.c.at >= since,
            or_(arrived.c.at.is_(None), events.c.at > arrived.c.at),
        )
        .group_by(events.c.subscriber_id)
    )
    return {id: number for id, number in connection.execute(query) if id is not None}


def find_deliveries(
    connection: Connection, campaign_id: int, messages: Collection[str]
) -> dict[str, int]:
    """The subscribers of messages, by the provider's ids of these, of one campaign.

    Where two messages have the same id it is nobody's. Reads the whole campaign once:
    for events that do not bring our own id.
    """
    query = select(
        deliveries.c.provider_message_id,
        func.min(deliveries.c.subscriber_id),
        func.count(),
    ).where(deliveries.c.campaign_id == campaign_id)
    found: dict[str, int] = {}
    rest = iter(messages)
    while some := list(islice(rest, _KEYS_AT_ONCE)):
        these = query.where(deliveries.c.provider_message_id.in_(some))
        rows = connection.execute(these.group_by(deliveries.c.provider_message_id))
        found |= {name: id for name, id, number in rows if number == 1}
    return found


def of_subscriber(connection: Connection, subscriber_id: int) -> list[EventRecord]:
    """All that was told of a subscriber's messages, the oldest first."""
    rows = connection.execute(_OF_SUBSCRIBER, {"subscriber_id": subscriber_id})
    return [
        EventRecord(
            campaign_id=campaign_id,
            kind=EventKind(kind),
            bounce=None if bounce is None else Bounce(bounce),
            at=at,
            reason=reason,
        )
        for campaign_id, kind, bounce, at, reason in rows
    ]
