"""What became of a call to the provider, written down in one transaction."""

from collections.abc import Sequence

from sqlalchemy import Boolean, Connection, Float, bindparam, case, or_, update

from newsletter.model.campaign import (
    BatchState,
    ClaimedBatch,
    DeliveryResult,
    DeliveryState,
)
from newsletter.store.batches.closing import HELD, close_deliveries, end, ending, held
from newsletter.store.clock import utc_now, utc_now_plus
from newsletter.store.rows import RowUpdate
from newsletter.store.schema import batches, deliveries

_END = ending(update(batches).where(HELD))

_doubtful = or_(batches.c.in_doubt, bindparam("b_in_doubt", type_=Boolean))
_RELEASE = (
    update(batches)
    .where(HELD)
    .values(
        state=BatchState.PENDING.value,
        lease_until=None,
        not_before=utc_now_plus(bindparam("b_seconds", type_=Float)),
        in_doubt=_doubtful,
        # As if this attempt had never been, as long as no other is in doubt.
        first_sent_at=case((_doubtful, batches.c.first_sent_at)),
        payload_hash=case((_doubtful, batches.c.payload_hash)),
    )
)

_EACH = RowUpdate(
    deliveries,
    "subscriber_id",
    ["state", "reason", "provider_message_id"],
    deliveries.c.campaign_id == bindparam("b_campaign"),
    deliveries.c.batch == bindparam("b_number"),
    deliveries.c.state == DeliveryState.PENDING.value,
    updated_at=utc_now(),
)

_SILENCE = "the provider did not say"


def record(
    connection: Connection, claimed: ClaimedBatch, results: Sequence[DeliveryResult]
) -> bool:
    """Write down what the provider said; whom it did not mention becomes uncertain.

    A delivery of which an event has told more in the meantime keeps that.
    """
    where = end(connection, _END, held(claimed), BatchState.ACCEPTED)
    if where is None:
        return False
    if _all_simply_accepted(claimed, results):
        close_deliveries(connection, where, DeliveryState.ACCEPTED)
        return True
    rows = [
        {
            "b_subscriber_id": result.subscriber_id,
            "b_state": result.state.value,
            "b_reason": result.reason,
            "b_provider_message_id": result.provider_message_id,
        }
        for result in results
    ]
    _EACH.run(connection, rows, b_campaign=where.campaign_id, b_number=where.number)
    close_deliveries(connection, where, DeliveryState.UNCERTAIN, _SILENCE)
    return True


def release(
    connection: Connection,
    claimed: ClaimedBatch,
    seconds: float,
    *,
    in_doubt: bool = False,
) -> bool:
    """Put a batch back, to be claimed after `seconds`; nothing of it was sent.

    With `in_doubt` some of it may have been, so that it is repeated as it was or not
    at all; only for a provider that honours its key.
    """
    values = held(claimed) | {"b_seconds": seconds, "b_in_doubt": in_doubt}
    return connection.execute(_RELEASE, values).rowcount == 1


def give_up(connection: Connection, claimed: ClaimedBatch, reason: str) -> bool:
    """Write down that the provider refused the whole batch for good.

    After an earlier attempt in doubt that proves nothing: the batch becomes uncertain.
    """
    if claimed.in_doubt:
        return set_uncertain(connection, claimed, reason)
    where = end(connection, _END, held(claimed), BatchState.REJECTED, reason)
    if where is None:
        return False
    close_deliveries(connection, where, DeliveryState.REJECTED, reason)
    return True


def set_uncertain(connection: Connection, claimed: ClaimedBatch, reason: str) -> bool:
    """Write down that nobody knows whether the batch was sent; it is not sent again."""
    where = end(connection, _END, held(claimed), BatchState.UNCERTAIN, reason)
    if where is None:
        return False
    close_deliveries(connection, where, DeliveryState.UNCERTAIN, reason)
    return True


def _all_simply_accepted(
    claimed: ClaimedBatch, results: Sequence[DeliveryResult]
) -> bool:
    """Whether one statement can say it all."""
    for result in results:
        if (
            result.state is not DeliveryState.ACCEPTED
            or result.provider_message_id
            or result.reason
        ):
            return False
    named = {result.subscriber_id for result in results}
    return named.issuperset(each.subscriber_id for each in claimed.deliveries)
