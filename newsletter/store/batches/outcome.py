"""What became of a call to the provider, written down in one transaction."""

from collections.abc import Sequence

from sqlalchemy import Boolean, Connection, Float, bindparam, case, or_, update

from newsletter.model.campaign import (
    BatchState,
    ClaimedBatch,
    DeliveryResult,
    DeliveryState,
)
from newsletter.store.batches.closing import (
    HELD,
    close_deliveries,
    end,
    ending,
    held,
    turn,
    turn_of_half,
)
from newsletter.store.batches.regrouping import regroup
from newsletter.store.clock import utc_now, utc_now_plus
from newsletter.store.rows import RowUpdate
from newsletter.store.schema import batches, deliveries

_END = ending(update(batches).where(HELD))

_doubtful = or_(batches.c.in_doubt, bindparam("b_in_doubt", type_=Boolean))
_seconds = bindparam("b_seconds", type_=Float)
_RELEASE = (
    update(batches)
    .where(HELD)
    .values(
        state=BatchState.PENDING.value,
        lease_until=None,
        not_before=case(
            (
                bindparam("b_seconds", type_=Float) > 0,
                utc_now_plus(bindparam("b_seconds", type_=Float)),
            )
        ),
        in_doubt=_doubtful,
        turn=turn(_doubtful),
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
    connection: Connection,
    claimed: ClaimedBatch,
    results: Sequence[DeliveryResult],
    *,
    seconds: float = 0.0,
) -> bool:
    """Write down what the provider said; whom it did not mention becomes uncertain.

    Whom it did not take this time becomes a batch of its own, due after `seconds`. A
    delivery of which an event has told more in the meantime keeps that.
    """
    rejected = sum(each.state is DeliveryState.REJECTED for each in results)
    accepted = BatchState.ACCEPTED
    where = end(connection, _END, held(claimed), accepted, rejected=rejected)
    if where is None:
        return False
    one_id = _one_id(claimed, results)
    if one_id is not None:
        close_deliveries(connection, where, DeliveryState.ACCEPTED, message_id=one_id)
        return True
    rows = [
        {
            "b_subscriber_id": result.subscriber_id,
            "b_state": result.state.value,
            "b_reason": result.reason,
            "b_provider_message_id": result.provider_message_id,
        }
        for result in results
        if result.state is not DeliveryState.PENDING
    ]
    later = [r.subscriber_id for r in results if r.state is DeliveryState.PENDING]
    # After an attempt in doubt they may have it: a new key would be a second message.
    if later and not claimed.in_doubt:
        regroup(connection, claimed.campaign_id, later, seconds=seconds)
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


def split(connection: Connection, claimed: ClaimedBatch) -> bool:
    """Cut a batch that was refused as a whole into two, to find out who is the cause.

    After an earlier attempt in doubt it becomes uncertain instead: what was refused
    now may have been accepted then.
    """
    if claimed.in_doubt:
        return set_uncertain(connection, claimed, "refused after an attempt in doubt")
    where = end(connection, _END, held(claimed), BatchState.REJECTED, "split")
    if where is None:
        return False
    ids = [each.subscriber_id for each in claimed.deliveries]
    for half in (ids[: len(ids) // 2], ids[len(ids) // 2 :]):
        regroup(connection, claimed.campaign_id, half, turn=turn_of_half(len(half)))
    return True


def give_up(connection: Connection, claimed: ClaimedBatch, reason: str) -> bool:
    """Write down that the provider refused the whole batch for good.

    After an earlier attempt in doubt that proves nothing: the batch becomes uncertain.
    """
    if claimed.in_doubt:
        return set_uncertain(connection, claimed, reason)
    number, refused = len(claimed.deliveries), BatchState.REJECTED
    where = end(connection, _END, held(claimed), refused, reason, number)
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


def _one_id(claimed: ClaimedBatch, results: Sequence[DeliveryResult]) -> str | None:
    """The id that all of them have (or have not): then one statement can say it all.

    None when one was not accepted, or there is more to say of one than of another.
    """
    said = {(each.state, each.provider_message_id, each.reason) for each in results}
    if len(said) != 1:
        return None
    ((state, message_id, reason),) = said
    named = {result.subscriber_id for result in results}
    everybody = named.issuperset(each.subscriber_id for each in claimed.deliveries)
    simply = state is DeliveryState.ACCEPTED and not reason and everybody
    return message_id if simply else None
