"""What the ledger tells a queue on PostgreSQL: which batches wait, and until when."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, exists, select, text

from newsletter.model.campaign import BatchState, CampaignState
from newsletter.store import queue
from newsletter.store.clock import utc_now
from newsletter.store.schema import batches, campaigns

# In the words of PostgreSQL, which alone has a queue. A job that is being done is no
# answer to whether the batch will be: who does it may have been cut off. Nor is one
# that came back for later than any wait: only a limit by the hour, and a provider that
# asks for it (an hour at most), hold a batch for so long. What is asked of jobs must
# not depend on the batch: of 10,000 it would be asked 10,000 times.
_WAITING = text(
    f"""
    SELECT b.number, b.turn, CASE WHEN c.per_hour > 0 THEN greatest(
        b.not_before,
        clock_timestamp() + make_interval(secs => 3600 / c.per_hour
            * (sum(b.size) OVER (ORDER BY b.turn, b.number) - b.size))
    ) ELSE b.not_before END AS due
    FROM batches b JOIN campaigns c ON c.id = b.campaign_id
    WHERE c.id = :campaign AND c.state = '{CampaignState.SENDING}'
    AND b.state = '{BatchState.PENDING}' AND b.number NOT IN (
        SELECT (j.args ->> 'number')::integer FROM procrastinate_jobs j
        WHERE j.status = 'todo' AND j.task_name = '{queue.SEND}'
        AND (j.args ->> 'campaign_id')::bigint = :campaign
        AND (j.attempts = 0
            OR j.scheduled_at <= clock_timestamp() + interval '65 minutes'
            OR EXISTS (SELECT FROM campaigns WHERE id = :campaign AND per_hour > 0))
    )
    ORDER BY b.turn, b.number
    """  # noqa: S608  our own words
)
_this = (batches.c.campaign_id == bindparam("campaign")) & (
    batches.c.number == bindparam("number")
)
_STANDING = (
    select(
        batches.c.state,
        batches.c.not_before,
        batches.c.lease_until,
        utc_now().label("now"),
    )
    .join(campaigns, campaigns.c.id == batches.c.campaign_id)
    .where(_this, campaigns.c.state == CampaignState.SENDING.value)
)
_OPEN = select(
    exists().where(
        batches.c.campaign_id == bindparam("campaign"),
        batches.c.state.in_([BatchState.PENDING.value, BatchState.IN_FLIGHT.value]),
    )
)

_AFTER_A_LEASE = timedelta(seconds=1)


def offer(connection: Connection, campaign_id: int) -> int:
    """Put a hint into the queue for each batch that waits and has none; how many.

    Those of a campaign with a limit by the hour are spread over the time it takes.
    """
    rows = connection.execute(_WAITING, {"campaign": campaign_id})
    hints = [queue.Hint(campaign_id, row.number, row.turn, row.due) for row in rows]
    queue.offer(connection, hints)
    return len(hints)


def due_again(connection: Connection, campaign_id: int, number: int) -> datetime | None:
    """When a batch that could not be claimed may be; None for never.

    One in the hands of somebody else may be when his lease is over.
    """
    which = {"campaign": campaign_id, "number": number}
    row = connection.execute(_STANDING, which).one_or_none()
    if row is None:
        return None
    state: str = row.state
    now: datetime = row.now
    if state == BatchState.PENDING.value:
        due: datetime = max(row.not_before or now, now)
        return due
    if state == BatchState.IN_FLIGHT.value:
        until: datetime = max(row.lease_until, now)
        return until + _AFTER_A_LEASE
    return None


def any_open(connection: Connection, campaign_id: int) -> bool:
    """Whether a batch of a campaign waits, or is under way."""
    return bool(connection.scalar(_OPEN, {"campaign": campaign_id}))
