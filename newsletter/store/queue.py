"""The queue that wakes workers on PostgreSQL: procrastinate, as much of it as we use.

A job is a hint that a batch may be due. Whether it is, the ledger knows: a job too many
finds nothing to do, and of one too few the next look at the ledger makes another.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from newsletter.errors import StoreError

BATCHES = "newsletter_batches"
SEND = "newsletter.send"
LOOK = "newsletter.look"

# Not what is being done: whoever does it ends it.
_FORGET = text(
    "DELETE FROM procrastinate_jobs WHERE status = 'todo' AND task_name = :task "
    "AND (args ->> 'campaign_id')::bigint = :campaign"
)
_HIGHEST = 2**31 - 1


class Hint(NamedTuple):
    """A batch that may be due at a moment, or at once; a lower `turn` comes first."""

    campaign_id: int
    number: int
    turn: int = 0
    at: datetime | None = None


def install(connection: Connection) -> None:
    """Make the queue's tables, for a migration.

    They hold nothing that would be missed: when procrastinate changes them, a later
    migration drops them and makes them anew.
    """
    from procrastinate.schema import SchemaManager  # noqa: PLC0415  an extra

    driver: Any = connection.connection.driver_connection
    driver.execute(SchemaManager.get_schema())


def forget(connection: Connection, campaign_id: int) -> None:
    """Delete the jobs of a campaign that is over; on SQLite there are none."""
    if connection.dialect.name == "postgresql":
        connection.execute(_FORGET, {"task": SEND, "campaign": campaign_id})


def offer(connection: Connection, hints: Sequence[Hint]) -> None:
    """Put jobs into the queue, in the transaction of `connection`."""
    if not hints:
        return
    from procrastinate import App, SyncPsycopgConnector  # noqa: PLC0415  an extra
    from procrastinate.exceptions import ConnectorException  # noqa: PLC0415

    app = App(connector=SyncPsycopgConnector())
    jobs = [
        app.configure_task(
            SEND,
            queue=BATCHES,
            priority=max(-_HIGHEST, min(_HIGHEST, -hint.turn)),
            schedule_at=hint.at,
            task_kwargs={"campaign_id": hint.campaign_id, "number": hint.number},
        ).job
        for hint in hints
    ]
    driver = connection.connection.driver_connection
    try:
        app.job_manager.batch_defer_jobs(jobs, connection=driver)
    except ConnectorException as error:
        message = f"The queue of batches cannot be written: {error.__cause__}"
        raise StoreError(message, hint="`newsletter doctor` looks at it") from error
