"""What the ends of all attempts share: is the batch still mine, what is left of it."""

from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Update,
    and_,
    bindparam,
    case,
    update,
)

from newsletter.model.campaign import BatchState, ClaimedBatch, DeliveryState
from newsletter.store.clock import utc_now
from newsletter.store.schema import batches, deliveries

_FIRST_TRIES = 6
"""Attempts in doubt that are made before anything else."""

_BEFORE_ALL = 1_000_000
"""More than a batch has recipients: what is in doubt comes before every half."""


class Range(NamedTuple):
    """Where the deliveries of a batch are: subscriber ids from `lo` to `hi`."""

    campaign_id: int
    number: int
    lo: int
    hi: int


# The fence: a worker that was away for longer than its lease finds nothing here.
HELD = and_(
    batches.c.campaign_id == bindparam("b_campaign"),
    batches.c.number == bindparam("b_number"),
    batches.c.owner == bindparam("b_owner"),
    batches.c.attempt == bindparam("b_attempt"),
    batches.c.state == BatchState.IN_FLIGHT.value,
)
# Only those still pending: what an event has told of a delivery is not taken back.
_PENDING = (
    update(deliveries)
    .where(
        deliveries.c.campaign_id == bindparam("b_campaign"),
        deliveries.c.subscriber_id.between(bindparam("b_lo"), bindparam("b_hi")),
        deliveries.c.batch == bindparam("b_number"),
        deliveries.c.state == DeliveryState.PENDING.value,
    )
    .values(
        state=bindparam("b_state"),
        reason=bindparam("b_reason"),
        provider_message_id=bindparam("b_message_id"),
        updated_at=utc_now(),
    )
)


def turn(doubtful: ColumnElement[bool]) -> ColumnElement[int]:
    """When a batch is claimed again: after the untried ones, or before while in doubt.

    One that stays in doubt for long lets the others go first in the end.
    """
    first = and_(doubtful, batches.c.attempt <= _FIRST_TRIES)
    return batches.c.attempt - case((first, _BEFORE_ALL), else_=0)


def turn_of_half(size: int) -> int:
    """When a half of a refused batch is claimed: at once, and the smallest one first.

    So one refused recipient is found before the next is looked for, and those who are
    not refused get through in between.
    """
    return size - _BEFORE_ALL // 2


def held(claimed: ClaimedBatch) -> dict[str, Any]:
    """Give the values of `HELD` for a batch."""
    return {
        "b_campaign": claimed.campaign_id,
        "b_number": claimed.number,
        "b_owner": claimed.owner,
        "b_attempt": claimed.attempt,
    }


def ending(statement: Update) -> Update:
    """Make an update of a batch end its attempt, and tell its range."""
    return statement.values(
        state=bindparam("b_state"),
        reason=bindparam("b_reason"),
        rejected=bindparam("b_rejected"),
        lease_until=None,
    ).returning(batches.c.campaign_id, batches.c.number, batches.c.lo, batches.c.hi)


def end(
    connection: Connection,
    statement: Update,
    which: dict[str, Any],
    state: BatchState,
    reason: str = "",
    rejected: int = 0,
) -> Range | None:
    """Run a statement made by `ending`; None when no batch fitted."""
    values = which | {
        "b_state": state.value,
        "b_reason": reason,
        "b_rejected": rejected,
    }
    row = connection.execute(statement, values).one_or_none()
    return None if row is None else Range(*row)


def close_deliveries(
    connection: Connection,
    where: Range,
    state: DeliveryState,
    reason: str = "",
    message_id: str = "",
) -> None:
    """Give all deliveries of a batch that are still pending one state and reason.

    `message_id` is the provider's, where it has one for the whole batch.
    """
    connection.execute(
        _PENDING,
        {
            "b_campaign": where.campaign_id,
            "b_number": where.number,
            "b_lo": where.lo,
            "b_hi": where.hi,
            "b_state": state.value,
            "b_reason": reason,
            "b_message_id": message_id,
        },
    )
