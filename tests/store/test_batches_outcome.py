"""Outcomes: what the provider said, once, and by the worker whose batch it is."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from newsletter.model.campaign import (
    BatchState,
    ClaimedBatch,
    DeliveryResult,
    DeliveryState,
)
from newsletter.store import batches, planning
from newsletter.store.engine import Store
from tests.store.ledger import (
    accepted,
    add_deliveries,
    batch,
    batch_state,
    claim,
    deliveries,
    delivery,
    let_time_pass,
    new_campaign,
    plan,
    states,
    subscribe,
    tell,
)

ACCEPTED, PENDING = DeliveryState.ACCEPTED, DeliveryState.PENDING
REJECTED, UNCERTAIN = DeliveryState.REJECTED, DeliveryState.UNCERTAIN


def record(store: Store, claimed: ClaimedBatch, results: list[DeliveryResult]) -> bool:
    with store.write() as connection:
        return batches.record(connection, claimed, results)


@pytest.mark.parametrize("with_ids", [False, True])
def test_a_batch_that_was_accepted(store: Store, with_ids: bool) -> None:
    ids = subscribe(store, 5)
    made = plan(store, ids)
    claimed = claim(store, made)

    assert record(store, claimed, accepted(claimed, with_ids=with_ids))

    assert states(store, made) == [ACCEPTED] * 3 + [PENDING] * 2
    assert batch_state(store, made) is BatchState.ACCEPTED
    assert batch(store, made).lease_until is None
    kept = [deliveries(store, made)[id].message_id for id in ids[:3]]
    assert kept == ([f"id-{id}" for id in ids[:3]] if with_ids else [""] * 3)


def test_each_recipient_may_have_a_result_of_their_own(store: Store) -> None:
    ids = subscribe(store, 4)
    made = plan(store, ids, size=4)
    claimed = claim(store, made)

    assert record(
        store,
        claimed,
        [
            DeliveryResult(ids[2], UNCERTAIN, reason="no answer for it"),
            DeliveryResult(ids[0], ACCEPTED, "m-1"),
            DeliveryResult(ids[1], REJECTED, reason="422 “bad” {address}\n'"),
        ],
    )

    lines = deliveries(store, made)
    assert [lines[id].state for id in ids] == [ACCEPTED, REJECTED, UNCERTAIN, UNCERTAIN]
    assert [lines[id].reason for id in ids] == [
        "",
        "422 “bad” {address}\n'",
        "no answer for it",
        "the provider did not say",
    ]
    assert lines[ids[0]].message_id == "m-1"


def test_no_result_at_all_leaves_everybody_uncertain(store: Store) -> None:
    made = plan(store, subscribe(store, 2))

    assert record(store, claim(store, made), [])

    assert states(store, made) == [UNCERTAIN] * 2


def test_a_simple_yes_that_leaves_somebody_out_is_not_a_yes_for_all(
    store: Store,
) -> None:
    made = plan(store, subscribe(store, 3))
    claimed = claim(store, made)

    record(store, claimed, accepted(claimed)[:2])

    assert states(store, made) == [ACCEPTED, ACCEPTED, UNCERTAIN]


def test_a_result_for_somebody_elses_delivery_changes_nothing(store: Store) -> None:
    ids = subscribe(store, 4)
    made = plan(store, ids, size=2)
    other = plan(store, ids, new=new_campaign(issue="other"))
    claimed = claim(store, made)

    record(store, claimed, [DeliveryResult(id, ACCEPTED, "x") for id in ids])

    assert states(store, made) == [ACCEPTED, ACCEPTED, PENDING, PENDING]
    assert states(store, other) == [PENDING] * 4


@pytest.mark.parametrize("with_ids", [False, True])
def test_batches_may_lie_within_each_other(store: Store, with_ids: bool) -> None:
    ids = subscribe(store, 5)
    made = plan(store, [])
    with store.write() as connection:
        rows = [(delivery(id), 1 + place % 2) for place, id in enumerate(ids)]
        add_deliveries(connection, made.id, rows)
        keyed = [
            (
                planning.BatchRange(
                    number=n, lo=group[0], hi=group[-1], size=len(group)
                ),
                f"key-{n}",
            )
            for n, group in ((1, ids[::2]), (2, ids[1::2]))
        ]
        planning.add_batches(connection, made.id, keyed)

    claimed = claim(store, made)
    assert [each.subscriber_id for each in claimed.deliveries] == ids[::2]
    assert record(store, claimed, accepted(claimed, with_ids=with_ids))

    assert states(store, made) == [ACCEPTED, PENDING, ACCEPTED, PENDING, ACCEPTED]


@pytest.mark.parametrize("with_ids", [False, True])
@pytest.mark.parametrize("told", [DeliveryState.DELIVERED, DeliveryState.BOUNCED])
def test_what_an_event_told_first_is_not_taken_back(
    store: Store, told: DeliveryState, with_ids: bool
) -> None:
    ids = subscribe(store, 3)
    made = plan(store, ids)
    claimed = claim(store, made)
    tell(store, made, ids[1], told)

    assert record(store, claimed, accepted(claimed, with_ids=with_ids))

    assert states(store, made) == [ACCEPTED, told, ACCEPTED]


def test_a_batch_put_back_can_be_claimed_after_its_wait(store: Store) -> None:
    made = plan(store, subscribe(store, 2))
    claimed = claim(store, made)

    with store.write() as connection:
        assert batches.release(connection, claimed, 60)
        assert batches.claim(connection, made.id, "me", 60) is None

    row = batch(store, made)
    assert (row.state, row.lease_until) == (BatchState.PENDING, None)
    assert not row.in_doubt
    assert row.first_sent_at is None
    assert states(store, made) == [PENDING] * 2
    let_time_pass(store, made)
    assert claim(store, made).attempt == 2


def test_a_doubt_stays_whatever_comes_after_it(store: Store) -> None:
    made = plan(store, subscribe(store, 2))
    first = claim(store, made)
    with store.write() as connection:
        batches.release(connection, first, 0, in_doubt=True)
    second = claim(store, made)
    with store.write() as connection:
        batches.release(connection, second, 0)

    third = claim(store, made)

    assert third.in_doubt
    assert third.first_sent_at == first.first_sent_at


def test_a_batch_that_is_refused_for_good(store: Store) -> None:
    made = plan(store, subscribe(store, 4))
    claimed = claim(store, made)

    with store.write() as connection:
        assert batches.give_up(connection, claimed, "413 too large")

    assert batch_state(store, made) is BatchState.REJECTED
    assert batch(store, made).reason == "413 too large"
    assert states(store, made) == [REJECTED] * 3 + [PENDING]
    assert {line.reason for line in list(deliveries(store, made).values())[:3]} == {
        "413 too large"
    }


def test_a_refusal_proves_nothing_after_an_attempt_in_doubt(store: Store) -> None:
    made = plan(store, subscribe(store, 2))
    first = claim(store, made)
    with store.write() as connection:
        batches.release(connection, first, 0, in_doubt=True)
    second = claim(store, made)

    with store.write() as connection:
        assert batches.give_up(connection, second, "401 key revoked")

    assert batch_state(store, made) is BatchState.UNCERTAIN
    assert states(store, made) == [UNCERTAIN] * 2


def test_a_batch_nobody_knows_the_outcome_of(store: Store) -> None:
    ids = subscribe(store, 3)
    made = plan(store, ids)
    claimed = claim(store, made)
    tell(store, made, ids[0], DeliveryState.DELIVERED)

    with store.write() as connection:
        assert batches.set_uncertain(connection, claimed, "read timeout")

    assert batch_state(store, made) is BatchState.UNCERTAIN
    assert states(store, made) == [DeliveryState.DELIVERED, UNCERTAIN, UNCERTAIN]
    with store.write() as connection:
        assert batches.claim(connection, made.id, "me", 60) is None


Report = Callable[[Connection, ClaimedBatch], bool]

REPORTS: dict[str, Report] = {
    "record": lambda connection, claimed: batches.record(
        connection, claimed, accepted(claimed)
    ),
    "record nothing": lambda connection, claimed: batches.record(
        connection, claimed, []
    ),
    "release": lambda connection, claimed: batches.release(connection, claimed, 0),
    "give up": lambda connection, claimed: batches.give_up(connection, claimed, "no"),
    "uncertain": lambda connection, claimed: batches.set_uncertain(
        connection, claimed, "?"
    ),
}


@pytest.mark.parametrize("late", REPORTS)
@pytest.mark.parametrize("owner", ["me", "somebody else"])
def test_a_worker_whose_batch_was_taken_over_changes_nothing(
    store: Store, late: str, owner: str
) -> None:
    made = plan(store, subscribe(store, 2))
    frozen = claim(store, made, lease=-1)
    with store.write() as connection:
        (orphan,) = batches.orphans(connection, made.id, everything=False)
        batches.reopen(connection, orphan)
    claim(store, made, owner)
    before = batch(store, made), deliveries(store, made)

    with store.write() as connection:
        assert not REPORTS[late](connection, frozen)

    assert (batch(store, made), deliveries(store, made)) == before


@pytest.mark.parametrize("report", REPORTS)
def test_nobody_reports_for_another_worker(store: Store, report: str) -> None:
    made = plan(store, subscribe(store, 2))
    claimed = claim(store, made, "me")

    with store.write() as connection:
        other = replace(claimed, owner="a copy of the database")
        assert not REPORTS[report](connection, other)

    assert batch_state(store, made) is BatchState.IN_FLIGHT


@pytest.mark.parametrize("late", REPORTS)
@pytest.mark.parametrize("first", REPORTS)
def test_an_outcome_is_written_once(store: Store, first: str, late: str) -> None:
    made = plan(store, subscribe(store, 2))
    claimed = claim(store, made)
    with store.write() as connection:
        assert REPORTS[first](connection, claimed)
    before = batch(store, made), deliveries(store, made)

    with store.write() as connection:
        assert not REPORTS[late](connection, claimed)

    assert (batch(store, made), deliveries(store, made)) == before
