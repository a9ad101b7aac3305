"""Batches whose worker is gone: found by their lease, reopened or called uncertain."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Connection, and_, bindparam, or_, select, true, update

from newsletter.model.campaign import BatchState, DeliveryState
from newsletter.store.batches.closing import close_deliveries, end, ending, turn
from newsletter.store.clock import seconds_until, utc_now
from newsletter.store.schema import batches


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """A batch in flight that nobody answers for.

    `age_seconds` is how long ago, on the database's clock, the first attempt was made
    that may have been accepted: what a provider's memory for keys is compared with.
    """

    campaign_id: int
    number: int
    size: int
    key: str
    attempt: int
    owner: str
    first_sent_at: datetime
    age_seconds: float


_ORPHANS = (
    select(
        batches.c.campaign_id,
        batches.c.number,
        batches.c.size,
        batches.c.key,
        batches.c.attempt,
        batches.c.owner,
        batches.c.first_sent_at,
        -seconds_until(batches.c.first_sent_at),
    )
    .where(
        batches.c.campaign_id == bindparam("campaign"),
        batches.c.state == BatchState.IN_FLIGHT.value,
        or_(bindparam("everything", type_=Boolean), batches.c.lease_until <= utc_now()),
    )
    .order_by(batches.c.number)
)
# The attempt is part of it: another process may have found the same orphan, and a
# third one may by now be sending it again. So is the owner: a claim that is withdrawn
# gives its attempt back, and the next one has the same number.
_same = and_(
    batches.c.campaign_id == bindparam("b_campaign"),
    batches.c.number == bindparam("b_number"),
    batches.c.attempt == bindparam("b_attempt"),
    batches.c.owner == bindparam("b_owner"),
    batches.c.state == BatchState.IN_FLIGHT.value,
)
_REOPEN = (
    update(batches)
    .where(_same)
    .values(
        state=BatchState.PENDING.value,
        lease_until=None,
        not_before=None,
        in_doubt=True,
        turn=turn(true()),
    )
)
_END = ending(update(batches).where(_same))


def orphans(
    connection: Connection, campaign_id: int, *, everything: bool
) -> list[Orphan]:
    """Find the batches in flight whose lease is over, lowest number first.

    With `everything` all in flight: the caller knows that every worker is dead.
    """
    where = {"campaign": campaign_id, "everything": everything}
    rows = connection.execute(_ORPHANS, where)
    return [
        Orphan(
            campaign_id=campaign,
            number=number,
            size=size,
            key=key,
            attempt=attempt,
            owner=owner,
            first_sent_at=first_sent_at,
            age_seconds=age,
        )
        for campaign, number, size, key, attempt, owner, first_sent_at, age in rows
    ]


def reopen(connection: Connection, orphan: Orphan) -> bool:
    """Let an orphan be claimed again, in doubt, with its key and its first time.

    False, and nothing is changed, when somebody has dealt with it in the meantime.
    """
    return connection.execute(_REOPEN, _which(orphan)).rowcount == 1


def orphan_uncertain(connection: Connection, orphan: Orphan, reason: str) -> bool:
    """Call what is pending of an orphan uncertain; it is not sent again.

    False, and nothing is changed, when somebody has dealt with it in the meantime.
    """
    where = end(connection, _END, _which(orphan), BatchState.UNCERTAIN, reason)
    if where is None:
        return False
    close_deliveries(connection, where, DeliveryState.UNCERTAIN, reason)
    return True


def _which(orphan: Orphan) -> dict[str, Any]:
    return {
        "b_campaign": orphan.campaign_id,
        "b_number": orphan.number,
        "b_attempt": orphan.attempt,
        "b_owner": orphan.owner,
    }
