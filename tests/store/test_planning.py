"""Planning: who could get an issue, and who already has it."""

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from newsletter.model.campaign import DeliveryState
from newsletter.model.subscriber import SubscriberStatus, SuppressionReason
from newsletter.store import campaigns, planning, schema, subscribers, suppressions
from newsletter.store.engine import Store
from newsletter.store.planning import Candidate
from tests.store.ledger import (
    batch,
    deliveries,
    delivery,
    new_campaign,
    person,
    plan,
    subscribe,
    tell,
    unsubscribe,
)


def candidates(store: Store, issue: str = "hello") -> list[Candidate]:
    with store.read() as connection:
        return planning.candidates(connection, issue, after_id=0, limit=100)


def test_candidates_come_with_what_speaks_against_them(store: Store) -> None:
    ids = subscribe(store, 3)
    unsubscribe(store, ids[1])
    with store.write() as connection:
        key = person(2).address_key
        suppressions.add(connection, key, SuppressionReason.COMPLAINT)

    found = candidates(store)

    assert [each.subscriber.id for each in found] == ids
    assert [each.subscriber.status for each in found] == [
        SubscriberStatus.ACTIVE,
        SubscriberStatus.UNSUBSCRIBED,
        SubscriberStatus.ACTIVE,
    ]
    assert [each.suppression for each in found] == [
        None,
        None,
        SuppressionReason.COMPLAINT,
    ]
    assert not any(each.already for each in found)


@pytest.mark.parametrize("state", set(DeliveryState) - {DeliveryState.IN_FLIGHT})
def test_only_those_who_surely_never_got_an_issue_may_get_it(
    store: Store, state: DeliveryState
) -> None:
    (id,) = subscribe(store, 1)
    made = plan(store, [id], new=new_campaign(segment="friends"))
    tell(store, made, id, state)

    (found,) = candidates(store)

    never = {DeliveryState.REJECTED, DeliveryState.SKIPPED}
    assert found.already is (state not in never)


def test_one_delivery_in_any_campaign_of_the_issue_is_enough(store: Store) -> None:
    ids = subscribe(store, 4)
    first = plan(store, ids[:2])
    tell(store, first, ids[0], DeliveryState.REJECTED)
    plan(store, ids[2:3], new=new_campaign(segment="friends"))
    plan(store, ids, new=new_campaign(issue="another"))

    assert [each.already for each in candidates(store)] == [False, True, True, False]


def test_everybody_is_read_page_by_page(store: Store) -> None:
    ids = subscribe(store, 7)

    with store.read() as connection:
        pages = [
            planning.candidates(connection, "hello", after_id=after, limit=3)
            for after in (0, ids[2], ids[5], ids[6])
        ]
        everyone = list(planning.everyone(connection, "hello", page_size=3))

    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert [each for page in pages for each in page] == everyone
    assert [each.subscriber.id for each in everyone] == ids


def test_a_campaign_can_be_written_while_its_candidates_are_read(store: Store) -> None:
    ids = subscribe(store, 6)

    with store.write() as connection:
        made = campaigns.create(connection, new_campaign())
        seen = []
        for each in planning.everyone(connection, "hello", page_size=2):
            seen.append(each.already)
            row = (delivery(each.subscriber.id), 1)
            planning.add_deliveries(connection, made.id, [row])

    assert seen == [False] * 6
    assert list(deliveries(store, made)) == ids


def test_a_plan_is_kept_as_given(store: Store) -> None:
    ids = subscribe(store, 3)

    made = plan(store, ids, size=2)
    with store.write() as connection:
        planning.add_deliveries(connection, made.id, [])
        planning.add_batches(connection, made.id, [])

    first, second = batch(store, made, 1), batch(store, made, 2)
    assert (first.lo, first.hi, first.size) == (ids[0], ids[1], 2)
    assert (second.lo, second.hi, second.size) == (ids[2], ids[2], 1)
    assert (first.attempt, first.in_doubt, first.first_sent_at) == (0, False, None)
    assert [line.state for line in deliveries(store, made).values()] == (
        [DeliveryState.PENDING] * 3
    )


def test_nobody_is_planned_for_twice_in_a_campaign(store: Store) -> None:
    ids = subscribe(store, 1)
    made = plan(store, ids)

    with pytest.raises(IntegrityError), store.write() as connection:
        planning.add_deliveries(connection, made.id, [(delivery(ids[0]), 2)])


def test_whoever_is_not_skipped_belongs_to_a_batch(store: Store) -> None:
    made = plan(store, [])

    with pytest.raises(IntegrityError), store.write() as connection:
        planning.add_deliveries(connection, made.id, [(delivery(1), None)])


def test_an_idempotency_key_is_used_once(store: Store) -> None:
    ids = subscribe(store, 1)
    one, other = plan(store, ids), plan(store, [], new=new_campaign(issue="other"))
    same = planning.NewBatch(
        number=1, key=batch(store, one).key, lo=ids[0], hi=ids[0], size=1
    )

    with pytest.raises(IntegrityError), store.write() as connection:
        planning.add_batches(connection, other.id, [same])


def test_deliveries_outlive_their_subscriber(store: Store) -> None:
    ids = subscribe(store, 2)
    made = plan(store, ids)

    with store.write() as connection:
        connection.execute(delete(schema.subscribers))
        assert list(subscribers.iterate(connection)) == []

    assert list(deliveries(store, made)) == ids
