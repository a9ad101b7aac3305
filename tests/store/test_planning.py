"""Planning: who gets an issue and who does not, frozen and cut into batches."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from newsletter.model.campaign import Campaign, DeliveryState
from newsletter.model.subscriber import (
    NewSubscriber,
    SubscriberStatus,
    SuppressionReason,
)
from newsletter.store import campaigns, planning, schema, subscribers, suppressions
from newsletter.store.engine import Store
from newsletter.store.planning import BatchRange
from tests.store.ledger import (
    add_deliveries,
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


def planned(
    store: Store, issue: str = "hello", *, size: int = 100, segment: str = "all"
) -> tuple[Campaign, list[BatchRange]]:
    """Plan a campaign to everybody."""
    with store.write() as connection:
        made = campaigns.create(connection, new_campaign(issue, segment))
        return made, planning.add_deliveries(connection, made.id, issue, size)


def left_out(store: Store, made: Campaign) -> list[str]:
    """The reason of every delivery, in id order; blank for the recipients."""
    return [line.reason for line in deliveries(store, made).values()]


def test_everybody_is_a_delivery_and_each_rule_has_its_reason(store: Store) -> None:
    ids = subscribe(store, 4)
    unsubscribe(store, ids[1])
    with store.write() as connection:
        key = person(2).address_key
        suppressions.add(connection, key, SuppressionReason.COMPLAINT)
        subscribers.set_status(connection, ids[3], SubscriberStatus.PENDING)
    with store.read() as connection:
        counted = planning.forecast(connection, "hello")

    made, cut = planned(store)

    reasons = ["", "unsubscribed", "suppressed: complaint", "not confirmed"]
    assert left_out(store, made) == reasons
    assert counted == dict.fromkeys(reasons, 1)
    assert cut == [BatchRange(number=1, lo=ids[0], hi=ids[0], size=1)]
    assert deliveries(store, made)[ids[1]].state is DeliveryState.SKIPPED


@pytest.mark.parametrize(
    "state", [each for each in DeliveryState if each is not DeliveryState.IN_FLIGHT]
)
def test_only_those_who_surely_never_got_an_issue_may_get_it(
    store: Store, state: DeliveryState
) -> None:
    (id,) = subscribe(store, 1)
    made = plan(store, [id], new=new_campaign(segment="friends"))
    tell(store, made, id, state)

    again, _ = planned(store)

    never = {DeliveryState.REJECTED, DeliveryState.SKIPPED}
    expected = "" if state in never else planning.ALREADY
    assert left_out(store, again) == [expected]


def test_one_delivery_in_any_campaign_of_the_issue_is_enough(store: Store) -> None:
    ids = subscribe(store, 4)
    first = plan(store, ids[:2])
    tell(store, first, ids[0], DeliveryState.REJECTED)
    plan(store, ids[2:3], new=new_campaign(segment="friends"))
    plan(store, ids, new=new_campaign(issue="another"))

    made, _ = planned(store, segment="third")

    assert left_out(store, made) == ["", planning.ALREADY, planning.ALREADY, ""]


def test_name_attributes_and_address_are_frozen(store: Store) -> None:
    person_ = NewSubscriber(
        address="Jörg@Bücher.example",
        address_key="jörg@xn--bcher-kva.example",
        name='Jörg "J" O\'Neil \\ 山田',
        attributes={"first_name": "Jörg", "quote": '"{{ x }}"'},
    )
    with store.write() as connection:
        subscribers.upsert(connection, [person_])
    made, _ = planned(store)
    with store.write() as connection:
        connection.execute(delete(schema.subscribers))

    table = schema.deliveries
    with store.read() as connection:
        (row,) = connection.execute(select(table.c.address, table.c.merge)).all()

    assert row.address == "Jörg@xn--bcher-kva.example"
    assert json.loads(row.merge) == {
        "name": person_.name,
        "attributes": person_.attributes,
    }
    assert made.issue == "hello"


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(skipped=st.lists(st.booleans(), max_size=14), size=st.integers(1, 5))
def test_batches_hold_all_recipients_in_order_and_are_full_but_the_last(
    sqlite: Store, skipped: list[bool], size: int
) -> None:
    with sqlite.write() as connection:
        for table in (schema.batches, schema.deliveries, schema.campaign_emails):
            connection.execute(delete(table))
        for table in (schema.campaigns, schema.subscribers):
            connection.execute(delete(table))
    ids = subscribe(sqlite, len(skipped)) if skipped else []
    for id, out in zip(ids, skipped, strict=True):
        if out:
            unsubscribe(sqlite, id)

    _, cut = planned(sqlite, size=size)

    left = [id for id, out in zip(ids, skipped, strict=True) if not out]
    groups = [left[start : start + size] for start in range(0, len(left), size)]
    assert cut == [
        BatchRange(number=number, lo=group[0], hi=group[-1], size=len(group))
        for number, group in enumerate(groups, start=1)
    ]


def test_a_plan_is_kept_as_given(store: Store) -> None:
    ids = subscribe(store, 3)

    made = plan(store, ids, size=2)
    with store.write() as connection:
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
        add_deliveries(connection, made.id, [(delivery(ids[0]), 2)])


def test_whoever_is_not_skipped_belongs_to_a_batch(store: Store) -> None:
    made = plan(store, [])

    with pytest.raises(IntegrityError), store.write() as connection:
        add_deliveries(connection, made.id, [(delivery(1), None)])


def test_an_idempotency_key_is_used_once(store: Store) -> None:
    ids = subscribe(store, 1)
    one, other = plan(store, ids), plan(store, [], new=new_campaign(issue="other"))
    same = BatchRange(number=1, lo=ids[0], hi=ids[0], size=1)

    with pytest.raises(IntegrityError), store.write() as connection:
        planning.add_batches(connection, other.id, [(same, batch(store, one).key)])


def test_deliveries_outlive_their_subscriber(store: Store) -> None:
    ids = subscribe(store, 2)
    made = plan(store, ids)

    with store.write() as connection:
        connection.execute(delete(schema.subscribers))
        assert list(subscribers.iterate(connection)) == []

    assert list(deliveries(store, made)) == ids
