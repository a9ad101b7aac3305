"""What providers told afterwards: kept once each, counted, read for one person."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, func, select, update

from newsletter.model.campaign import DeliveryState
from newsletter.model.event import Bounce, Event, EventKind
from newsletter.store.clock import utc_now
from newsletter.store.rows import insert_new
from newsletter.store.schema import deliveries, events

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
    event: Event,
    received_at: datetime,
    delivery: tuple[int, int] | None,
) -> bool:
    """Keep an event; False, and nothing changes, when it was told before.

    `delivery` is its campaign and subscriber, None for an event about none of ours.
    """
    campaign_id, subscriber_id = delivery or (None, None)
    statement = insert_new(connection, events, ["provider", "event"]).values(
        provider=provider,
        event=event.id,
        kind=event.kind.value,
        bounce=event.bounce.value if event.bounce else None,
        at=event.at,
        received_at=received_at,
        campaign_id=campaign_id,
        subscriber_id=subscriber_id,
        reason=event.reason[:500],
    )
    added = connection.scalars(statement.returning(events.c.id))
    return added.one_or_none() is not None


def mark(connection: Connection, event: Event, delivery: tuple[int, int]) -> bool:
    """Bring a delivery into the state that an event proves; False where it stays.

    The order of events does not matter: what is worse, or later in a message's life,
    is never taken back.
    """
    state, among = _CHANGES[event.kind]
    campaign_id, subscriber_id = delivery
    statement = (
        update(deliveries)
        .where(
            deliveries.c.campaign_id == campaign_id,
            deliveries.c.subscriber_id == subscriber_id,
            deliveries.c.state.in_([each.value for each in among]),
        )
        .values(
            state=state.value,
            reason=event.reason[:500] if state in (_S.BOUNCED, _S.REJECTED) else "",
            updated_at=utc_now(),
        )
    )
    if event.provider_message_id:
        known = case(
            (deliveries.c.provider_message_id == "", event.provider_message_id),
            else_=deliveries.c.provider_message_id,
        )
        statement = statement.values(provider_message_id=known)
    return connection.execute(statement).rowcount == 1


def find_delivery(
    connection: Connection, campaign_id: int, provider_message_id: str
) -> int | None:
    """The subscriber of the only message with this id of the provider's, if it is one.

    Reads the whole campaign: for events that do not bring our own id.
    """
    query = (
        select(deliveries.c.subscriber_id)
        .where(
            deliveries.c.campaign_id == campaign_id,
            deliveries.c.provider_message_id == provider_message_id,
        )
        .limit(2)
    )
    found = connection.scalars(query).all()
    return found[0] if len(found) == 1 else None


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
