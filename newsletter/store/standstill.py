"""Whether the queue on PostgreSQL stands still: looks, hints, batches without any."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from newsletter.model.campaign import BatchState, CampaignState
from newsletter.store.queue import LOOK, SEND

LATE_SECONDS = 60.0
"""A look comes every five seconds, and a hint is followed when a hand is free."""

# A job that came back has long been due by its schedule: its last event says how long.
_LOOK = text(
    f"""
    SELECT extract(epoch FROM clock_timestamp() - min(e.at))
    FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id
    WHERE j.task_name = '{LOOK}' AND j.status IN ('todo', 'doing')
    """  # noqa: S608  our own words
)
_HINT = text(
    f"""
    SELECT extract(epoch FROM clock_timestamp() - min(greatest(j.scheduled_at, e.at)))
    FROM procrastinate_jobs j JOIN LATERAL (
        SELECT max(at) AS at FROM procrastinate_events WHERE job_id = j.id
    ) e ON true
    WHERE j.task_name = '{SEND}' AND j.status = 'todo'
    AND coalesce(j.scheduled_at, e.at) <= clock_timestamp()
    AND NOT EXISTS (
        SELECT FROM procrastinate_jobs WHERE task_name = '{SEND}' AND status = 'doing'
    ) AND NOT EXISTS (
        SELECT FROM batches
        WHERE first_sent_at > clock_timestamp() - make_interval(secs => :late)
    )
    """  # noqa: S608  our own words
)
_UNTOLD = text(
    f"""
    SELECT count(*) FROM (
        SELECT b.campaign_id, b.number
        FROM batches b JOIN campaigns c ON c.id = b.campaign_id
        WHERE c.state = '{CampaignState.SENDING}' AND b.state = '{BatchState.PENDING}'
        AND coalesce(b.not_before, '-infinity')
            < clock_timestamp() - make_interval(secs => :late)
        EXCEPT
        SELECT (args ->> 'campaign_id')::bigint, (args ->> 'number')::integer
        FROM procrastinate_jobs
        WHERE task_name = '{SEND}' AND status IN ('todo', 'doing')
    ) untold
    """  # noqa: S608  our own words
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standstill:
    """What should not last: a look is not over after `look_seconds`; nobody has sent
    for a while what was due `hint_seconds` ago; of `untold` due batches the queue knows
    nothing. Each is 0 when there is none."""

    look_seconds: float
    hint_seconds: float
    untold: int


def examine_standstill(connection: Connection) -> Standstill:
    """Ask the queue of a PostgreSQL and its ledger."""
    late = {"late": LATE_SECONDS}
    return Standstill(
        look_seconds=float(connection.scalar(_LOOK) or 0),
        hint_seconds=float(connection.scalar(_HINT, late) or 0),
        untold=connection.scalar(_UNTOLD, late) or 0,
    )
