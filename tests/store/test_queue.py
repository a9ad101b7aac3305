"""The queue on PostgreSQL: hints within the ledger's transaction, and procrastinate's
known traps, each with the real thing."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from sqlalchemy import create_engine, text

from newsletter.errors import StoreError
from newsletter.model.campaign import Campaign, CampaignState
from newsletter.store import batches, campaigns, lifecycle, queue
from newsletter.store.clock import now
from newsletter.store.engine import Store
from newsletter.store.listening import (
    Again,
    Duties,
    listen,
    make_app,
    take_over,
)
from newsletter.store.queue import Hint
from newsletter.store.workers import GONE_SECONDS
from tests.store.ledger import accepted, claim, plan, subscribe


@pytest.fixture(autouse=True)
def _empty(postgres: Store) -> Iterator[None]:
    yield
    with postgres.write() as connection:
        names = ("jobs", "events", "periodic_defers", "workers")
        tables = ", ".join(f"procrastinate_{name}" for name in names)
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))


@pytest.fixture
def made(postgres: Store) -> Campaign:
    """Three batches of two."""
    return plan(postgres, subscribe(postgres, 6), size=2)


def jobs(store: Store, status: str = "todo") -> list[int]:
    """The batches that are hinted at, in the order in which they are fetched."""
    query = text(
        "SELECT args->'number', priority, scheduled_at FROM procrastinate_jobs "
        "WHERE status = CAST(:status AS procrastinate_job_status) "
        "AND task_name = 'newsletter.send' ORDER BY priority DESC, id"
    )
    with store.read() as connection:
        return [row[0] for row in connection.execute(query, {"status": status})]


def scheduled(store: Store) -> list[float]:
    """In how many seconds hints are due, of those that are later."""
    query = "SELECT scheduled_at FROM procrastinate_jobs ORDER BY id"
    with store.read() as connection:
        at = now(connection)
        found = connection.scalars(text(query)).all()
    return [(each - at).total_seconds() for each in found if each]


def offer(store: Store, made: Campaign) -> int:
    with store.write() as connection:
        return batches.offer(connection, made.id)


def duties(**given: Any) -> Duties:
    plain: dict[str, Any] = {
        "send": lambda *_: None,
        "look": lambda: None,
        "slots": 2,
        "should_stop": lambda: False,
        "trouble": lambda _: None,
    }
    return Duties(**plain | given)


def in_app(store: Store, do: Callable[[App], Awaitable[None]], **given: Any) -> None:
    """Do something with the tasks of a worker that does not run by itself."""

    async def opened() -> None:
        app = make_app(store.url, duties(**given))
        async with app.open_async():
            await do(app)

    asyncio.run(opened())


async def fetch(app: App, worker: int) -> Job:
    job = await app.job_manager.fetch_job([queue.BATCHES], worker)
    assert job is not None
    return job


def work(store: Store, until: Callable[[], bool], **given: Any) -> None:
    """Listen until something is true."""
    deadline = time.monotonic() + 60

    def should_stop() -> bool:
        assert time.monotonic() < deadline, "not within a minute"
        return until()

    listen(store.url, duties(should_stop=should_stop, **given))


def test_hints_are_kept_with_the_ledger_and_go_with_it(
    postgres: Store, made: Campaign
) -> None:
    with suppress(ZeroDivisionError), postgres.write() as connection:
        assert batches.offer(connection, made.id) == 3
        raise ZeroDivisionError
    assert jobs(postgres) == []

    with postgres.write() as connection:
        batches.offer(connection, made.id)
        assert jobs(postgres) == []
    assert jobs(postgres) == [1, 2, 3]


def test_a_batch_that_is_hinted_at_is_not_hinted_at_again(
    postgres: Store, made: Campaign
) -> None:
    assert offer(postgres, made) == 3
    assert offer(postgres, made) == 0


def test_a_deleted_queue_is_filled_anew_with_what_waits(
    postgres: Store, made: Campaign
) -> None:
    offer(postgres, made)
    sent, under_way = claim(postgres, made), claim(postgres, made)
    with postgres.write() as connection:
        batches.record(connection, sent, accepted(sent))
        connection.execute(text("DELETE FROM procrastinate_jobs"))

    assert offer(postgres, made) == 1

    assert {sent.number, under_way.number} == {1, 2}
    assert jobs(postgres) == [3]


def test_what_stands_still_is_not_hinted_at(postgres: Store, made: Campaign) -> None:
    with postgres.write() as connection:
        among = [CampaignState.SENDING]
        lifecycle.move(connection, made.id, CampaignState.PAUSED, among=among)

    assert offer(postgres, made) == 0


def test_a_hint_comes_in_its_turn_and_at_its_time(
    postgres: Store, made: Campaign
) -> None:
    with postgres.write() as connection:
        connection.execute(
            text(
                "UPDATE batches SET turn = -500000 WHERE number = 3;"
                "UPDATE batches SET not_before = clock_timestamp() + interval '100 s'"
                " WHERE number = 1"
            )
        )
    offer(postgres, made)

    assert jobs(postgres) == [3, 1, 2]
    assert scheduled(postgres) == [pytest.approx(100, abs=5)]


def test_a_limit_by_the_hour_spreads_the_hints(postgres: Store, made: Campaign) -> None:
    with postgres.write() as connection:
        campaigns.set_pace(connection, made.id, 720)
    offer(postgres, made)

    assert scheduled(postgres) == [
        pytest.approx(wanted, abs=5) for wanted in (0, 10, 20)
    ]


def test_no_hints_are_no_trouble(postgres: Store) -> None:
    with postgres.write() as connection:
        queue.offer(connection, [])


def test_a_queue_that_is_gone_is_told_as_such(postgres_schema: str) -> None:
    with Store.open(postgres_schema) as store:
        with store.write() as connection:
            connection.execute(
                text("DROP FUNCTION procrastinate_defer_jobs_v1; SELECT 1")
            )
        with (
            pytest.raises(StoreError, match="queue of batches"),
            store.write() as connection,
        ):
            queue.offer(connection, [Hint(1, 1)])


def test_a_worker_does_what_is_hinted_at_and_deletes_it(postgres: Store) -> None:
    done: list[tuple[int, int]] = []
    with postgres.write() as connection:
        queue.offer(connection, [Hint(7, 1), Hint(7, 2)])

    work(
        postgres,
        lambda: len(done) == 2,
        send=lambda campaign, number: done.append((campaign, number)),
    )

    assert sorted(done) == [(7, 1), (7, 2)]
    # Finished jobs are not kept: with millions of them a worker starts slowly.
    assert jobs(postgres) == jobs(postgres, "succeeded") == []


def test_a_lease_that_is_held_brings_the_job_back_then(postgres: Store) -> None:
    """By the database's clock: this machine's may be hours off."""
    calls: list[float] = []

    def send(campaign: int, number: int) -> None:
        calls.append(time.monotonic())
        if len(calls) == 1:
            with postgres.read() as connection:
                at = now(connection) + timedelta(seconds=2)
            raise Again(at)

    with postgres.write() as connection:
        queue.offer(connection, [Hint(7, 1)])
    work(postgres, lambda: len(calls) == 2, send=send)

    assert calls[1] - calls[0] > 1
    assert jobs(postgres) == []


def test_a_job_that_fails_comes_back_at_once(postgres: Store) -> None:
    calls: list[int] = []

    def send(campaign: int, number: int) -> None:
        calls.append(number)
        if len(calls) < 3:
            raise StoreError

    with postgres.write() as connection:
        queue.offer(connection, [Hint(7, 1)])
    work(postgres, lambda: len(calls) == 3, send=send)

    assert jobs(postgres, "failed") == []


def test_the_jobs_of_a_dead_worker_are_taken_over(postgres: Store) -> None:
    """Procrastinate leaves them as they are: somebody has to sweep."""
    with postgres.write() as connection:
        queue.offer(connection, [Hint(7, 1), Hint(7, 2)])

    async def die_and_be_found(app: App) -> None:
        dead = await app.job_manager.register_worker()
        alive = await app.job_manager.register_worker()
        await fetch(app, dead)
        await fetch(app, alive)
        assert await take_over(app) == 0
        with postgres.write() as connection:
            late = f"interval '{GONE_SECONDS + 1} s'"
            connection.execute(
                text(
                    "UPDATE procrastinate_workers SET last_heartbeat = "
                    f"last_heartbeat - {late} WHERE id = {dead}"
                )
            )
        assert await take_over(app) == 1
        assert await take_over(app) == 0

    in_app(postgres, die_and_be_found)
    assert jobs(postgres) == [1]
    assert jobs(postgres, "doing") == [2]


def test_the_job_of_a_worker_that_was_pruned_is_taken_over(postgres: Store) -> None:
    with postgres.write() as connection:
        queue.offer(connection, [Hint(7, 1)])

    async def be_pruned(app: App) -> None:
        await fetch(app, await app.job_manager.register_worker())
        await app.job_manager.prune_stalled_workers(0)
        assert await take_over(app) == 1

    in_app(postgres, be_pruned)
    assert jobs(postgres) == [1]


def test_a_zombie_cannot_finish_what_was_taken_from_it(postgres: Store) -> None:
    with postgres.write() as connection:
        queue.offer(connection, [Hint(7, 1)])

    async def come_back(app: App) -> None:
        zombie = await app.job_manager.register_worker()
        job = await fetch(app, zombie)
        await app.job_manager.prune_stalled_workers(0)
        await take_over(app)
        heir = await app.job_manager.register_worker()
        again = await fetch(app, heir)
        assert again.id == job.id
        await app.job_manager.finish_job(again, Status.SUCCEEDED, delete_job=True)
        with pytest.raises(ConnectorException):
            await app.job_manager.finish_job(job, Status.SUCCEEDED, delete_job=True)

    in_app(postgres, come_back)
    assert jobs(postgres) == jobs(postgres, "doing") == []


def test_the_ledger_is_looked_at_every_five_seconds() -> None:
    """The seconds stand last: first, they would mean every fifth minute."""
    app = make_app("postgresql://nobody@nowhere/nothing", duties())
    (task,) = app.periodic_registry.periodic_tasks.values()
    times = task.croniter

    found = [times.get_next(float) for _ in range(100)]

    assert {after - before for before, after in pairwise(found)} == {5.0}


def test_a_clock_that_is_set_back_stops_no_look(postgres: Store) -> None:
    """Procrastinate itself would wait until it is as late again."""
    looks: list[float] = []
    with time_machine.travel(datetime.now(UTC)) as clock:

        def look() -> None:
            looks.append(time.time())
            if len(looks) == 1:
                clock.shift(timedelta(hours=-2))

        work(postgres, lambda: len(looks) == 2, look=look)

    assert looks[1] < looks[0] - 3600


def test_somebody_looks_although_all_hands_are_full(postgres: Store) -> None:
    looks: list[float] = []
    with postgres.write() as connection:
        queue.offer(connection, [Hint(7, number) for number in range(4)])

    def busy(campaign: int, number: int) -> None:
        while not looks:
            time.sleep(0.05)

    work(postgres, lambda: bool(looks), send=busy, look=lambda: looks.append(1.0))


def test_a_worker_that_is_cut_off_connects_again(postgres: Store) -> None:
    done: list[int] = []
    looks: list[float] = []

    def look() -> None:
        looks.append(time.monotonic())
        if len(looks) == 1:
            cut(postgres.url)
            with postgres.write() as connection:
                queue.offer(connection, [Hint(7, 1)])

    work(
        postgres,
        lambda: bool(done) and len(looks) > 1,
        send=lambda campaign, number: done.append(number),
        look=look,
    )

    assert done == [1]


def test_a_database_that_is_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.store.listening._CONNECT_SECONDS", 0.5)
    told: list[str] = []

    listen(
        "postgresql+psycopg://nobody@127.0.0.1:1/nothing",
        duties(should_stop=lambda: bool(told), trouble=told.append),
    )

    assert told[0].startswith("the queue cannot be reached: ")


def cut(url: str) -> None:
    """End every connection of the queue."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND query LIKE '%procrastinate%'"
            )
        )
    engine.dispose()
