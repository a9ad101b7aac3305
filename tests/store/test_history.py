"""History: all campaigns of one person, the newest first."""

from newsletter.model.campaign import DeliveryState
from newsletter.store import batches
from newsletter.store.engine import Store
from newsletter.store.history import history
from tests.store.ledger import (
    accepted,
    add_deliveries,
    claim,
    delivery,
    new_campaign,
    person,
    plan,
    subscribe,
)


def test_it_tells_of_every_campaign_the_newest_first(store: Store) -> None:
    ids = subscribe(store, 2)
    sent = plan(store, ids, new=new_campaign(issue="first"))
    claimed = claim(store, sent)
    with store.write() as connection:
        batches.record(connection, claimed, accepted(claimed, with_ids=True))
    plan(store, ids[1:], new=new_campaign(issue="not to me"))
    left_out = plan(store, [], new=new_campaign(issue="second"))
    with store.write() as connection:
        row = delivery(ids[0], DeliveryState.SKIPPED, "not confirmed")
        add_deliveries(connection, left_out.id, [(row, None)])
    pending = plan(store, ids, new=new_campaign(issue="third"))

    with store.read() as connection:
        third, second, first = history(connection, person(0).address_key)

    assert first.campaign == sent
    assert first.state is DeliveryState.ACCEPTED
    assert first.provider_message_id == f"id-{ids[0]}"
    assert first.address == f"{ids[0]}@example.com"
    assert first.attempts == 1
    assert first.updated_at >= sent.planned_at
    assert second.campaign == left_out
    assert (second.state, second.reason) == (DeliveryState.SKIPPED, "not confirmed")
    assert second.attempts == 0
    assert third.campaign == pending
    assert (third.state, third.attempts) == (DeliveryState.PENDING, 0)


def test_it_tells_that_a_delivery_is_in_flight(store: Store) -> None:
    made = plan(store, subscribe(store, 2))
    claim(store, made)

    with store.read() as connection:
        (record,) = history(connection, person(1).address_key)

    assert (record.state, record.attempts) == (DeliveryState.IN_FLIGHT, 1)


def test_it_is_empty_for_strangers_and_for_newcomers(store: Store) -> None:
    plan(store, [])
    subscribe(store, 1)

    with store.read() as connection:
        assert history(connection, "stranger@example.com") == []
        assert history(connection, person(0).address_key) == []
