"""How sending fares, as Prometheus is told it: outcomes, the queue, who is held up."""

from collections import Counter

from sqlalchemy import Connection, func, select, text

from newsletter.model.campaign import BatchState, DeliveryState
from newsletter.store import queue
from newsletter.store.clock import seconds_until
from newsletter.store.schema import batches, ledger_files, rates

_HANDED_OVER = frozenset(
    {DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.BOUNCED}
)
_TALLIED = text("SELECT state, sum(number) FROM tallies GROUP BY state")
_KEPT = select(ledger_files.c.counts)
_BY_BATCH = select(
    batches.c.state, func.sum(batches.c.size), func.sum(batches.c.rejected)
).group_by(batches.c.state)
_PROVIDER = "provider "
_HELD = select(rates.c.name, seconds_until(rates.c.blocked_until)).where(
    rates.c.name.startswith(_PROVIDER)
)
_JOBS = text(
    "SELECT status, count(*) FROM procrastinate_jobs WHERE task_name = :task "
    "GROUP BY status"
)
# A job that is due at once has no moment of its own: when it was put in counts. Ids are
# given out in that order, so one look at events is enough.
_OLDEST = text("""
SELECT EXTRACT(EPOCH FROM clock_timestamp() - least(
    (SELECT min(scheduled_at) FROM procrastinate_jobs
     WHERE status = 'todo' AND task_name = :task
     AND scheduled_at <= clock_timestamp()),
    (SELECT min(at) FROM procrastinate_events WHERE job_id =
     (SELECT min(id) FROM procrastinate_jobs
      WHERE status = 'todo' AND task_name = :task AND scheduled_at IS NULL))
))
""")


def outcomes(connection: Connection) -> Counter[str]:
    """How many deliveries there ever were: accepted (whatever became of them then),
    rejected, skipped, and those that are uncertain now.

    On PostgreSQL to the letter, archived campaigns too. On SQLite by batches, which is
    quick: who was skipped is not known, and who was uncertain among accepted ones is
    called accepted.
    """
    if connection.dialect.name == "sqlite":
        return _by_batch(connection)
    found: Counter[str] = Counter()
    for state, number in connection.execute(_TALLIED):
        found[_outcome(state)] += int(number)
    for counts in connection.scalars(_KEPT):
        for state, _, number in counts:
            found[_outcome(state)] += number
    return found


def _outcome(state: str) -> str:
    handed_over = DeliveryState(state) in _HANDED_OVER
    return DeliveryState.ACCEPTED.value if handed_over else state


def _by_batch(connection: Connection) -> Counter[str]:
    found: Counter[str] = Counter()
    for state, size, rejected in connection.execute(_BY_BATCH):
        if state == BatchState.ACCEPTED.value:
            found["accepted"] += int(size - rejected)
        elif state == BatchState.UNCERTAIN.value:
            found["uncertain"] += int(size)
        found["rejected"] += int(rejected)
    return found


def jobs(connection: Connection) -> dict[str, int]:
    """How many hints at batches wait (`todo`), are followed (`doing`) or failed."""
    none = {"todo": 0, "doing": 0, "failed": 0}
    found: dict[str, int] = dict(connection.execute(_JOBS, {"task": queue.SEND}).all())
    return none | found


def oldest_due_seconds(connection: Connection) -> float:
    """For how long the oldest hint has been due that nobody follows; 0 for none."""
    return max(0.0, float(connection.scalar(_OLDEST, {"task": queue.SEND}) or 0.0))


def held_seconds(connection: Connection) -> dict[str, float]:
    """For how many seconds more each provider wants no call, 0 for now."""
    rows = connection.execute(_HELD)
    return {
        name.removeprefix(_PROVIDER): max(0.0, seconds or 0.0) for name, seconds in rows
    }
