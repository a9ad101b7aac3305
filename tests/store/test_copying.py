"""Everything moves from one database to the other kind and back, or nothing is used."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from newsletter.errors import SchemaOutOfDate, StoreError
from newsletter.model.campaign import DeliveryState
from newsletter.model.consent import Consent, ConsentKind
from newsletter.model.subscriber import SubscriberStatus, SuppressionReason
from newsletter.store import (
    campaigns,
    consents,
    copying,
    rates,
    schema,
    subscribers,
    suppressions,
    tags,
    workers,
)
from newsletter.store.changeover import open_source, open_target
from newsletter.store.copying import CopiedTable, move
from newsletter.store.engine import Store
from newsletter.store.fingerprint import fingerprint
from newsletter.store.rates import Rate
from newsletter.store.soundness import examine_whole
from newsletter.store.upgrade import MOVED, UNFINISHED, mark
from tests.store.databases import fresh_schema
from tests.store.ledger import person, plan, subscribe

GONE = SubscriberStatus.UNSUBSCRIBED
Ends = tuple[str, str]
"""Where everything is, and where it goes."""


@pytest.fixture(params=["to PostgreSQL", "to SQLite", "to another file"])
def ends(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str
) -> Iterator[Ends]:
    """A database in use, and the URL of one that is not there yet."""
    file, other = (f"sqlite:///{tmp_path / name}.db" for name in ("one", "two"))
    if request.param == "to another file":
        yield file, other
        return
    with fresh_schema(postgres_url) as server:
        yield (file, server) if request.param == "to PostgreSQL" else (server, file)


def fill(url: str) -> None:
    """People with everything that there is, and a campaign that is half sent."""
    with Store.open(url) as store:
        ids = subscribe(store, 40)
        with store.write() as connection:
            odd = person(99, name="Zoë \\ \t “x” 'y' \U0001f389", status=GONE)
            subscribers.upsert(connection, [odd])
            connection.execute(
                text("UPDATE subscribers SET attributes = :json WHERE id = :id"),
                {"json": '{"b": "1",  "a": "é\\\\n"}', "id": ids[0]},
            )
            tags.add(connection, [(ids[0], "vip"), (ids[0], "Ünï"), (ids[1], "vip")])
            said = Consent(kind=ConsentKind.CONFIRMED, address="a@example.com")
            consents.add(connection, ids[0], said)
            suppressions.add(
                connection, "gone@example.com", SuppressionReason.COMPLAINT, "said so"
            )
        made = plan(store, ids)
        with store.write() as connection:
            connection.execute(
                text("UPDATE deliveries SET state = 'accepted' WHERE batch < 5")
            )
            connection.execute(
                text("UPDATE batches SET state = 'accepted' WHERE number < 5")
            )
            # Who sends from a database, and how fast, stays there.
            workers.seen(connection, "a:1", "1.0", 4)
            rates.block(connection, Rate("provider outbox", 1, 1), 60)
            # The last one is gone, and the number is not to be given out again.
            connection.execute(text("DELETE FROM subscribers WHERE id > 40"))
        assert made.id


def copy(ends: Ends) -> list[CopiedTable]:
    with open_source(ends[0]) as source, open_target(ends[1]) as target:
        return move(source, target, lambda _name, _rows: None)


def everything(url: str) -> dict[str, Any]:
    """All rows of all tables, as Python has them."""
    with Store.open(url) as store, store.read() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in schema.metadata.sorted_tables
            if table.name not in ("rates", "workers")
        }


def test_everything_arrives_and_the_old_one_refuses_to_be_used(ends: Ends) -> None:
    fill(ends[0])
    before = everything(ends[0])

    copied = copy(ends)

    assert {each.name: each.rows for each in copied} == {
        name: len(rows) for name, rows in before.items()
    }
    assert everything(ends[1]) == before
    with pytest.raises(SchemaOutOfDate, match="not in use any more"):
        Store.open(ends[0])


def test_ids_go_on_after_the_highest_that_was_ever_given_out(ends: Ends) -> None:
    fill(ends[0])
    copy(ends)

    with Store.open(ends[1]) as store, store.write() as connection:
        subscribers.upsert(connection, [person(500)])
        newest = subscribers.by_address_key(connection, "reader500@example.com")

    assert newest is not None
    assert newest.id == 42


def test_a_half_sent_campaign_has_the_same_batches_left(ends: Ends) -> None:
    fill(ends[0])
    copy(ends)

    with Store.open(ends[1]) as store, store.read() as connection:
        (found,) = campaigns.find(connection, "hello")
        totals = campaigns.totals(connection, found.id)

    assert totals.states[DeliveryState.ACCEPTED] == 12
    assert totals.states[DeliveryState.PENDING] == 28
    with Store.open(ends[1]) as store:
        assert examine_whole(store).contradictions == {}


@pytest.mark.parametrize("place", [0, 9, 18])
def test_a_copy_that_was_broken_off_goes_on(
    ends: Ends, place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.store.fingerprint.ROWS", 7)
    fill(ends[0])
    before = everything(ends[0])
    told = 0

    def stop(_name: str, _rows: int) -> None:
        nonlocal told
        told += 1
        if told > place:
            raise KeyboardInterrupt

    with (
        pytest.raises(KeyboardInterrupt),
        open_source(ends[0]) as source,
        open_target(ends[1]) as target,
    ):
        move(source, target, stop)
    assert everything(ends[0]) == before
    with pytest.raises(SchemaOutOfDate, match="unfinished copy"):
        Store.open(ends[1])
    copy(ends)

    assert everything(ends[1]) == before


def test_what_was_changed_after_a_copy_was_broken_off_is_right_in_the_end(
    ends: Ends,
) -> None:
    fill(ends[0])
    with (
        open_target(ends[1]) as target,
        open_source(ends[0]) as source,
        source.hold() as connection,
    ):
        for table in schema.metadata.sorted_tables:
            copying._copy(connection, target, table, lambda _name, _rows: None)
    with Store.open(ends[0]) as store, store.write() as connection:
        connection.execute(text("UPDATE subscribers SET status = 'unsubscribed'"))
        connection.execute(text("UPDATE campaigns SET state = 'paused'"))
        connection.execute(text("DELETE FROM consents"))
    before = everything(ends[0])

    copy(ends)

    assert everything(ends[1]) == before


def test_broken_off_between_the_two_marks_neither_is_used_until_it_is_ended(
    ends: Ends,
) -> None:
    fill(ends[0])
    before = everything(ends[0])
    copy(ends)
    with Store.open(ends[1]) as store, store.hold() as connection:
        mark(connection, UNFINISHED)
    for url in ends:
        with pytest.raises(SchemaOutOfDate):
            Store.open(url)

    copy(ends)

    assert everything(ends[1]) == before


def test_a_database_that_was_left_fills_no_other(ends: Ends, tmp_path: Path) -> None:
    fill(ends[0])
    copy(ends)

    with pytest.raises(StoreError, match="or they differ"):
        copy((ends[0], f"sqlite:///{tmp_path / 'third.db'}"))


def test_a_database_in_use_is_not_copied_over(ends: Ends) -> None:
    fill(ends[0])
    fill(ends[1])
    before = everything(ends[1])

    with pytest.raises(StoreError, match="is in use: it has"):
        copy(ends)

    assert everything(ends[1]) == before
    assert everything(ends[0])


def test_whoever_has_it_open_cannot_write_when_it_was_moved(ends: Ends) -> None:
    fill(ends[0])
    with Store.open(ends[0]) as service:
        copy(ends)

        with pytest.raises(SchemaOutOfDate, match="moved to another"), service.write():
            pytest.fail("wrote to a database that was left")


def test_there_must_be_something_to_copy(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no"):
        open_source(f"sqlite:///{tmp_path / 'none.db'}")


def test_an_older_database_is_upgraded_first(ends: Ends) -> None:
    fill(ends[0])
    with Store.open(ends[0]) as store, store.hold() as connection:
        mark(connection, "0003")

    with pytest.raises(SchemaOutOfDate, match="revision 0003"):
        open_source(ends[0])


def test_a_fingerprint_sees_any_change(sqlite: Store) -> None:
    subscribe(sqlite, 5)
    table = schema.subscribers
    with sqlite.write() as connection:
        before = fingerprint(connection, table)
        connection.execute(text("UPDATE subscribers SET name = 'x' WHERE id = 3"))

        assert fingerprint(connection, table) != before
        assert fingerprint(connection, table).rows == before.rows


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE batches SET state = 'accepted'", "no batch answers"),
        ("DELETE FROM batches", "no batch answers"),
        ("UPDATE campaigns SET state = 'done'", "campaigns that are done"),
        ("DELETE FROM subscribers", "tags of nobody"),
    ],
)
def test_a_ledger_that_does_not_add_up_is_found(
    store: Store, change: str, words: str
) -> None:
    ids = subscribe(store, 6)
    plan(store, ids)
    with store.write() as connection:
        connection.execute(insert(schema.subscriber_tags).values((ids[0], "vip")))
    assert examine_whole(store).contradictions == {}
    with store.write() as connection:
        connection.execute(text(change))

    assert any(words in found for found in examine_whole(store).contradictions)


def test_moved_is_no_revision(sqlite: Store) -> None:
    with sqlite.hold() as connection:
        mark(connection, MOVED)

    with pytest.raises(SchemaOutOfDate), sqlite.hold():
        pytest.fail("held a database that was left")
