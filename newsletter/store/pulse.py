"""Tells cheaply whether a send, a worker or a webhook has written something down."""

from sqlalchemy import Connection, func, select

from newsletter.store.schema import batches, campaigns, events

_NEWEST = 20
"""Campaigns that are looked at: in older ones nothing happens but events."""

_CAMPAIGNS = (
    select(campaigns.c.id, campaigns.c.state, campaigns.c.reason)
    .order_by(campaigns.c.id.desc())
    .limit(_NEWEST)
)
# An index has all of it.
_BATCHES = select(batches.c.campaign_id, batches.c.state, func.count()).group_by(
    batches.c.campaign_id, batches.c.state
)
_EVENTS = select(func.max(events.c.id))


def pulse(connection: Connection) -> str:
    """What is another as soon as a campaign, a batch or an event is."""
    found = [tuple(row) for row in connection.execute(_CAMPAIGNS)]
    first = min((row[0] for row in found), default=0)
    sent = connection.execute(_BATCHES.where(batches.c.campaign_id >= first))
    counts = sorted(tuple(row) for row in sent)
    return repr((found, counts, connection.scalar(_EVENTS)))
