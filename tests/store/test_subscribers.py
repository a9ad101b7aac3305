"""Subscribers: nobody twice, nothing known is lost."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from newsletter.model.subscriber import NewSubscriber, Subscriber, SubscriberStatus
from newsletter.store import schema, subscribers
from newsletter.store.engine import Store
from newsletter.store.subscribers import UpsertOutcome
from tests.store.ledger import person, subscribe

ADDED, UPDATED, UNCHANGED = UpsertOutcome


def upsert(store: Store, *rows: NewSubscriber) -> list[UpsertOutcome]:
    with store.write() as connection:
        return subscribers.upsert(connection, rows)


def everybody(store: Store) -> list[Subscriber]:
    with store.read() as connection:
        return list(subscribers.iterate(connection))


def test_a_new_subscriber_is_kept_as_given(store: Store) -> None:
    new = person(
        1,
        name="Zoë Müller",
        attributes={"city": "Bern", "💌": "ja"},
        status=SubscriberStatus.PENDING,
        source="import of people.csv",
    )

    assert upsert(store, new) == [ADDED]

    with store.read() as connection:
        found = subscribers.by_address_key(connection, new.address_key)
    assert found is not None
    assert found.address == "Reader1@Example.Com"
    assert (found.name, found.source) == (new.name, new.source)
    assert found.attributes == new.attributes
    assert found.status is SubscriberStatus.PENDING
    assert abs(found.created_at - datetime.now(UTC)) < timedelta(seconds=5)


def test_somebody_unknown_is_not_found(store: Store) -> None:
    with store.read() as connection:
        assert subscribers.by_address_key(connection, "ann@example.com") is None


def test_an_update_adds_and_never_erases(store: Store) -> None:
    upsert(store, person(1, name="Ann", attributes={"city": "Bern", "team": "a"}))

    blank = person(1, name="  ", attributes={"city": "", "team": "b", "new": "yes"})
    assert upsert(store, blank) == [UPDATED]

    (found,) = everybody(store)
    assert found.name == "Ann"
    assert found.attributes == {"city": "Bern", "team": "b", "new": "yes"}


def test_an_update_leaves_address_status_source_and_start_alone(store: Store) -> None:
    upsert(store, person(1, source="first", status=SubscriberStatus.PENDING))
    (before,) = everybody(store)

    again = NewSubscriber(
        address="READER1@EXAMPLE.COM",
        address_key=person(1).address_key,
        name="Ann",
        source="second",
    )
    assert upsert(store, again) == [UPDATED]

    (after,) = everybody(store)
    assert after.name == "Ann"
    assert (after.id, after.address, after.status, after.source) == (
        before.id,
        before.address,
        SubscriberStatus.PENDING,
        "first",
    )
    assert after.created_at == before.created_at


def test_the_same_again_changes_nothing(store: Store) -> None:
    new = person(1, name="Ann", attributes={"city": "Bern", "empty": ""})
    upsert(store, new)

    assert upsert(store, new, person(1)) == [UNCHANGED, UNCHANGED]


def test_one_call_may_add_update_and_name_somebody_twice(store: Store) -> None:
    upsert(store, person(1), person(2, name="Bob"))

    outcomes = upsert(
        store,
        person(3, name="Cleo"),
        person(1, name="Ann"),
        person(3, attributes={"city": "Bern"}),
        person(2),
        person(3, name="Cleo"),
    )

    assert outcomes == [ADDED, UPDATED, UPDATED, UNCHANGED, UNCHANGED]
    found = {each.address_key: each for each in everybody(store)}
    assert len(found) == 3
    assert found[person(3).address_key].name == "Cleo"
    assert found[person(3).address_key].attributes == {"city": "Bern"}


def test_nobody_is_a_list_too(store: Store) -> None:
    assert upsert(store) == []
    assert everybody(store) == []


def test_thousands_are_added_in_one_call_and_read_page_by_page(store: Store) -> None:
    outcomes = upsert(store, *map(person, range(2500)))

    assert outcomes == [ADDED] * 2500
    with store.read() as connection:
        found = list(subscribers.iterate(connection, page_size=1000))
        rest = list(subscribers.iterate(connection, after_id=found[2000].id))
    ids = [each.id for each in found]
    assert ids == sorted(set(ids))
    assert len(found) == 2500
    assert rest == found[2001:]


def test_a_page_that_is_just_full_ends_the_list(store: Store) -> None:
    upsert(store, *map(person, range(4)))

    with store.read() as connection:
        assert len(list(subscribers.iterate(connection, page_size=2))) == 4


def test_every_status_is_counted_even_when_nobody_has_it(store: Store) -> None:
    upsert(store, person(1), person(2), person(3, status=SubscriberStatus.PENDING))

    with store.read() as connection:
        assert subscribers.count(connection) == {
            SubscriberStatus.PENDING: 1,
            SubscriberStatus.ACTIVE: 2,
            SubscriberStatus.UNSUBSCRIBED: 0,
        }


def test_a_status_can_be_changed_of_those_who_are_there(store: Store) -> None:
    (id,) = subscribe(store, 1)

    with store.write() as connection:
        changed = subscribers.set_status(connection, id, SubscriberStatus.UNSUBSCRIBED)
        nobody = subscribers.set_status(connection, id + 1, SubscriberStatus.ACTIVE)

    assert (changed, nobody) == (True, False)
    assert everybody(store)[0].status is SubscriberStatus.UNSUBSCRIBED


def test_the_id_of_somebody_who_left_is_never_given_again(store: Store) -> None:
    *_, last = subscribe(store, 2)
    with store.write() as connection:
        connection.execute(
            delete(schema.subscribers).where(schema.subscribers.c.id == last)
        )

    upsert(store, person(3))

    assert everybody(store)[-1].id > last


def test_two_imports_at_once_add_everybody_once(postgres: Store) -> None:
    outcomes: list[UpsertOutcome] = []
    rows = [person(each, name="Ann") for each in range(300)]

    def run(mine: Sequence[NewSubscriber]) -> None:
        outcomes.extend(upsert(postgres, *mine))

    threads = [
        threading.Thread(target=run, args=(part,))
        for part in (rows, rows[::-1], rows[100:], rows[:200])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count(ADDED) == len(everybody(postgres)) == 300
    assert outcomes.count(UNCHANGED) == 700


TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8
)
DETAILS = st.tuples(TEXT, st.dictionaries(TEXT, TEXT, max_size=3))


@pytest.mark.parametrize("at_once", [1, 100])
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.lists(st.tuples(st.integers(0, 3), DETAILS), max_size=8))
def test_any_order_of_updates_gives_what_was_last_said(
    store: Store, at_once: int, data: list[tuple[int, tuple[str, dict[str, str]]]]
) -> None:
    names: dict[int, str] = {}
    attributes: dict[int, dict[str, str]] = {}
    for number, (name, details) in data:
        names[number] = name if name.strip() else names.get(number, "")
        attributes.setdefault(number, {}).update(
            {key: value for key, value in details.items() if value.strip()}
        )

    with store.write() as connection:
        connection.execute(delete(schema.subscribers))
    rows = [person(n, name=name, attributes=details) for n, (name, details) in data]
    outcomes: list[UpsertOutcome] = []
    for start in range(0, len(rows), at_once):
        outcomes += upsert(store, *rows[start : start + at_once])

    found = {each.address_key: each for each in everybody(store)}
    assert {key: each.name for key, each in found.items()} == {
        person(n).address_key: name for n, name in names.items()
    }
    assert {key: each.attributes for key, each in found.items()} == {
        person(n).address_key: details for n, details in attributes.items()
    }
    assert outcomes.count(ADDED) == len(names)
