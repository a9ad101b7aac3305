"""The numbers in links: everybody has one of their own, and keeps it for good."""

from pathlib import Path

import pytest
from sqlalchemy import text

from newsletter.model.token import MAX_UID
from newsletter.store import subscribers, uids
from newsletter.store.engine import Store
from newsletter.store.upgrade import Revisions
from tests.store.ledger import person

ROWS = 2500
BEFORE = Revisions(head="0004")
OLD_ROW = text(
    "INSERT INTO subscribers (id, address, address_key, name, attributes, status, "
    "source, created_at, updated_at) VALUES (:id, :address, :address, '', '{}', "
    "'active', '', '2026-11-20 10:00:00', '2026-11-20 10:00:00')"
)


def of(store: Store, number: int) -> int:
    with store.read() as connection:
        found = subscribers.by_address_key(connection, person(number).address_key)
    assert found
    return found.uid


def add(store: Store, number: int, uid: int) -> int:
    """The uid that somebody has in the end, who wants `uid`."""
    with store.write() as connection:
        subscribers.upsert(connection, [person(number)._replace(uid=uid)])
    return of(store, number)


def test_everybody_gets_one_that_is_larger_than_any_id(store: Store) -> None:
    with store.write() as connection:
        subscribers.upsert(connection, [person(n) for n in range(ROWS)])
        given = {each.uid for each in subscribers.iterate(connection)}

    assert len(given) == ROWS
    assert 2**40 <= min(given) <= max(given) <= MAX_UID


def test_two_stores_do_not_give_the_same(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.read() as connection:
        one, two = (set(uids.give(connection, [0] * 1000)) for _ in range(2))
        monkeypatch.setattr("secrets.randbelow", lambda limit: limit - 1)
        last = uids.give(connection, [0, 0])

    assert not one & two
    assert last == [MAX_UID - 3, MAX_UID - 2]


def test_a_uid_is_kept_unless_somebody_else_has_it(store: Store) -> None:
    assert add(store, 1, 7) == 7
    assert add(store, 2, 7) > 2**40
    assert add(store, 1, 8) == 7  # theirs for good
    assert add(store, 3, MAX_UID) == MAX_UID


def test_of_two_in_one_file_the_first_keeps_it(store: Store) -> None:
    with store.write() as connection:
        people = [person(n)._replace(uid=5) for n in range(3)]
        subscribers.upsert(connection, people)

    of_all = sorted(of(store, n) for n in range(3))
    assert of_all[0] == 5
    assert len(set(of_all)) == 3


def test_one_that_another_process_took_meanwhile_is_drawn_again(
    postgres: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(postgres, 1, 2**50)
    drawn = iter([2**50, 2**51])
    monkeypatch.setattr(uids, "_draw", lambda number: [next(drawn)] * number)

    assert add(postgres, 2, 0) == 2**51


def test_a_subscriber_is_found_by_it(store: Store) -> None:
    add(store, 1, 7)

    with store.read() as connection:
        found = subscribers.by_uid(connection, 7)
        assert found
        assert found.address_key == person(1).address_key
        assert subscribers.by_uid(connection, found.id + 1) is None


def test_who_was_there_before_keeps_the_id_as_their_number(store_url: str) -> None:
    with (
        Store.open(store_url, revisions=BEFORE) as old,
        old.write() as connection,
    ):
        for id in (3, 17):
            connection.execute(OLD_ROW, {"id": id, "address": person(id).address_key})

    with Store.open(store_url, upgrade=True) as store:
        assert [of(store, id) for id in (3, 17)] == [3, 17]
        assert add(store, 18, 0) > 2**40


def test_an_empty_database_is_upgraded_too(sqlite_url: str, tmp_path: Path) -> None:
    Store.open(sqlite_url, revisions=BEFORE).close()

    with Store.open(sqlite_url) as store:
        assert store.backup == tmp_path / "newsletter.db.backup-0004.db"
        assert add(store, 1, 0)
