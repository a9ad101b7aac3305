"""The life of a campaign after it was planned: started, paused, resumed, cancelled."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    bindparam,
    case,
    exists,
    literal_column,
    select,
    update,
)

from newsletter.model.campaign import (
    BatchState,
    Campaign,
    CampaignState,
    DeliveryState,
)
from newsletter.store import queue
from newsletter.store.campaigns import COLUMNS, campaign
from newsletter.store.clock import seconds_until, utc_now
from newsletter.store.schema import batches, campaigns, deliveries

CANCELLED = "cancelled"

VERSION: ColumnElement[int] = literal_column(
    "CAST(CAST(campaigns.xmin AS text) AS bigint)", BigInteger
)
"""Another number whenever a campaign was changed, as by a pause; PostgreSQL has it."""

_S = CampaignState
_SCHEDULED = (
    select(*COLUMNS, seconds_until(campaigns.c.not_before).label("wait"))
    .where(campaigns.c.state == _S.SCHEDULED.value)
    .order_by(campaigns.c.not_before, campaigns.c.id)
)
# First of all: a batch that is closed is claimed by nobody, and one that was claimed
# before is not closed. What an attempt in doubt may have sent cannot be cancelled.
_CLOSE = (
    update(batches)
    .where(
        batches.c.campaign_id == bindparam("b_campaign"),
        batches.c.state == BatchState.PENDING.value,
    )
    .values(
        state=case(
            (batches.c.in_doubt, BatchState.UNCERTAIN.value),
            else_=BatchState.REJECTED.value,
        ),
        reason=CANCELLED,
    )
)
# Only of what was closed: a batch that is put back meanwhile may be claimed again.
_DROP = (
    update(deliveries)
    .where(
        deliveries.c.campaign_id == bindparam("b_campaign"),
        deliveries.c.state == DeliveryState.PENDING.value,
        exists().where(
            batches.c.campaign_id == bindparam("b_campaign"),
            batches.c.number == deliveries.c.batch,
            batches.c.state == bindparam("b_closed"),
            batches.c.reason == CANCELLED,
        ),
    )
    .values(state=bindparam("b_state"), reason=CANCELLED, updated_at=utc_now())
)


def move(
    connection: Connection,
    campaign_id: int,
    to: CampaignState,
    *,
    among: Collection[CampaignState],
    reason: str = "",
) -> bool:
    """Bring a campaign from one of the states `among` to another; False from others."""
    ended: Any = utc_now() if to in (_S.DONE, _S.CANCELLED) else None
    statement = (
        update(campaigns)
        .where(
            campaigns.c.id == campaign_id,
            campaigns.c.state.in_([state.value for state in among]),
        )
        .values(state=to.value, reason=reason or None, ended_at=ended)
    )
    return connection.execute(statement).rowcount == 1


def cancel(connection: Connection, campaign_id: int) -> bool:
    """End a campaign: who did not get it yet will not; False when it is over already.

    Batches under way end as they end.
    """
    open_states = (_S.SCHEDULED, _S.SENDING, _S.PAUSED)
    if not move(connection, campaign_id, _S.CANCELLED, among=open_states):
        return False
    drop_cancelled(connection, campaign_id)
    queue.forget(connection, campaign_id)
    return True


def drop_cancelled(connection: Connection, campaign_id: int) -> None:
    """Let nothing be pending of a campaign that is cancelled; else change nothing.

    Called again after a call that was under way then: what it put back is not sent. It
    waits for who is cancelling at this moment, who did not see what was put back.
    """
    query = select(campaigns.c.state).where(campaigns.c.id == campaign_id)
    if connection.scalar(query.with_for_update()) != _S.CANCELLED.value:
        return
    which = {"b_campaign": campaign_id}
    connection.execute(_CLOSE, which)
    for closed, state in (
        (BatchState.REJECTED, DeliveryState.SKIPPED),
        (BatchState.UNCERTAIN, DeliveryState.UNCERTAIN),
    ):
        words = {"b_closed": closed.value, "b_state": state.value}
        connection.execute(_DROP, which | words)


def scheduled(connection: Connection) -> list[tuple[Campaign, float]]:
    """The campaigns that wait for their time, each with the seconds until then.

    On the database's clock; the next one is first, a time that has passed is negative.
    """
    return [(campaign(row), row.wait) for row in connection.execute(_SCHEDULED)]


def version(connection: Connection, campaign_id: int) -> int | None:
    """The number that a campaign has until it is changed; on PostgreSQL only."""
    return connection.scalar(select(VERSION).where(campaigns.c.id == campaign_id))


def late(connection: Connection, campaign_id: int) -> float | None:
    """Seconds since a campaign was due, if it is too late for it by now; else None."""
    since = -seconds_until(campaigns.c.not_before)
    query = select(since).where(
        campaigns.c.id == campaign_id, campaigns.c.not_after < utc_now()
    )
    return connection.scalars(query).one_or_none()
