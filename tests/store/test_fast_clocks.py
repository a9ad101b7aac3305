"""A worker whose clock is ahead: what it gives back to the queue is due at once."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from procrastinate import App
from sqlalchemy import text

from newsletter.errors import StoreError
from newsletter.store import batches, campaigns, queue
from newsletter.store.engine import Store
from newsletter.store.listening import LOOKS, listen, make_app, take_over
from newsletter.store.queue import LOOK, Hint
from tests.store.ledger import plan, subscribe
from tests.store.test_queue import duties, jobs, offer

AHEAD = timedelta(hours=2)
_LATER = "SELECT count(*) FROM procrastinate_jobs WHERE scheduled_at > now()"


@pytest.fixture(autouse=True)
def _empty(postgres: Store) -> Iterator[None]:
    yield
    with postgres.write() as connection:
        names = ("jobs", "events", "periodic_defers", "workers")
        tables = ", ".join(f"procrastinate_{name}" for name in names)
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))


def later(store: Store) -> int:
    """How many jobs are not due by the database's clock."""
    with store.read() as connection:
        return int(connection.scalar(text(_LATER)) or 0)


async def _die(app: App, name: str) -> None:
    """Be killed with a job of a queue in hand."""
    dead = await app.job_manager.register_worker()
    assert await app.job_manager.fetch_job([name], dead)
    await app.job_manager.prune_stalled_workers(0)


def sweep(store: Store, name: str) -> int:
    """Take over, with a fast clock, what a dead worker had in hand."""

    async def opened() -> int:
        app = make_app(store.url, duties())
        async with app.open_async():
            if name == LOOKS:
                await app.tasks[LOOK].defer_async(timestamp=1)
            await _die(app, name)
            with time_machine.travel(datetime.now(UTC) + AHEAD):
                return await take_over(app)

    return asyncio.run(opened())


def test_the_hint_of_a_dead_worker_is_due_at_once(postgres: Store) -> None:
    with postgres.write() as connection:
        queue.offer(connection, [Hint(7, 1)])

    assert sweep(postgres, queue.BATCHES) == 1

    assert jobs(postgres) == [1]
    assert later(postgres) == 0


def test_a_look_of_a_dead_worker_is_dropped_and_the_next_is_made(
    postgres: Store,
) -> None:
    """Given back, it would keep every other away until it is due."""
    looks: list[int] = []

    assert sweep(postgres, LOOKS) == 1

    with postgres.read() as connection:
        left = "SELECT count(*) FROM procrastinate_jobs"
        assert connection.scalar(text(left)) == 0
    deadline = time.monotonic() + 60
    listen(
        postgres.url,
        duties(
            look=lambda: looks.append(1),
            should_stop=lambda: bool(looks) or time.monotonic() > deadline,
        ),
    )
    assert looks


def test_a_batch_that_fails_comes_back_at_once(postgres: Store) -> None:
    calls: list[int] = []
    with postgres.write() as connection:
        queue.offer(connection, [Hint(7, 1)])
    deadline = time.monotonic() + 60

    def send(campaign: int, number: int) -> None:
        calls.append(number)
        if len(calls) == 1:
            raise StoreError

    with time_machine.travel(datetime.now(UTC) + AHEAD):
        listen(
            postgres.url,
            duties(
                send=send,
                should_stop=lambda: len(calls) > 1 or time.monotonic() > deadline,
            ),
        )

    assert calls == [1, 1]


def test_a_hint_for_later_than_any_wait_is_no_hint(postgres: Store) -> None:
    """Unless the campaign has a limit by the hour, which holds batches for long."""
    made = plan(postgres, subscribe(postgres, 4), size=2)
    assert offer(postgres, made) == 2
    with postgres.write() as connection:
        connection.execute(
            text(
                "UPDATE procrastinate_jobs SET attempts = 1, scheduled_at = now() + "
                "(args->>'number')::integer * interval '1 hour'"
            )
        )
        campaigns.set_pace(connection, made.id, 1)
        assert batches.offer(connection, made.id) == 0
        campaigns.set_pace(connection, made.id, 0)
        assert batches.offer(connection, made.id) == 1
        assert batches.offer(connection, made.id) == 0
