"""Campaigns to test with: people, a plan for them, and what is written of it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from newsletter.model.campaign import (
    BatchState,
    Campaign,
    ClaimedBatch,
    DeliveryResult,
    DeliveryState,
    NewCampaign,
)
from newsletter.model.subscriber import NewSubscriber, SubscriberStatus
from newsletter.store import batches, campaigns, planning, schema, subscribers
from newsletter.store.engine import Store
from newsletter.store.planning import BatchRange

LEASE = 60.0
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
MERGE = '{"name": "", "attributes": {}}'
PENDING = DeliveryState.PENDING


def person(number: int, **details: Any) -> NewSubscriber:
    """Somebody with an address of their own."""
    key = f"reader{number}@example.com"
    return NewSubscriber(address=key.title(), address_key=key, **details)


def subscribe(store: Store, number: int) -> list[int]:
    """Add active subscribers and give their ids."""
    with store.write() as connection:
        subscribers.upsert(connection, [person(each) for each in range(number)])
        return [each.id for each in subscribers.iterate(connection)]


def new_campaign(
    issue: str = "hello", segment: str = "all", part: int = 1
) -> NewCampaign:
    """A campaign that could be made."""
    return NewCampaign(
        uid=uuid.uuid4().hex,
        issue=issue,
        segment=segment,
        part=part,
        provider="outbox",
        email='{"subject": "Hello"}',
        email_hash="0123",
    )


def plan(
    store: Store, ids: list[int], *, size: int = 3, new: NewCampaign | None = None
) -> Campaign:
    """Plan a campaign to `ids`, in batches of `size`."""
    with store.write() as connection:
        made = campaigns.create(connection, new or new_campaign())
        groups = [ids[start : start + size] for start in range(0, len(ids), size)]
        for number, group in enumerate(groups, start=1):
            add_deliveries(
                connection, made.id, [(delivery(id), number) for id in group]
            )
        keyed = [
            (
                BatchRange(number=number, lo=group[0], hi=group[-1], size=len(group)),
                f"{made.uid}-{number}",
            )
            for number, group in enumerate(groups, start=1)
        ]
        planning.add_batches(connection, made.id, keyed)
    return made


def delivery(
    id: int, state: DeliveryState = PENDING, reason: str = ""
) -> dict[str, Any]:
    """One delivery, not yet in a campaign."""
    return {
        "subscriber_id": id,
        "address": f"{id}@example.com",
        "merge": MERGE,
        "state": state.value,
        "reason": reason,
        "provider_message_id": "",
        "updated_at": datetime.now(UTC),
    }


def add_deliveries(
    connection: Connection,
    campaign_id: int,
    planned: Sequence[tuple[dict[str, Any], int | None]],
) -> None:
    """Write down deliveries as given, each with its batch's number or none."""
    rows = [
        {"campaign_id": campaign_id, "batch": number, **each}
        for each, number in planned
    ]
    connection.execute(insert(schema.deliveries), rows)


def claim(
    store: Store, made: Campaign, owner: str = "me", *, lease: float = LEASE
) -> ClaimedBatch:
    """Claim a batch, which must be there."""
    with store.write() as connection:
        claimed = batches.claim(connection, made.id, owner, lease)
    assert claimed is not None
    return claimed


def accepted(claimed: ClaimedBatch, *, with_ids: bool = False) -> list[DeliveryResult]:
    """All of a batch, accepted."""
    return [
        DeliveryResult(
            each.subscriber_id,
            DeliveryState.ACCEPTED,
            f"id-{each.subscriber_id}" if with_ids else "",
        )
        for each in claimed.deliveries
    ]


@dataclass(frozen=True)
class Line:
    """What the ledger says of one delivery."""

    state: DeliveryState
    reason: str
    message_id: str


def deliveries(store: Store, made: Campaign) -> dict[int, Line]:
    """Read all deliveries of a campaign by subscriber id."""
    table = schema.deliveries
    with store.read() as connection:
        rows = connection.execute(
            select(
                table.c.subscriber_id,
                table.c.state,
                table.c.reason,
                table.c.provider_message_id,
            )
            .where(table.c.campaign_id == made.id)
            .order_by(table.c.subscriber_id)
        ).all()
    return {
        id: Line(DeliveryState(state), reason, message_id)
        for id, state, reason, message_id in rows
    }


def states(store: Store, made: Campaign) -> list[DeliveryState]:
    """Read the states of all deliveries, in id order."""
    return [line.state for line in deliveries(store, made).values()]


def batch(store: Store, made: Campaign, number: int = 1) -> Any:
    """Read the row of a batch."""
    table = schema.batches
    chosen = select(table).where(
        table.c.campaign_id == made.id, table.c.number == number
    )
    with store.read() as connection:
        return connection.execute(chosen).one()


def batch_state(store: Store, made: Campaign, number: int = 1) -> BatchState:
    """Read the state of a batch."""
    return BatchState(batch(store, made, number).state)


def tell(store: Store, made: Campaign, id: int, state: DeliveryState) -> None:
    """Let an event tell what became of one delivery."""
    table = schema.deliveries
    where = (table.c.campaign_id == made.id, table.c.subscriber_id == id)
    with store.write() as connection:
        connection.execute(update(table).where(*where).values(state=state.value))


def set_first_sent(store: Store, made: Campaign, moment: datetime) -> None:
    """Pretend that the first attempts were made at another time."""
    table = schema.batches
    with store.write() as connection:
        connection.execute(
            update(table)
            .where(table.c.campaign_id == made.id)
            .values(first_sent_at=moment)
        )


def let_time_pass(store: Store, made: Campaign, number: int = 1) -> None:
    """Pretend that a batch was put back so long ago that its wait is over."""
    table = schema.batches
    with store.write() as connection:
        connection.execute(
            update(table)
            .where(table.c.campaign_id == made.id, table.c.number == number)
            .values(not_before=LONG_AGO)
        )


def unsubscribe(store: Store, id: int) -> None:
    """Let somebody leave."""
    with store.write() as connection:
        subscribers.set_status(connection, id, SubscriberStatus.UNSUBSCRIBED)


def done(store: Store, issue: str = "hello", number: int = 4) -> Campaign:
    """A campaign that everybody got."""
    made = plan(store, subscribe(store, number), new=new_campaign(issue))
    for _ in range(-(-number // 3)):
        claimed = claim(store, made)
        with store.write() as connection:
            assert batches.record(connection, claimed, accepted(claimed, with_ids=True))
    return finished(store, made)


def finished(store: Store, made: Campaign) -> Campaign:
    with store.write() as connection:
        assert campaigns.finish(connection, made.id)
        found = campaigns.get(connection, made.id)
    assert found is not None
    return found


def rows(store: Store) -> list[Any]:
    """All deliveries in the ledger."""
    table = schema.deliveries
    with store.read() as connection:
        return list(connection.execute(select(table).order_by(*table.primary_key)))
