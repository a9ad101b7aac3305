"""How far a campaign got, by its batches alone, which is quick."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, case, func, select

from newsletter.model.campaign import BatchState, CampaignState
from newsletter.store.clock import seconds_until
from newsletter.store.schema import batches, campaigns

_accepted = batches.c.state == BatchState.ACCEPTED.value
_taken = case((_accepted, batches.c.size - batches.c.rejected), else_=0)
_SO_FAR = select(
    func.coalesce(func.sum(_taken), 0),
    func.coalesce(func.sum(batches.c.rejected), 0),
    -seconds_until(func.max(batches.c.first_sent_at)),
    func.count(),
).where(batches.c.campaign_id == bindparam("campaign"))
_CALLS = select(
    func.min(batches.c.first_sent_at),
    func.max(batches.c.first_sent_at),
    func.coalesce(func.sum(batches.c.attempt), 0),
).where(batches.c.campaign_id == bindparam("campaign"))

_UNDER_WAY = (
    select(batches.c.state, func.sum(batches.c.size))
    .join(campaigns, campaigns.c.id == batches.c.campaign_id)
    .where(campaigns.c.state == CampaignState.SENDING.value)
    .group_by(batches.c.state)
    .order_by(batches.c.state)
)
_LEASED = select(func.count()).where(
    batches.c.state == BatchState.IN_FLIGHT.value,
    seconds_until(batches.c.lease_until) > 0,
)


class SoFar(NamedTuple):
    """`sent` messages were handed over, `planned` batches there are in all.

    Of `rejected` recipients the provider took no message. The last call was made `idle`
    seconds ago, None when there was none.
    """

    sent: int
    rejected: int
    idle: float | None
    planned: int


class Calls(NamedTuple):
    """When the first and the last batch was handed over first; how many calls."""

    first: datetime | None
    last: datetime | None
    number: int


def so_far(connection: Connection, campaign_id: int) -> SoFar:
    """Tell how far a campaign got."""
    found = connection.execute(_SO_FAR, {"campaign": campaign_id}).one()
    sent, rejected, idle, planned = found
    return SoFar(int(sent), int(rejected), idle, planned)


def calls(connection: Connection, campaign_id: int) -> Calls:
    """Tell when a campaign's calls were made."""
    first, last, number = connection.execute(_CALLS, {"campaign": campaign_id}).one()
    return Calls(first, last, int(number))


def under_way(connection: Connection) -> dict[str, int]:
    """How many recipients of the campaigns under way are in batches of which state."""
    return {state: int(n) for state, n in connection.execute(_UNDER_WAY)}


def leased(connection: Connection) -> int:
    """How many batches somebody is sending at this moment, of all campaigns."""
    return connection.scalar(_LEASED) or 0
