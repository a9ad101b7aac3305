"""What providers told afterwards: kept once each, counted, read for one person."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, or_, select

from newsletter.model.campaign import DeliveryState
from newsletter.model.event import Bounce, Event, EventKind
from newsletter.store.clock import utc_now
from newsletter.store.rows import RowUpdate, insert_new, insert_rows
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

_kind = case(
    (events.c.bounce.is_not(None), events.c.kind + " " + events.c.bounce),
    else_=events.c.kind,
)
_COUNTS = (
    select(_kind, func.count(events.c.subscriber_id.distinct()))
    .where(events.c.campaign_id == bindparam("campaign_id"))
    .group_by(_kind)
)
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
    rows = {event.id: _row(event, delivery) for event, delivery in reversed(told)}
    if not rows:
        return set()
    statement = insert_new(connection, events, ["provider", "event"])
    added = insert_rows(
        connection,
        statement.returning(events.c.event),
        [*rows.values()],
        provider=provider,
        received_at=received_at,
    )
    return set(added.scalars())


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
    for event, (campaign_id, subscriber_id) in proved:
        state = _CHANGES[event.kind][0]
        told = event.reason[:500] if state in (_S.BOUNCED, _S.REJECTED) else ""
        row = {"b_subscriber_id": subscriber_id, "b_reason": told}
        by_kind.setdefault((event.kind, campaign_id), []).append(row)
        if event.provider_message_id:
            known = event.provider_message_id
            row = {"b_subscriber_id": subscriber_id, "b_provider_message_id": known}
            ids.setdefault(campaign_id, []).append(row)
    for (kind, campaign_id), rows in by_kind.items():
        _MARK[kind].run(connection, rows, campaign=campaign_id)
    for campaign_id, rows in ids.items():
        _NAME.run(connection, rows, campaign=campaign_id)


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


def counts(connection: Connection, campaign_id: int) -> Counter[str]:
    """How many subscribers of a campaign each kind was told of, such as `complained`.

    Bounces are counted by class: `bounced hard`.
    """
    rows = connection.execute(_COUNTS, {"campaign_id": campaign_id}).all()
    return Counter(dict(rows))


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
