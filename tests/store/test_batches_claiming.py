"""Claiming: a batch is one worker's at a time, and only for those who still want it."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, text

from newsletter.model.campaign import (
    BatchState,
    Campaign,
    ClaimedBatch,
    DeliveryState,
    DueDelivery,
)
from newsletter.model.subscriber import SubscriberStatus, SuppressionReason
from newsletter.store import batches, schema, subscribers, suppressions
from newsletter.store.engine import Store
from tests.store.ledger import (
    LEASE,
    MERGE,
    accepted,
    batch,
    batch_state,
    claim,
    deliveries,
    let_time_pass,
    new_campaign,
    person,
    plan,
    states,
    subscribe,
    tell,
    unsubscribe,
)

ACCEPTED, PENDING = DeliveryState.ACCEPTED, DeliveryState.PENDING
SKIPPED, UNCERTAIN = DeliveryState.SKIPPED, DeliveryState.UNCERTAIN


def try_claim(
    store: Store, made: Campaign, *, subset_on_retry: bool = True
) -> ClaimedBatch | None:
    with store.write() as connection:
        return batches.claim(
            connection, made.id, "me", LEASE, subset_on_retry=subset_on_retry
        )


def suppress(store: Store, number: int) -> None:
    with store.write() as connection:
        key = person(number).address_key
        suppressions.add(connection, key, SuppressionReason.BOUNCE)


def put_back(store: Store, claimed: ClaimedBatch, *, in_doubt: bool) -> None:
    with store.write() as connection:
        assert batches.release(connection, claimed, 0, in_doubt=in_doubt)


def test_batches_are_claimed_in_order_each_with_its_recipients(store: Store) -> None:
    ids = subscribe(store, 5)
    made = plan(store, ids, size=2)

    found = [claim(store, made) for _ in range(3)]

    assert [each.number for each in found] == [1, 2, 3]
    assert [each.key for each in found] == [f"{made.uid}-{n}" for n in (1, 2, 3)]
    assert [due.subscriber_id for each in found for due in each.deliveries] == ids
    with store.read() as connection:
        first = subscribers.get(connection, ids[0])
    assert first
    assert found[0].deliveries[0] == DueDelivery(
        ids[0], f"{ids[0]}@example.com", MERGE, first.uid
    )
    assert try_claim(store, made) is None


def test_a_claim_is_written_down(store: Store) -> None:
    made = plan(store, subscribe(store, 2))

    claimed = claim(store, made, "host:1")

    row = batch(store, made)
    assert row.state == BatchState.IN_FLIGHT
    assert (row.attempt, row.owner) == (1, "host:1") == (claimed.attempt, claimed.owner)
    assert row.first_sent_at == claimed.first_sent_at
    assert row.lease_until - row.first_sent_at == pytest.approx(
        timedelta(seconds=LEASE), abs=timedelta(seconds=10)
    )
    assert abs(claimed.first_sent_at - datetime.now(UTC)) < timedelta(seconds=5)
    assert not claimed.in_doubt
    assert claimed.suppressed == 0


def test_a_claim_that_is_not_committed_was_never_made(store: Store) -> None:
    made = plan(store, subscribe(store, 2))

    class PowerCutError(Exception):
        pass

    def cut() -> None:
        with store.write() as connection:
            batches.claim(connection, made.id, "me", LEASE)
            raise PowerCutError

    with pytest.raises(PowerCutError):
        cut()

    assert batch_state(store, made) is BatchState.PENDING
    assert claim(store, made).attempt == 1


def test_campaigns_do_not_get_in_each_others_way(store: Store) -> None:
    ids = subscribe(store, 3)
    one, other = plan(store, ids), plan(store, ids, new=new_campaign(issue="other"))

    assert claim(store, one).campaign_id == one.id
    assert try_claim(store, one) is None
    assert claim(store, other).campaign_id == other.id


def test_nobody_gets_a_batch_of_a_campaign_that_does_not_exist(store: Store) -> None:
    with store.write() as connection:
        assert batches.claim(connection, 99, "me", LEASE) is None


def test_whoever_left_since_planning_is_left_out(store: Store) -> None:
    ids = subscribe(store, 6)
    made = plan(store, ids, size=6)
    suppress(store, 0)
    unsubscribe(store, ids[1])
    suppress(store, 2)
    unsubscribe(store, ids[2])
    with store.write() as connection:
        table = schema.subscribers
        connection.execute(delete(table).where(table.c.id == ids[3]))
        subscribers.set_status(connection, ids[4], SubscriberStatus.PENDING)

    claimed = claim(store, made)

    assert [each.subscriber_id for each in claimed.deliveries] == ids[5:]
    assert claimed.suppressed == 5
    lines = deliveries(store, made)
    assert [lines[id].reason for id in ids] == [
        "suppressed: bounce",
        "unsubscribed",
        "suppressed: bounce",
        "removed",
        "not confirmed",
        "",
    ]
    assert states(store, made) == [SKIPPED] * 5 + [PENDING]
    assert batch(store, made).size == 1


def test_a_batch_that_everybody_left_is_passed_over(store: Store) -> None:
    ids = subscribe(store, 3)
    made = plan(store, ids, size=2)
    suppress(store, 0)
    suppress(store, 1)

    claimed = claim(store, made)

    assert claimed.number == 2
    assert batch_state(store, made, 1) is BatchState.ACCEPTED
    assert batch(store, made, 1).reason == "nobody was left to send to"
    assert states(store, made) == [SKIPPED, SKIPPED, PENDING]


def test_a_retry_keeps_its_key_and_counts_its_attempts(store: Store) -> None:
    made = plan(store, subscribe(store, 2))
    first = claim(store, made)
    put_back(store, first, in_doubt=True)

    second = claim(store, made, "somebody else")

    assert (second.key, second.first_sent_at) == (first.key, first.first_sent_at)
    assert (second.attempt, second.owner) == (2, "somebody else")
    assert second.deliveries == first.deliveries
    assert second.in_doubt


def test_a_batch_of_which_nothing_was_sent_starts_anew(store: Store) -> None:
    made = plan(store, subscribe(store, 3))
    first = claim(store, made)
    put_back(store, first, in_doubt=False)
    suppress(store, 1)
    assert batch(store, made).first_sent_at is None

    second = try_claim(store, made, subset_on_retry=False)

    assert second is not None
    assert not second.in_doubt
    assert second.first_sent_at >= first.first_sent_at
    assert (len(second.deliveries), second.suppressed) == (2, 1)


def test_in_doubt_those_who_left_may_have_got_it(store: Store) -> None:
    ids = subscribe(store, 3)
    made = plan(store, ids)
    put_back(store, claim(store, made), in_doubt=True)
    suppress(store, 1)

    claimed = claim(store, made)

    assert (len(claimed.deliveries), claimed.suppressed) == (2, 1)
    assert deliveries(store, made)[ids[1]].state is UNCERTAIN
    assert deliveries(store, made)[ids[1]].reason == (
        "suppressed: bounce, after an attempt in doubt"
    )


def test_in_doubt_a_batch_that_everybody_left_is_uncertain(store: Store) -> None:
    made = plan(store, subscribe(store, 1))
    put_back(store, claim(store, made), in_doubt=True)
    suppress(store, 0)

    assert try_claim(store, made) is None

    assert batch_state(store, made) is BatchState.UNCERTAIN
    assert states(store, made) == [UNCERTAIN]


def test_a_batch_in_doubt_is_repeated_whole_or_not_at_all(store: Store) -> None:
    ids = subscribe(store, 5)
    made = plan(store, ids)
    put_back(store, claim(store, made), in_doubt=True)
    suppress(store, 1)

    claimed = try_claim(store, made, subset_on_retry=False)

    assert claimed is not None
    assert claimed.number == 2
    assert batch_state(store, made, 1) is BatchState.UNCERTAIN
    assert states(store, made) == [UNCERTAIN] * 3 + [PENDING] * 2
    assert "recipients changed" in deliveries(store, made)[ids[0]].reason


def test_a_batch_in_doubt_is_compared_with_its_first_attempt(store: Store) -> None:
    made = plan(store, subscribe(store, 3))
    put_back(store, claim(store, made), in_doubt=True)
    suppress(store, 1)
    put_back(store, claim(store, made), in_doubt=True)

    assert try_claim(store, made, subset_on_retry=False) is None

    assert states(store, made) == [UNCERTAIN] * 3


def test_an_event_too_makes_a_batch_in_doubt_another_one(store: Store) -> None:
    ids = subscribe(store, 3)
    made = plan(store, ids)
    put_back(store, claim(store, made), in_doubt=True)
    tell(store, made, ids[2], DeliveryState.DELIVERED)

    assert try_claim(store, made, subset_on_retry=False) is None

    assert states(store, made) == [UNCERTAIN, UNCERTAIN, DeliveryState.DELIVERED]


def test_who_left_before_the_first_attempt_does_not_change_a_retry(
    store: Store,
) -> None:
    made = plan(store, subscribe(store, 3))
    suppress(store, 0)
    put_back(store, claim(store, made), in_doubt=True)

    claimed = try_claim(store, made, subset_on_retry=False)

    assert claimed is not None
    assert (len(claimed.deliveries), claimed.suppressed) == (2, 0)


def test_a_batch_that_was_put_back_waits_for_its_time(store: Store) -> None:
    made = plan(store, subscribe(store, 6))
    first = claim(store, made)
    with store.write() as connection:
        batches.release(connection, first, 60)

    assert claim(store, made).number == 2
    assert try_claim(store, made) is None
    with store.read() as connection:
        wait = batches.next_wait(connection, made.id)
    assert wait is not None
    assert 50 < wait <= 60

    let_time_pass(store, made)
    assert claim(store, made).number == 1


def test_there_is_no_wait_while_a_batch_is_due_nor_when_none_is_left(
    store: Store,
) -> None:
    made = plan(store, subscribe(store, 6))
    first = claim(store, made)
    with store.write() as connection:
        batches.release(connection, first, 60)
        assert batches.next_wait(connection, made.id) == 0
    claim(store, made)
    with store.read() as connection:
        wait = batches.next_wait(connection, made.id)
    assert wait is not None
    assert 50 < wait <= 60

    empty = plan(store, [], new=new_campaign(issue="empty"))
    with store.read() as connection:
        assert batches.next_wait(connection, empty.id) is None


def test_a_seal_tells_whether_the_bytes_are_those_of_the_attempt_in_doubt(
    store: Store,
) -> None:
    made = plan(store, subscribe(store, 2))
    first = claim(store, made)
    with store.write() as connection:
        assert batches.seal(connection, first, "abc")
        assert batches.seal(connection, first, "abc")
    put_back(store, first, in_doubt=True)
    second = claim(store, made)

    with store.write() as connection:
        assert not batches.seal(connection, first, "abc")
        assert not batches.seal(connection, second, "xyz")
        assert batches.seal(connection, second, "abc")


def test_a_seal_is_forgotten_when_nothing_was_sent(store: Store) -> None:
    made = plan(store, subscribe(store, 2))
    first = claim(store, made)
    with store.write() as connection:
        batches.seal(connection, first, "abc")
    put_back(store, first, in_doubt=False)

    with store.write() as connection:
        second = batches.claim(connection, made.id, "me", LEASE)
        assert second is not None
        assert batches.seal(connection, second, "xyz")


def test_many_workers_share_a_campaign_and_nobody_is_handed_out_twice(
    store: Store,
) -> None:
    ids = subscribe(store, 120)
    made = plan(store, ids, size=3)
    handed_out: list[int] = []
    errors: list[Exception] = []

    def work(name: str) -> None:
        try:
            while True:
                with store.write() as connection:
                    claimed = batches.claim(connection, made.id, name, LEASE)
                if claimed is None:
                    return
                handed_out.extend(each.subscriber_id for each in claimed.deliveries)
                with store.write() as connection:
                    assert batches.record(connection, claimed, accepted(claimed))
        except Exception as error:  # noqa: BLE001 - a thread's error must be seen
            errors.append(error)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert sorted(handed_out) == ids
    assert states(store, made) == [ACCEPTED] * 120
    assert {batch(store, made, n).attempt for n in range(1, 41)} == {1}


def test_a_worker_does_not_wait_for_another_ones_claim(postgres: Store) -> None:
    made = plan(postgres, subscribe(postgres, 6))

    with postgres.write() as one, postgres.write() as other:
        other.execute(text("SET LOCAL lock_timeout = '1s'"))
        first = batches.claim(one, made.id, "one", LEASE)
        second = batches.claim(other, made.id, "other", LEASE)

    assert first is not None
    assert second is not None
    assert (first.number, second.number) == (1, 2)
