"""A service on PostgreSQL, within one process: what it leaves to the others."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from anyio import to_thread
from sqlalchemy import event, text, update

from newsletter.audience.address import normalise
from newsletter.errors import StoreError
from newsletter.model.consent import Consent, ConsentKind
from newsletter.model.subscriber import SuppressionReason
from newsletter.store import service_counts, sign_ups
from newsletter.store import suppressions as suppressed
from newsletter.store.clock import utc_now_plus
from newsletter.store.engine import Store
from newsletter.store.passing import join_limits
from newsletter.store.schema import sign_ups as table
from newsletter.web import door, notes, upkeep
from newsletter.web.limits import Buckets, JoiningLimits
from newsletter.web.metrics import Metrics
from newsletter.web.service import JOINING
from newsletter.web.upkeep import Upkeep
from tests.store.databases import fresh_schema
from tests.web.asgi import Answer
from tests.web.conftest import SECRET, World
from tests.web.processes import METRICS

NEW = "nia@example.com"
IP = "203.0.113.77"


@pytest.fixture
def shared(
    make_world: Callable[..., World],
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[World]:
    """One whose store is PostgreSQL, with its own limits, and no upkeep by itself."""
    monkeypatch.setattr(Upkeep, "go_on", _nothing)
    monkeypatch.setenv("NEWSLETTER_METRICS_TOKEN", METRICS)
    with fresh_schema(postgres_url) as url:
        monkeypatch.setenv("NEWSLETTER_STORE", url)
        made = make_world()
        made.service.limits = JoiningLimits.of(made.service.store, SECRET.encode())
        yield made
        made.client.close()
        made.client.close = lambda: None  # type: ignore[method-assign]


async def _nothing(_: Upkeep) -> None:
    """Instead of what is done every few seconds."""


GO_ON = Upkeep.go_on


def rows(store: Store) -> int:
    with store.read() as connection:
        return len(connection.execute(table.select()).all())


def ask(world: World, address: str, **options: Any) -> Answer:
    """Sign up, and do not wait for what comes of it."""
    moment = world.client.get("/subscribe/moment").json()["moment"]
    form = {"address": address, "moment": moment}
    return world.client.post("/subscribe", form, **options)


def told(world: World) -> list[str]:
    headers = {"authorization": f"Bearer {METRICS}"}
    return world.client.get("/metrics", headers=headers).text.splitlines()


def test_a_note_is_in_the_database_until_it_is_worked_off(shared: World) -> None:
    store = shared.service.store
    assert ask(shared, NEW, peer=IP).status == 200
    assert rows(store) == 1
    assert shared.mails() == []

    shared.settle()

    assert rows(store) == 0
    assert [mail["To"] for mail in shared.mails()] == [NEW]
    assert shared.service.kept == set()


def test_before_the_answer_all_are_treated_alike(shared: World) -> None:
    """The same statements, with a row of the same size, whoever it is."""
    store = shared.service.store
    with store.write() as connection:
        suppressed.add(connection, "gone001@example.com", SuppressionReason.COMPLAINT)
    shared.service.limits.network = shared.service.limits.everybody = Buckets(1000, 1)
    said: list[str] = []

    def note(*arguments: Any) -> None:
        said.append(str(arguments[2]))

    found: list[list[str]] = []
    event.listen(store._engine, "before_cursor_execute", note)
    for address in ("reader1", "gone001", "nobody1", "nobody1", "nobody1"):
        said.clear()
        assert ask(shared, f"{address}@example.com").status == 200
        found.append([*said])
    event.remove(store._engine, "before_cursor_execute", note)

    assert found.count(found[0]) == len(found)
    assert sum("INSERT" in each for each in found[0]) == 1


def test_a_process_takes_a_few_connections_only(shared: World) -> None:
    """Of those of the server, which all processes share."""

    async def most() -> float:
        return to_thread.current_default_thread_limiter().total_tokens

    # Who works off a note asks for the mailbox's token while holding another.
    assert shared.client.run(most()) + JOINING + shared.service.door._hands <= 24


def test_one_address_is_looked_at_a_few_times_only(shared: World) -> None:
    shared.service.limits.address = Buckets(1, 3600)

    assert shared.join(NEW) == shared.join(NEW)

    assert shared.service.metrics.joins == {"mailed": 1, "limited": 1}
    assert rows(shared.service.store) == 0


def test_no_client_and_no_mailbox_is_kept_with_a_limit(shared: World) -> None:
    shared.join(NEW, peer=IP)

    with shared.service.store.read() as connection:
        kept = connection.execute(join_limits.select()).all()
    assert len(kept) == 3
    assert all(len(row.key) == 32 for row in kept)
    assert IP not in str(kept)
    assert NEW not in str(kept)


def test_what_another_left_behind_is_worked_off_once(shared: World) -> None:
    service = shared.service
    ask(shared, NEW)
    service.kept.clear()  # as if it had come to another process
    with service.store.write() as connection:
        connection.execute(update(table).values(kept_at=utc_now_plus(-60)))

    left = Upkeep(service).look()
    shared.client.run(take_over(shared, left))
    shared.settle()

    assert [mail["To"] for mail in shared.mails()] == [NEW]
    assert service.metrics.joins == {"mailed": 1, "not mailed": 1}
    assert Upkeep(service).look() == []


def test_four_who_work_off_one_note_take_one_token(shared: World) -> None:
    """All of them have found it left behind, at the same moment."""
    service = shared.service
    service.limits.address = Buckets(1, 3600)
    said = Consent(kind=ConsentKind.REQUESTED)
    with service.store.write() as connection:
        number = sign_ups.keep(connection, NEW, NEW, said)

    with ThreadPoolExecutor(max_workers=4) as processes:
        found = processes.map(
            lambda _: notes.work_off(service, normalise(NEW), said, number), range(4)
        )

    assert sorted(found) == ["mailed", "not mailed", "not mailed", "not mailed"]
    assert len(shared.mails()) == 1


async def take_over(world: World, left: Any) -> None:
    for each in left:
        notes.take_over(world.service, each)


def test_one_without_room_promises_nothing_and_leaves_what_is_left(
    shared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(shared, NEW)
    shared.settle()
    monkeypatch.setattr(door, "MOST", 0)

    assert ask(shared, "bo@example.com").status == 429
    assert rows(shared.service.store) == 0

    with shared.service.store.write() as connection:
        said = Consent(kind=ConsentKind.REQUESTED)
        sign_ups.keep(connection, "bo@example.com", "bo@example.com", said)
        connection.execute(update(table).values(kept_at=utc_now_plus(-60)))
    shared.client.run(take_over(shared, Upkeep(shared.service).look()))
    assert rows(shared.service.store) == 1
    assert shared.service.kept == set()


def test_metrics_are_those_of_all(shared: World) -> None:
    shared.join(NEW)
    joined = 'newsletter_joins_total{outcome="mailed"}'
    counts = {("newsletter_joins_total", 'outcome="mailed"'): 41}
    with shared.service.store.at_once() as connection:
        service_counts.add(connection, service_counts.Counts(counts))

    assert f"{joined} 42" in told(shared)
    assert f"{joined} 42" in told(shared)
    assert any(line.startswith("newsletter_service_proc") for line in told(shared))


def test_trouble_with_the_database_goes_by(
    shared: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(upkeep, "SECONDS", 0.01)
    working = Upkeep(shared.service)
    looks: list[int] = []

    def look() -> list[Any]:
        looks.append(1)
        if len(looks) == 1:
            message = "the database is gone"
            raise StoreError(message)
        return []

    monkeypatch.setattr(working, "look", look)

    async def some() -> None:
        task = asyncio.create_task(GO_ON(working))
        while len(looks) < 3:
            await asyncio.sleep(0.01)
        task.cancel()

    shared.client.run(some())

    assert "the database is gone" in caplog.text


def test_one_that_cannot_say_goodbye_ends_all_the_same(
    shared: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        message = "the database is gone"
        raise StoreError(message)

    monkeypatch.setattr(Metrics, "hand_over", broken)
    Upkeep(shared.service).leave()

    assert "the database is gone" in caplog.text


def test_what_was_brought_from_postgresql_is_worked_off(world: World) -> None:
    """By the one process of a SQLite publication, when it starts."""
    with world.service.store.write() as connection:
        said = Consent(kind=ConsentKind.REQUESTED)
        sign_ups.keep(connection, NEW, NEW, said)
        connection.execute(text("UPDATE sign_ups SET kept_at = '2026-01-01'"))

    world.client.run(Upkeep(world.service).go_on())
    world.settle()

    assert [mail["To"] for mail in world.mails()] == [NEW]
