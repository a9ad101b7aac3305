"""Second batches: halves, leftovers, second tries; and what settles a doubt."""

from datetime import UTC, datetime, timedelta

import pytest

from newsletter.model.campaign import (
    BatchState,
    Campaign,
    CampaignState,
    DeliveryResult,
    DeliveryState,
)
from newsletter.store import batches, campaigns, lifecycle
from newsletter.store.engine import Store
from tests.store.ledger import (
    accepted,
    batch,
    batch_state,
    claim,
    deliveries,
    plan,
    set_first_sent,
    states,
    subscribe,
    tell,
)

ACCEPTED, PENDING = DeliveryState.ACCEPTED, DeliveryState.PENDING
REJECTED, UNCERTAIN = DeliveryState.REJECTED, DeliveryState.UNCERTAIN


def test_a_refused_batch_is_cut_into_two_with_keys_of_their_own(store: Store) -> None:
    made = plan(store, subscribe(store, 5), size=5)
    claimed = claim(store, made)

    with store.write() as connection:
        assert batches.split(connection, claimed)
        assert not batches.split(connection, claimed)

    assert batch_state(store, made) is BatchState.REJECTED
    halves = [claim(store, made), claim(store, made)]
    assert [half.number for half in halves] == [2, 3]
    assert [[d.subscriber_id for d in half.deliveries] for half in halves] == [
        [1, 2],
        [3, 4, 5],
    ]
    assert len({claimed.key, *(half.key for half in halves)}) == 3


def test_after_a_doubt_a_refusal_proves_nothing(store: Store) -> None:
    made = plan(store, subscribe(store, 2))
    first = claim(store, made)
    with store.write() as connection:
        batches.release(connection, first, 0.0, in_doubt=True)
    second = claim(store, made)

    with store.write() as connection:
        assert batches.split(connection, second)

    assert states(store, made) == [UNCERTAIN] * 2


def test_whom_the_provider_did_not_take_this_time_is_asked_about_later(
    store: Store,
) -> None:
    made = plan(store, subscribe(store, 3))
    claimed = claim(store, made)
    results = [*accepted(claimed)[:2], DeliveryResult(3, PENDING)]

    with store.write() as connection:
        assert batches.record(connection, claimed, results, seconds=3600)

    assert states(store, made) == [ACCEPTED, ACCEPTED, PENDING]
    with store.read() as connection:
        wait = batches.next_wait(connection, made.id)
    assert wait == pytest.approx(3600, abs=60)
    assert batch(store, made, 2).size == 1


def test_a_batch_that_failed_lets_the_others_go_first(store: Store) -> None:
    made = plan(store, subscribe(store, 3), size=1)
    failed = claim(store, made)
    with store.write() as connection:
        batches.release(connection, failed, 0.0)

    assert [claim(store, made).number for _ in range(3)] == [2, 3, 1]


def test_a_batch_in_doubt_goes_before_all_others_for_a_while(store: Store) -> None:
    made = plan(store, subscribe(store, 2), size=1)
    order = []
    for _ in range(8):
        claimed = claim(store, made)
        order.append(claimed.number)
        with store.write() as connection:
            batches.release(connection, claimed, 0.0, in_doubt=claimed.number == 1)

    assert order == [1, 1, 1, 1, 1, 1, 1, 2]


@pytest.mark.parametrize("state", [CampaignState.PAUSED, CampaignState.CANCELLED])
def test_nothing_is_claimed_of_a_campaign_that_stands_still(
    store: Store, state: CampaignState
) -> None:
    made = plan(store, subscribe(store, 2))
    with store.write() as connection:
        sending = [CampaignState.SENDING]
        assert lifecycle.move(connection, made.id, state, among=sending, reason="why")
        assert not lifecycle.move(connection, made.id, state, among=sending)
        assert batches.claim(connection, made.id, "me", 60) is None
        found = campaigns.get(connection, made.id)

    assert found is not None
    assert (found.state, found.reason) == (state, "why")
    assert (found.ended_at is not None) == (state is CampaignState.CANCELLED)


def doubtful(store: Store) -> tuple[Campaign, list[int]]:
    """Two batches in doubt, one delivery of them settled by an event."""
    ids = subscribe(store, 4)
    made = plan(store, ids, size=2)
    for _ in range(2):
        claimed = claim(store, made)
        with store.write() as connection:
            batches.seal(connection, claimed, "bytes")
            batches.set_uncertain(connection, claimed, "broken off")
    tell(store, made, ids[0], DeliveryState.DELIVERED)
    return made, ids


def test_batches_in_doubt_are_read_with_those_that_are_uncertain(store: Store) -> None:
    made, ids = doubtful(store)
    set_first_sent(store, made, datetime.now(UTC) - timedelta(hours=1))

    with store.read() as connection:
        found = batches.in_doubt(connection, made.id)

    assert [[d.subscriber_id for d in b.deliveries] for b in found] == [
        [ids[1]],
        [ids[2], ids[3]],
    ]
    assert {each.payload_hash for each in found} == {"bytes"}
    assert found[0].age_seconds == pytest.approx(3600, abs=60)


def test_records_settle_only_what_is_uncertain(store: Store) -> None:
    made, ids = doubtful(store)
    told = [DeliveryResult(id, ACCEPTED, f"id-{id}") for id in ids]

    with store.write() as connection:
        batches.tell(connection, made.id, told)

    lines = deliveries(store, made)
    assert lines[ids[0]].state is DeliveryState.DELIVERED
    assert {lines[id].state for id in ids[1:]} == {ACCEPTED}
    assert lines[ids[1]].message_id == f"id-{ids[1]}"
    assert "records" in lines[ids[1]].reason


def test_a_person_can_call_them_sent_or_send_them_again(store: Store) -> None:
    made, _ = doubtful(store)
    with store.write() as connection:
        number = batches.send_again(connection, made.id, UNCERTAIN, 2)

    assert number == 3
    assert states(store, made)[1:] == [PENDING] * 3
    sizes = [batch(store, made, number).size for number in (3, 4)]
    assert sizes == [2, 1]

    claimed = claim(store, made)
    with store.write() as connection:
        batches.set_uncertain(connection, claimed, "again")
        assert batches.assume_sent(connection, made.id) == 2
    assert states(store, made)[1:] == [ACCEPTED, ACCEPTED, PENDING]


def test_how_far_a_campaign_got_is_told_by_its_batches(store: Store) -> None:
    made = plan(store, subscribe(store, 5), size=2)
    with store.read() as connection:
        assert batches.so_far(connection, made.id) == (0, 0, None, 3)
    claimed = claim(store, made)
    with store.write() as connection:
        batches.record(connection, claimed, accepted(claimed))
        far = batches.so_far(connection, made.id)
        calls = batches.calls(connection, made.id)

    assert (far.sent, far.planned, calls.number) == (2, 3, 1)
    assert far.idle == pytest.approx(0, abs=30)
    assert calls.first == calls.last == claimed.first_sent_at
