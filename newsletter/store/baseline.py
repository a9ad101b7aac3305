"""What a person had seen of a campaign when they resumed it: only what is new counts.

It is kept with the campaign, so that all who send it reckon from the same: one who
joins late would else count what was told of messages that others had sent before.
"""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update

from newsletter.store.batches.progress import so_far
from newsletter.store.event_counts import of_campaign
from newsletter.store.schema import campaigns

_SEEN = select(campaigns.c.seen_before).where(campaigns.c.id == bindparam("campaign"))


@dataclass(frozen=True, slots=True)
class Baseline:
    """Messages handed over, recipients refused at once, and what was told by kind."""

    sent: int
    rejected: int
    told: Counter[str]


def note(connection: Connection, campaign_id: int) -> None:
    """Write down how a campaign stands: what went wrong so far does not stop it."""
    far, told = so_far(connection, campaign_id), of_campaign(connection, campaign_id)
    seen = {"sent": far.sent, "rejected": far.rejected, "told": dict(told)}
    this = update(campaigns).where(campaigns.c.id == campaign_id)
    connection.execute(this.values(seen_before=seen))


def get(connection: Connection, campaign_id: int) -> Baseline:
    """What was written down of a campaign; nothing of one that was never resumed."""
    seen = connection.scalar(_SEEN, {"campaign": campaign_id}) or {}
    told = Counter(seen.get("told", {}))
    return Baseline(seen.get("sent", 0), seen.get("rejected", 0), told)
