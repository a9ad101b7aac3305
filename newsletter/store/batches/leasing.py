"""Leases that are renewed while a worker lives, and claims nobody knew the end of."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, Float, and_, bindparam, case, select, tuple_, update

from newsletter.model.campaign import BatchState, ClaimedBatch
from newsletter.store.batches.closing import HELD, held
from newsletter.store.clock import seconds_until, utc_now_plus
from newsletter.store.lifecycle import VERSION
from newsletter.store.origin import place
from newsletter.store.schema import batches, campaigns, instance


class Claim(NamedTuple):
    """A batch in somebody's hands; no two claims have the same owner."""

    campaign_id: int
    number: int
    owner: str


class Grip(NamedTuple):
    """A claim as the ledger sees it at this moment, on the database's clock.

    Its lease lasts for `lease_seconds` more; the first attempt that may have been
    accepted was made `age_seconds` ago; `version` is that of its campaign. What is held
    in a copy of the ledger (`is_copy`) is held in the original, too, for all we know.
    """

    lease_seconds: float
    age_seconds: float
    version: int
    is_copy: bool = False


_flying = batches.c.state == BatchState.IN_FLIGHT.value
_this = and_(
    batches.c.campaign_id == bindparam("b_campaign"),
    batches.c.number == bindparam("b_number"),
)
_LOCK = select(batches.c.number).where(_this).with_for_update()
_GRIP = (
    select(
        seconds_until(batches.c.lease_until),
        -seconds_until(batches.c.first_sent_at),
        VERSION,
        select(instance.c.place).scalar_subquery(),
    )
    .join(campaigns, campaigns.c.id == batches.c.campaign_id)
    .where(HELD)
)
_WITHDRAW = (
    update(batches)
    .where(
        _this,
        batches.c.owner == bindparam("b_owner"),
        _flying,
    )
    .values(
        state=BatchState.PENDING.value,
        attempt=batches.c.attempt - 1,
        lease_until=None,
        first_sent_at=case((batches.c.in_doubt, batches.c.first_sent_at)),
        payload_hash=case((batches.c.in_doubt, batches.c.payload_hash)),
    )
)


def renew(connection: Connection, claims: Collection[Claim], seconds: float) -> None:
    """Let claims that are still theirs last for so long from now on."""
    key = tuple_(batches.c.campaign_id, batches.c.number, batches.c.owner)
    until = utc_now_plus(bindparam("b_seconds", type_=Float))
    statement = (
        update(batches)
        .where(key.in_(sorted(claims)), _flying)
        .values(lease_until=until)
    )
    connection.execute(statement, {"b_seconds": seconds})


def withdraw(connection: Connection, claim: Claim) -> bool:
    """Undo a claim after which no call was made; False when it was none, or is over.

    Its own COMMIT may still be on the way, when its connection broke: that is waited
    for, or the batch would stay in the hands of nobody.
    """
    values = {
        "b_campaign": claim.campaign_id,
        "b_number": claim.number,
        "b_owner": claim.owner,
    }
    connection.execute(_LOCK, values)
    return connection.execute(_WITHDRAW, values).rowcount == 1


def grip(connection: Connection, claimed: ClaimedBatch) -> Grip | None:
    """How a batch is held by who claimed it; None when it is not any more.

    On PostgreSQL only.
    """
    row = connection.execute(_GRIP, held(claimed)).one_or_none()
    if row is None:
        return None
    lease_seconds, age_seconds, version, sent_from = row
    here = place(connection)
    is_copy = bool(here and sent_from) and here != sent_from
    return Grip(lease_seconds, age_seconds, version, is_copy)
