"""Claiming a batch: the intent is written down and the suppressions read once more."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    Row,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from newsletter.model.campaign import (
    BatchState,
    CampaignState,
    ClaimedBatch,
    DeliveryState,
    DueDelivery,
)
from newsletter.store.batches.closing import (
    HELD,
    Range,
    close_deliveries,
    end,
    ending,
    held,
)
from newsletter.store.batches.recipients import LeftOut, mark, still_due
from newsletter.store.clock import seconds_until, utc_now, utc_now_plus
from newsletter.store.schema import batches, campaigns

_next = batches.alias("next")
_MAY_BE = and_(
    _next.c.campaign_id == bindparam("b_campaign"),
    _next.c.state == BatchState.PENDING.value,
    or_(_next.c.not_before.is_(None), _next.c.not_before <= utc_now()),
    # Paused or cancelled by somebody else in the meantime.
    exists().where(
        campaigns.c.id == bindparam("b_campaign"),
        campaigns.c.state == CampaignState.SENDING.value,
    ),
)


def _claiming(*conditions: ColumnElement[bool]) -> ReturningUpdate[Any]:
    """Claim the first batch that is due and meets the conditions."""
    due = (
        select(_next.c.number)
        .where(_MAY_BE, *conditions)
        .order_by(_next.c.turn, _next.c.number)
        .limit(1)
        # So that two workers take two batches; SQLite has one writer, and ignores this.
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    return (
        update(batches)
        .where(
            batches.c.campaign_id == bindparam("b_campaign"), batches.c.number == due
        )
        .values(
            state=BatchState.IN_FLIGHT.value,
            attempt=batches.c.attempt + 1,
            owner=bindparam("b_owner"),
            lease_until=utc_now_plus(bindparam("b_lease", type_=Float)),
            not_before=None,
            first_sent_at=func.coalesce(batches.c.first_sent_at, utc_now()),
        )
        .returning(
            batches.c.number,
            batches.c.key,
            batches.c.lo,
            batches.c.hi,
            batches.c.size,
            batches.c.attempt,
            batches.c.in_doubt,
            batches.c.first_sent_at,
            (-seconds_until(batches.c.first_sent_at)).label("age"),
        )
    )


_CLAIM = _claiming()
_CLAIM_ONE = _claiming(_next.c.number == bindparam("b_number"))
_this = and_(
    batches.c.campaign_id == bindparam("b_campaign"),
    batches.c.number == bindparam("b_number"),
)
_SHRINK = update(batches).where(_this).values(size=bindparam("b_size"))
_END = ending(update(batches).where(_this))
_SEAL = (
    update(batches)
    .where(HELD)
    .values(payload_hash=func.coalesce(batches.c.payload_hash, bindparam("b_hash")))
    .returning(batches.c.payload_hash)
)
_WAIT = select(
    func.min(seconds_until(func.coalesce(batches.c.not_before, utc_now())))
).where(
    batches.c.campaign_id == bindparam("campaign"),
    batches.c.state == BatchState.PENDING.value,
)

_CHANGED = "recipients changed after an attempt whose outcome is unknown"
_NOBODY = "nobody was left to send to"


def claim(
    connection: Connection,
    campaign_id: int,
    owner: str,
    lease_seconds: float,
    *,
    subset_on_retry: bool = True,
    number: int | None = None,
) -> ClaimedBatch | None:
    """Take the first batch that is due; None when none is. Commit before the call.

    With a `number` that one is taken, if it is due.

    Recipients who were suppressed, unsubscribed or removed since planning are left out
    and marked skipped; after an attempt in doubt they may have got it, and are marked
    uncertain. When such a batch lost recipients it is no longer the one the provider
    knows by its key: unless `subset_on_retry`, all of it becomes uncertain and the next
    is taken.
    """
    taken: dict[str, Any] = {
        "b_campaign": campaign_id,
        "b_owner": owner,
        "b_lease": lease_seconds,
    }
    statement = _CLAIM
    if number is not None:
        statement, taken["b_number"] = _CLAIM_ONE, number
    while (batch := connection.execute(statement, taken).one_or_none()) is not None:
        where = Range(campaign_id, batch.number, batch.lo, batch.hi)
        due, left_out = still_due(connection, where)
        if batch.in_doubt and len(due) < batch.size and not subset_on_retry:
            _close(connection, where, _CHANGED, in_doubt=batch.in_doubt)
            continue
        _leave_out(connection, where, left_out, len(due), in_doubt=batch.in_doubt)
        if not due:
            _close(connection, where, _NOBODY, in_doubt=batch.in_doubt)
            continue
        return _claimed(batch, where, owner, due, len(left_out))
    return None


def _claimed(
    batch: Row[Any], where: Range, owner: str, due: Sequence[DueDelivery], left_out: int
) -> ClaimedBatch:
    return ClaimedBatch(
        campaign_id=where.campaign_id,
        number=where.number,
        key=batch.key,
        attempt=batch.attempt,
        owner=owner,
        first_sent_at=batch.first_sent_at,
        deliveries=due,
        suppressed=left_out,
        in_doubt=batch.in_doubt,
        age_seconds=batch.age,
    )


def seal(connection: Connection, claimed: ClaimedBatch, payload_hash: str) -> bool:
    """Write down what is about to be sent; True when it may be.

    False means that an earlier attempt in doubt sent other bytes under the same key, or
    that the batch was taken away.
    """
    values = held(claimed) | {"b_hash": payload_hash}
    return connection.scalars(_SEAL, values).one_or_none() == payload_hash


def next_wait(connection: Connection, campaign_id: int) -> float | None:
    """Tell in how many seconds a batch can be claimed; None when none is pending."""
    seconds = connection.scalar(_WAIT, {"campaign": campaign_id})
    return None if seconds is None else max(0.0, seconds)


def _leave_out(
    connection: Connection,
    where: Range,
    left_out: Sequence[LeftOut],
    size: int,
    *,
    in_doubt: bool,
) -> None:
    if not left_out:
        return
    if in_doubt:
        suffix = ", after an attempt in doubt"
        mark(connection, where, left_out, DeliveryState.UNCERTAIN, suffix)
        return
    mark(connection, where, left_out, DeliveryState.SKIPPED)
    which = {"b_campaign": where.campaign_id, "b_number": where.number}
    connection.execute(_SHRINK, which | {"b_size": size})


def _close(
    connection: Connection, where: Range, reason: str, *, in_doubt: bool
) -> None:
    """End a batch that will not be sent (again)."""
    state = BatchState.UNCERTAIN if in_doubt else BatchState.ACCEPTED
    which = {"b_campaign": where.campaign_id, "b_number": where.number}
    end(connection, _END, which, state, reason)
    close_deliveries(connection, where, DeliveryState.UNCERTAIN, reason)
