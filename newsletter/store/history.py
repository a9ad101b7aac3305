"""Deliveries one by one: of one person over all campaigns, of one campaign by state."""

from collections.abc import Generator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, select, true

from newsletter.model.campaign import (
    BatchState,
    Campaign,
    DeliveryRecord,
    DeliveryState,
)
from newsletter.store import loading
from newsletter.store.campaigns import COLUMNS, campaign
from newsletter.store.fingerprint import stream
from newsletter.store.schema import batches, campaigns, deliveries, subscribers

_RECORD = (
    *COLUMNS,
    deliveries.c.address,
    deliveries.c.state.label("delivery_state"),
    deliveries.c.reason,
    deliveries.c.provider_message_id,
    func.coalesce(batches.c.attempt, 0).label("attempts"),
    deliveries.c.updated_at,
    batches.c.state.label("batch_state"),
)
_OF_BATCH = and_(
    batches.c.campaign_id == deliveries.c.campaign_id,
    batches.c.number == deliveries.c.batch,
)
# One probe of the deliveries' primary key per campaign, which spares SQLite an index.
_HISTORY = (
    select(*_RECORD)
    .select_from(subscribers)
    .join(campaigns, true())
    .join(
        deliveries,
        and_(
            deliveries.c.campaign_id == campaigns.c.id,
            deliveries.c.subscriber_id == subscribers.c.id,
        ),
    )
    .outerjoin(batches, _OF_BATCH)
    .where(subscribers.c.address_key == bindparam("address_key"))
    .order_by(campaigns.c.id.desc())
)


_IN_STATE = (
    select(*_RECORD)
    .select_from(deliveries)
    .join(campaigns, campaigns.c.id == deliveries.c.campaign_id)
    .outerjoin(batches, _OF_BATCH)
    .where(
        deliveries.c.campaign_id == bindparam("campaign_id"),
        deliveries.c.state == bindparam("state"),
    )
    .order_by(deliveries.c.subscriber_id)
)


def history(connection: Connection, address_key: str) -> list[DeliveryRecord]:
    """Read all deliveries to the subscriber with this normalised address, newest first.

    Empty for an address that is not a subscriber's, or was never planned for.
    """
    rows = connection.execute(_HISTORY, {"address_key": address_key})
    return [_record(row) for row in rows]


def in_state(
    connection: Connection, of: Campaign, state: DeliveryState, *, limit: int = 0
) -> list[DeliveryRecord]:
    """Read the deliveries of a campaign in one state, by id; all without `limit`."""
    stored = DeliveryState.PENDING if state is DeliveryState.IN_FLIGHT else state
    chosen = _IN_STATE.limit(limit) if limit else _IN_STATE
    values = {"campaign_id": of.id, "state": stored.value}
    found = [_record(row) for row in connection.execute(chosen, values)]
    return [each for each in found if each.state is state]


def every(
    connection: Connection, campaign_id: int
) -> Generator[Sequence[tuple[Any, ...]], None, None]:
    """Read all deliveries of a campaign by id, as rows, some at a time."""
    query = select(deliveries).where(deliveries.c.campaign_id == campaign_id)
    return stream(connection, query.order_by(deliveries.c.subscriber_id))


def load(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write deliveries down that are over, as `every` has read them."""
    if rows:
        loading.load(connection, deliveries, rows)


def _record(row: Row[*tuple[Any, ...]]) -> DeliveryRecord:
    state = DeliveryState(row.delivery_state)
    if state is DeliveryState.PENDING and row.batch_state == BatchState.IN_FLIGHT:
        state = DeliveryState.IN_FLIGHT
    return DeliveryRecord(
        campaign=campaign(row),
        address=row.address,
        state=state,
        reason=row.reason,
        provider_message_id=row.provider_message_id,
        attempts=row.attempts,
        updated_at=row.updated_at,
    )
