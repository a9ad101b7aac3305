"""Recovery: batches whose worker is gone are found, and dealt with once."""

from datetime import UTC, datetime, timedelta

import pytest

from newsletter.model.campaign import BatchState, Campaign, DeliveryState
from newsletter.store import batches
from newsletter.store.batches import Claim, Orphan
from newsletter.store.engine import Store
from tests.store.ledger import (
    accepted,
    batch,
    batch_state,
    claim,
    new_campaign,
    plan,
    set_first_sent,
    states,
    subscribe,
    tell,
)


def orphans(store: Store, made: Campaign, *, everything: bool = False) -> list[Orphan]:
    with store.read() as connection:
        return batches.orphans(connection, made.id, everything=everything)


def test_a_batch_is_an_orphan_when_its_lease_is_over(store: Store) -> None:
    made = plan(store, subscribe(store, 9))
    lost = claim(store, made, lease=-1)
    claim(store, made, lease=60)

    (found,) = orphans(store, made)

    assert (found.number, found.key, found.attempt) == (1, lost.key, 1)
    assert found.campaign_id == made.id
    assert found.first_sent_at == lost.first_sent_at
    assert found.age_seconds == pytest.approx(0, abs=5)


def test_everything_in_flight_is_an_orphan_when_all_workers_are_dead(
    store: Store,
) -> None:
    ids = subscribe(store, 9)
    made = plan(store, ids)
    other = plan(store, ids, new=new_campaign(issue="other"))
    claim(store, made)
    claim(store, made)
    claim(store, other)

    assert [each.number for each in orphans(store, made, everything=True)] == [1, 2]


def test_what_has_an_outcome_is_no_orphan(store: Store) -> None:
    made = plan(store, subscribe(store, 9))
    for report in ("record", "give_up", "release"):
        claimed = claim(store, made, lease=-1)
        with store.write() as connection:
            if report == "record":
                batches.record(connection, claimed, accepted(claimed))
            elif report == "give_up":
                batches.give_up(connection, claimed, "no")
            else:
                batches.release(connection, claimed, 0)

    assert orphans(store, made, everything=True) == []


def test_the_age_is_told_by_the_clock_of_the_database(store: Store) -> None:
    made = plan(store, subscribe(store, 1))
    claim(store, made, lease=-1)
    set_first_sent(store, made, datetime.now(UTC) - timedelta(hours=23))

    (found,) = orphans(store, made)

    assert found.age_seconds == pytest.approx(23 * 3600, abs=5)


def test_a_reopened_batch_is_claimed_again_as_it_was(store: Store) -> None:
    made = plan(store, subscribe(store, 3))
    lost = claim(store, made, lease=-1)
    (orphan,) = orphans(store, made)

    with store.write() as connection:
        assert batches.reopen(connection, orphan)

    again = claim(store, made, "somebody else")
    assert again.in_doubt
    assert (again.key, again.attempt) == (lost.key, 2)
    assert again.first_sent_at == lost.first_sent_at
    assert again.deliveries == lost.deliveries


def test_an_orphan_whose_claim_was_withdrawn_is_another_ones_by_now(
    store: Store,
) -> None:
    """With the same number of attempts: a claim without a call is none."""
    made = plan(store, subscribe(store, 3))
    claim(store, made, "me/1", lease=-1)
    (found,) = orphans(store, made)
    with store.write() as connection:
        assert batches.withdraw(connection, Claim(made.id, 1, "me/1"))
    claim(store, made, "you/1")

    with store.write() as connection:
        assert not batches.reopen(connection, found)
        assert not batches.orphan_uncertain(connection, found, "lost")

    assert batch(store, made).owner == "you/1"
    assert batch_state(store, made) is BatchState.IN_FLIGHT


def test_an_orphan_may_become_uncertain(store: Store) -> None:
    ids = subscribe(store, 3)
    made = plan(store, ids)
    claim(store, made, lease=-1)
    tell(store, made, ids[1], DeliveryState.DELIVERED)
    (orphan,) = orphans(store, made)

    with store.write() as connection:
        assert batches.orphan_uncertain(connection, orphan, "the process died")

    assert batch_state(store, made) is BatchState.UNCERTAIN
    assert batch(store, made).reason == "the process died"
    assert states(store, made) == [
        DeliveryState.UNCERTAIN,
        DeliveryState.DELIVERED,
        DeliveryState.UNCERTAIN,
    ]
    assert orphans(store, made, everything=True) == []


@pytest.mark.parametrize("way", ["reopen", "uncertain"])
def test_an_orphan_is_dealt_with_by_one_process(store: Store, way: str) -> None:
    made = plan(store, subscribe(store, 3))
    claim(store, made, lease=-1)
    (orphan,) = orphans(store, made)
    with store.write() as connection:
        batches.reopen(connection, orphan)
    live = claim(store, made)

    with store.write() as connection:
        if way == "reopen":
            assert not batches.reopen(connection, orphan)
        else:
            assert not batches.orphan_uncertain(connection, orphan, "too late")

    assert batch_state(store, made) is BatchState.IN_FLIGHT
    with store.write() as connection:
        assert batches.record(connection, live, accepted(live))


def test_a_slow_worker_may_finish_as_long_as_nobody_took_over(store: Store) -> None:
    made = plan(store, subscribe(store, 3))
    slow = claim(store, made, lease=-1)
    (orphan,) = orphans(store, made)

    with store.write() as connection:
        assert batches.record(connection, slow, accepted(slow))
        assert not batches.reopen(connection, orphan)

    assert states(store, made) == [DeliveryState.ACCEPTED] * 3
