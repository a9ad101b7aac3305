"""Who of a batch is still to be sent to, by what the database knows at this moment."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from newsletter.model.campaign import DeliveryState, DueDelivery
from newsletter.model.subscriber import SubscriberStatus
from newsletter.store.batches.closing import Range
from newsletter.store.clock import utc_now
from newsletter.store.rows import RowUpdate
from newsletter.store.schema import deliveries, subscribers, suppressions


class LeftOut(NamedTuple):
    """One recipient who is no longer to be sent to, and why."""

    subscriber_id: int
    reason: str


# Compared with for every recipient: a plain text is several times faster.
_ACTIVE = SubscriberStatus.ACTIVE.value
_UNSUBSCRIBED = SubscriberStatus.UNSUBSCRIBED.value

_RECIPIENTS = (
    select(
        deliveries.c.subscriber_id,
        deliveries.c.address,
        deliveries.c.merge,
        subscribers.c.uid,
        subscribers.c.status,
        suppressions.c.reason,
    )
    .outerjoin(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
    .outerjoin(suppressions, suppressions.c.address_key == subscribers.c.address_key)
    .where(
        deliveries.c.campaign_id == bindparam("campaign_id"),
        deliveries.c.subscriber_id.between(bindparam("lo"), bindparam("hi")),
        deliveries.c.batch == bindparam("number"),
        deliveries.c.state == DeliveryState.PENDING.value,
    )
    .order_by(deliveries.c.subscriber_id)
)
_LEAVE_OUT = RowUpdate(
    deliveries,
    "subscriber_id",
    ["state", "reason"],
    deliveries.c.campaign_id == bindparam("b_campaign"),
    updated_at=utc_now(),
)


def still_due(
    connection: Connection, where: Range
) -> tuple[list[DueDelivery], list[LeftOut]]:
    """Read the pending deliveries of a batch in id order: who gets it, who does not."""
    rows = connection.execute(_RECIPIENTS, where._asdict()).all()
    due = [
        DueDelivery(id, address, merge, uid)
        for id, address, merge, uid, status, suppression in rows
        if status == _ACTIVE and suppression is None
    ]
    if len(due) == len(rows):
        return due, []
    left_out = [
        LeftOut(id, _why(status, suppression))
        for id, _, _, _, status, suppression in rows
        if status != _ACTIVE or suppression is not None
    ]
    return due, left_out


def mark(
    connection: Connection,
    where: Range,
    left_out: Sequence[LeftOut],
    state: DeliveryState,
    suffix: str = "",
) -> None:
    """Write down what those are now who were left out."""
    rows = [
        {
            "b_subscriber_id": each.subscriber_id,
            "b_state": state.value,
            "b_reason": each.reason + suffix,
        }
        for each in left_out
    ]
    _LEAVE_OUT.run(connection, rows, b_campaign=where.campaign_id)


def _why(status: str | None, suppression: str | None) -> str:
    if suppression is not None:
        return f"suppressed: {suppression}"
    if status is None:
        return "removed"
    return "unsubscribed" if status == _UNSUBSCRIBED else "not confirmed"
