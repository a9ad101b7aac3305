"""Who sends from a database, and what is in their hands."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Connection, update

from newsletter.model.campaign import CampaignState
from newsletter.store import batches, lifecycle, schema, workers
from newsletter.store.clock import now, utc_now_plus
from newsletter.store.engine import Store
from newsletter.store.workers import Worker
from tests.store.ledger import accepted, claim, plan, subscribe


def present(store: Store) -> list[Worker]:
    with store.read() as connection:
        return workers.present(connection)


def see(store: Store, name: str) -> None:
    with store.write() as connection:
        workers.seen(connection, name, "1.0", 4)


def quiet_for(store: Store, seconds: float) -> None:
    with store.write() as connection:
        connection.execute(
            update(schema.workers).values(seen_at=utc_now_plus(-seconds))
        )


def test_of_a_file_nobody_is_told(sqlite: Store) -> None:
    """Not even of who sent from the PostgreSQL that it was copied from."""
    see(sqlite, "a:1")

    assert present(sqlite) == []


def test_others_are_those_that_live(postgres: Store) -> None:
    def ask(question: Callable[[Connection, str], bool]) -> bool:
        with postgres.read() as connection:
            return question(connection, "a:1")

    see(postgres, "a:1")
    assert ask(workers.alone)
    assert not ask(workers.others_can)
    with postgres.write() as connection:
        workers.seen(connection, "b:1", "1.0", 4, "no key")
    assert not ask(workers.alone)
    assert not ask(workers.others_can)
    assert [each.trouble for each in present(postgres)] == ["", "no key"]
    see(postgres, "b:1")
    assert ask(workers.others_can)
    quiet_for(postgres, 21)
    assert ask(workers.alone)
    assert not ask(workers.others_can)


def test_others_have_sent_what_was_tried_lately(postgres: Store) -> None:
    made = plan(postgres, subscribe(postgres, 9), size=3)
    for owner in ("a:1/x", "b:1/x"):
        done = claim(postgres, made, owner)
        with postgres.write() as connection:
            batches.record(connection, done, accepted(done))
    with postgres.write() as connection:
        connection.execute(
            update(schema.batches)
            .where(schema.batches.c.owner == "b:1/x")
            .values(first_sent_at=utc_now_plus(-100))
        )
        assert not workers.others_sent(connection, made.id, "a:1", 60)
        assert workers.others_sent(connection, made.id, "a:1", 200)
        assert workers.others_sent(connection, made.id, "b:1", 60)


def test_nobody_works_at_first(store: Store) -> None:
    assert present(store) == []


def test_a_worker_is_there_from_its_first_beat_to_its_end(postgres: Store) -> None:
    see(postgres, "b:1")
    see(postgres, "a:1")
    see(postgres, "b:1")

    found = present(postgres)

    assert [each.name for each in found] == ["a:1", "b:1"]
    assert not any(each.gone for each in found)
    with postgres.write() as connection:
        at = now(connection)
        workers.left(connection, "b:1")
    assert abs(found[0].started_at - at) < timedelta(seconds=30)
    assert [each.name for each in present(postgres)] == ["a:1"]


def test_who_is_not_seen_is_gone_and_forgotten_when_another_begins(
    postgres: Store,
) -> None:
    see(postgres, "a:1")
    quiet_for(postgres, 21)
    assert [each.gone for each in present(postgres)] == [True]
    see(postgres, "b:1")
    assert len(present(postgres)) == 2

    quiet_for(postgres, 4000)
    see(postgres, "c:1")

    assert [each.name for each in present(postgres)] == ["c:1"]


def test_a_worker_has_its_batches_and_what_it_has_sent(postgres: Store) -> None:
    see(postgres, "a:1")
    see(postgres, "b:1")
    made = plan(postgres, subscribe(postgres, 9), size=3)
    done = claim(postgres, made, "a:1/x")
    claim(postgres, made, "a:1/y")
    claim(postgres, made, "b:1/z")
    with postgres.write() as connection:
        batches.record(connection, done, accepted(done))

    first, second = present(postgres)

    assert (first.sent, first.in_hand) == (3, ((made.id, 2),))
    assert (second.sent, second.in_hand) == (0, ((made.id, 3),))
    with postgres.write() as connection:
        among = [CampaignState.SENDING]
        lifecycle.move(connection, made.id, CampaignState.DONE, among=among)
    assert present(postgres)[0].sent == 0
