"""Tells cheaply whether a send, a worker, a webhook or a reader wrote something."""

from sqlalchemy import Connection, func, select

from newsletter.store.schema import (
    approvals,
    batches,
    campaigns,
    consents,
    events,
    subscribers,
)

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
# Who may get mail is another with each of these, but for what is done by hand to an
# address. Each is the end of an index.
_NEWS = [select(func.max(each.c.id)) for each in (events, subscribers, consents)]
_APPROVALS = select(func.count(), func.max(approvals.c.approved_at))


def pulse(connection: Connection) -> str:
    """What is another as soon as a campaign, a batch or an approval is, somebody has
    joined or left, or a provider has told something."""
    found = [tuple(row) for row in connection.execute(_CAMPAIGNS)]
    first = min((row[0] for row in found), default=0)
    sent = connection.execute(_BATCHES.where(batches.c.campaign_id >= first))
    counts = sorted(tuple(row) for row in sent)
    news = [connection.scalar(each) for each in _NEWS]
    approved = tuple(connection.execute(_APPROVALS).one())
    return repr((found, counts, news, approved))
