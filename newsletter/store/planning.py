"""Planning a campaign: who could get an issue, and writing down who will."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, bindparam, insert, select

from newsletter.model.campaign import BatchState, DeliveryState, PlannedDelivery
from newsletter.model.subscriber import Subscriber, SuppressionReason
from newsletter.store.clock import utc_now
from newsletter.store.rows import insert_rows
from newsletter.store.schema import (
    batches,
    campaigns,
    deliveries,
    subscribers,
    suppressions,
)
from newsletter.store.subscribers import COLUMNS, subscriber


@dataclass(frozen=True, slots=True)
class Candidate:
    """A subscriber an issue could go to, and what speaks against it.

    `already` means that a delivery of this issue, to whichever segment, was accepted,
    may have been, or is still to be sent.
    """

    subscriber: Subscriber
    suppression: SuppressionReason | None
    already: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBatch:
    """The recipients of one call to the provider: ids from `lo` to `hi`, inclusive.

    `size` is how many deliveries of the campaign in this range belong to the batch;
    skipped ones lie between them. `key` is the idempotency key.
    """

    number: int
    key: str
    lo: int
    hi: int
    size: int


_PAGE = (
    select(*COLUMNS, suppressions.c.reason)
    .outerjoin(suppressions, suppressions.c.address_key == subscribers.c.address_key)
    .where(subscribers.c.id > bindparam("after_id"))
    .order_by(subscribers.c.id)
    .limit(bindparam("limit"))
)
_CAMPAIGNS = select(campaigns.c.id).where(campaigns.c.issue == bindparam("issue"))
# Rejected and skipped deliveries never reached anybody.
_ALREADY = select(deliveries.c.subscriber_id).where(
    deliveries.c.campaign_id == bindparam("campaign_id"),
    deliveries.c.subscriber_id.between(bindparam("first"), bindparam("last")),
    deliveries.c.state.not_in(
        [DeliveryState.REJECTED.value, DeliveryState.SKIPPED.value]
    ),
)


def candidates(
    connection: Connection, issue: str, *, after_id: int, limit: int
) -> list[Candidate]:
    """Read the next subscribers after `after_id`, at most `limit`, in id order."""
    page = {"after_id": after_id, "limit": limit}
    rows = connection.execute(_PAGE, page).all()
    if not rows:
        return []
    already = _already(connection, issue, rows[0].id, rows[-1].id)
    return [
        Candidate(
            subscriber(row),
            None if row.reason is None else SuppressionReason(row.reason),
            row.id in already,
        )
        for row in rows
    ]


def everyone(
    connection: Connection, issue: str, *, page_size: int = 5_000
) -> Iterator[Candidate]:
    """Read all subscribers as candidates, page by page, in id order."""
    after = 0
    while page := candidates(connection, issue, after_id=after, limit=page_size):
        yield from page
        after = page[-1].subscriber.id


def add_deliveries(
    connection: Connection,
    campaign_id: int,
    planned: Sequence[tuple[PlannedDelivery, int | None]],
) -> None:
    """Write down recipients, each with its batch's number; None for the skipped."""
    rows = [
        {
            "campaign_id": campaign_id,
            "subscriber_id": delivery.subscriber_id,
            "batch": batch,
            "address": delivery.address,
            "token": delivery.token,
            "merge": delivery.merge,
            "state": delivery.state.value,
            "reason": delivery.reason,
        }
        for delivery, batch in planned
    ]
    if rows:
        same = {"provider_message_id": "", "updated_at": utc_now()}
        insert_rows(connection, insert(deliveries), rows, **same)


def add_batches(
    connection: Connection, campaign_id: int, planned: Sequence[NewBatch]
) -> None:
    """Write down batches, ready to be claimed."""
    rows = [{"campaign_id": campaign_id, **asdict(batch)} for batch in planned]
    if rows:
        state = BatchState.PENDING.value
        same = {"state": state, "attempt": 0, "in_doubt": False, "reason": ""}
        insert_rows(connection, insert(batches), rows, **same)


def _already(connection: Connection, issue: str, first: int, last: int) -> set[int]:
    # A range of the primary key per earlier campaign: joined to the page, PostgreSQL
    # would read each campaign whole for every page.
    found: set[int] = set()
    for campaign_id in connection.scalars(_CAMPAIGNS, {"issue": issue}).all():
        ids = {"campaign_id": campaign_id, "first": first, "last": last}
        found.update(connection.scalars(_ALREADY, ids))
    return found
