"""What a person decides, or a provider's records tell, of deliveries in doubt."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, exists, func, select, update

from newsletter.model.campaign import (
    ClaimedBatch,
    DeliveryResult,
    DeliveryState,
    DueDelivery,
)
from newsletter.store import ledger_files, partitions
from newsletter.store.batches.regrouping import regroup
from newsletter.store.campaigns import find, get, lock
from newsletter.store.clock import seconds_until, utc_now
from newsletter.store.rows import RowUpdate
from newsletter.store.schema import batches, deliveries, subscribers

ASSUMED = "assumed sent"
FOUND = "found in the provider's records"

_other = deliveries.alias("other")
_IN_STATE = (
    select(deliveries.c.subscriber_id)
    .where(
        deliveries.c.campaign_id == bindparam("campaign_id"),
        deliveries.c.state == bindparam("state"),
        # Who got the issue from a later part of its campaign would get it twice.
        ~exists().where(
            _other.c.subscriber_id == deliveries.c.subscriber_id,
            # As numbers, so that PostgreSQL looks into no other campaign.
            _other.c.campaign_id.in_(bindparam("others", expanding=True)),
            _other.c.state.not_in(
                [DeliveryState.REJECTED.value, DeliveryState.SKIPPED.value]
            ),
        ),
    )
    .order_by(deliveries.c.subscriber_id)
)
_ASSUME = (
    update(deliveries)
    .where(
        deliveries.c.campaign_id == bindparam("b_campaign"),
        deliveries.c.state == DeliveryState.UNCERTAIN.value,
    )
    .values(state=DeliveryState.ACCEPTED.value, reason=ASSUMED, updated_at=utc_now())
)
_last_word = func.max(deliveries.c.updated_at).over(
    partition_by=(batches.c.campaign_id, batches.c.number)
)
_UNCERTAIN = (
    select(
        batches.c.number,
        batches.c.key,
        batches.c.attempt,
        batches.c.owner,
        batches.c.first_sent_at,
        (-seconds_until(batches.c.first_sent_at)).label("age"),
        batches.c.payload_hash,
        deliveries.c.subscriber_id,
        deliveries.c.address,
        deliveries.c.merge,
        # Nobody's, where the subscriber was erased meanwhile.
        func.coalesce(subscribers.c.uid, 0).label("uid"),
        (-seconds_until(_last_word)).label("quiet"),
    )
    .join(
        deliveries,
        (deliveries.c.campaign_id == batches.c.campaign_id)
        & (deliveries.c.batch == batches.c.number),
    )
    .outerjoin(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
    .where(
        batches.c.campaign_id == bindparam("campaign_id"),
        batches.c.first_sent_at.is_not(None),
        deliveries.c.state == DeliveryState.UNCERTAIN.value,
    )
    .order_by(batches.c.number, deliveries.c.subscriber_id)
)
_TELL = RowUpdate(
    deliveries,
    "subscriber_id",
    ["state", "reason", "provider_message_id"],
    deliveries.c.campaign_id == bindparam("b_campaign"),
    deliveries.c.state == DeliveryState.UNCERTAIN.value,
    updated_at=utc_now(),
)


def in_doubt(connection: Connection, campaign_id: int) -> list[ClaimedBatch]:
    """The batches with deliveries that are uncertain, each with only those.

    They are not claimed: this is what to ask the provider about.
    """
    found: dict[int, ClaimedBatch] = {}
    due: dict[int, list[DueDelivery]] = {}
    for row in connection.execute(_UNCERTAIN, {"campaign_id": campaign_id}):
        each = due.setdefault(row.number, [])
        each.append(DueDelivery(row.subscriber_id, row.address, row.merge, row.uid))
        if row.number not in found:
            found[row.number] = ClaimedBatch(
                campaign_id=campaign_id,
                number=row.number,
                key=row.key,
                attempt=row.attempt,
                owner=row.owner or "",
                first_sent_at=row.first_sent_at,
                deliveries=each,
                in_doubt=True,
                age_seconds=row.age,
                payload_hash=row.payload_hash or "",
                quiet_seconds=row.quiet,
            )
    return list(found.values())


def uncertain_of(connection: Connection, campaign_id: int, number: int) -> set[int]:
    """Who of a batch is uncertain at this moment."""
    query = select(deliveries.c.subscriber_id).where(
        deliveries.c.campaign_id == campaign_id,
        deliveries.c.batch == number,
        deliveries.c.state == DeliveryState.UNCERTAIN.value,
    )
    return set(connection.scalars(query))


def assume_sent(connection: Connection, campaign_id: int) -> int:
    """Call every uncertain delivery accepted, on a person's word; how many."""
    return connection.execute(_ASSUME, {"b_campaign": campaign_id}).rowcount


def tell(
    connection: Connection, campaign_id: int, results: Sequence[DeliveryResult]
) -> None:
    """Write down what the provider's records said of uncertain deliveries."""
    rows = [
        {
            "b_subscriber_id": result.subscriber_id,
            "b_state": result.state.value,
            "b_reason": result.reason or FOUND,
            "b_provider_message_id": result.provider_message_id,
        }
        for result in results
    ]
    _TELL.run(connection, rows, b_campaign=campaign_id)


def send_again(
    connection: Connection, campaign_id: int, state: DeliveryState, size: int
) -> int:
    """Make all deliveries in a state pending again, in batches of `size`; how many.

    Raises CampaignError when it is in a file who got the issue.
    """
    lock(connection, campaign_id)
    campaign = get(connection, campaign_id)
    assert campaign is not None  # noqa: S101  the caller has found it
    partitions.keep_all(connection)
    ledger_files.refuse(connection, campaign.issue)
    others = [
        each.id for each in find(connection, campaign.issue) if each.id != campaign_id
    ]
    where = {"campaign_id": campaign_id, "state": state.value, "others": others}
    ids = connection.scalars(_IN_STATE, where).all()
    for start in range(0, len(ids), size):
        regroup(connection, campaign_id, ids[start : start + size], among=state)
    return len(ids)
