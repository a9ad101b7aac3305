"""One batch by its number: claimed, renewed, withdrawn, and asked about."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from newsletter.model.campaign import BatchState, Campaign, CampaignState, ClaimedBatch
from newsletter.store import batches, lifecycle, schema
from newsletter.store.batches import Claim, Grip
from newsletter.store.clock import now, utc_now_plus
from newsletter.store.engine import Store
from tests.store.ledger import accepted, batch, claim, plan, subscribe

LEASE = 60.0


@pytest.fixture
def made(store: Store) -> Campaign:
    """Three batches of two."""
    return plan(store, subscribe(store, 6), size=2)


def take(
    store: Store, made: Campaign, number: int, owner: str = "me/1"
) -> ClaimedBatch | None:
    with store.write() as connection:
        return batches.claim(connection, made.id, owner, LEASE, number=number)


def record(store: Store, claimed: ClaimedBatch) -> None:
    with store.write() as connection:
        assert batches.record(connection, claimed, accepted(claimed))


def seconds_left(store: Store, made: Campaign, number: int) -> float:
    with store.read() as connection:
        at = batches.due_again(connection, made.id, number)
        assert at is not None
        return (at - now(connection)).total_seconds()


def test_a_batch_is_claimed_by_its_number_and_once(
    store: Store, made: Campaign
) -> None:
    claimed = take(store, made, 2)

    assert claimed is not None
    assert claimed.number == 2
    assert take(store, made, 2) is None
    assert take(store, made, 7) is None
    following = claim(store, made)
    assert following.number == 1


def test_a_batch_that_is_not_due_is_not_claimed(store: Store, made: Campaign) -> None:
    with store.write() as connection:
        connection.execute(
            update(schema.batches)
            .where(schema.batches.c.number == 2)
            .values(not_before=utc_now_plus(100))
        )

    assert take(store, made, 2) is None
    assert seconds_left(store, made, 2) == pytest.approx(100, abs=5)
    assert seconds_left(store, made, 1) == pytest.approx(0, abs=5)


def test_a_batch_in_other_hands_comes_back_after_its_lease(
    store: Store, made: Campaign
) -> None:
    take(store, made, 1)

    assert seconds_left(store, made, 1) == pytest.approx(LEASE + 1, abs=5)


def test_what_is_over_or_stands_still_does_not_come_back(
    store: Store, made: Campaign
) -> None:
    claimed = take(store, made, 1)
    assert claimed is not None
    record(store, claimed)
    with store.write() as connection:
        assert batches.due_again(connection, made.id, 1) is None
        assert batches.due_again(connection, made.id, 9) is None
        among = [CampaignState.SENDING]
        lifecycle.move(connection, made.id, CampaignState.PAUSED, among=among)
        assert batches.due_again(connection, made.id, 2) is None


def test_a_lease_is_renewed_for_its_owner_only(store: Store, made: Campaign) -> None:
    take(store, made, 1, "me/1")
    take(store, made, 2, "you/1")
    with store.write() as connection:
        connection.execute(update(schema.batches).values(lease_until=now(connection)))
        mine = [Claim(made.id, 1, "me/1"), Claim(made.id, 2, "me/2")]
        batches.renew(connection, mine, 30)

    assert seconds_left(store, made, 1) == pytest.approx(31, abs=5)
    assert seconds_left(store, made, 2) < 5


def test_a_claim_without_a_call_leaves_no_trace(store: Store, made: Campaign) -> None:
    before = batch(store, made, 1)
    take(store, made, 1, "me/1")

    with store.write() as connection:
        assert not batches.withdraw(connection, Claim(made.id, 1, "you/1"))
        assert batches.withdraw(connection, Claim(made.id, 1, "me/1"))
        assert not batches.withdraw(connection, Claim(made.id, 1, "me/1"))

    after = batch(store, made, 1)
    assert after.state == BatchState.PENDING.value
    assert after._asdict() | {"owner": None} == before._asdict()


def test_an_earlier_attempt_in_doubt_stays_so(store: Store, made: Campaign) -> None:
    first = take(store, made, 1, "me/1")
    assert first is not None
    with store.write() as connection:
        batches.release(connection, first, 0, in_doubt=True)
    doubtful = batch(store, made, 1)
    take(store, made, 1, "me/2")

    with store.write() as connection:
        assert batches.withdraw(connection, Claim(made.id, 1, "me/2"))

    after = batch(store, made, 1)
    assert after.in_doubt
    assert after.first_sent_at == doubtful.first_sent_at
    assert after.first_sent_at - first.first_sent_at < timedelta(seconds=1)


def test_a_withdrawal_waits_for_the_commit_of_its_claim(
    postgres: Store,
) -> None:
    """The connection broke in the COMMIT: it may still come through, and then nobody
    would have the batch in hand."""
    made = plan(postgres, subscribe(postgres, 6), size=2)
    undone: list[bool] = []

    def withdraw() -> None:
        with postgres.write() as connection:
            undone.append(batches.withdraw(connection, Claim(made.id, 1, "me/1")))

    def waits_for_a_lock() -> bool:
        query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        with postgres.read() as connection:
            return bool(connection.scalar(text(query)))

    with postgres.write() as connection:
        batches.claim(connection, made.id, "me/1", LEASE, number=1)
        thread = threading.Thread(target=withdraw)
        thread.start()
        while thread.is_alive() and not waits_for_a_lock():
            pass
    thread.join()

    assert undone == [True]
    assert batch(postgres, made, 1).state == BatchState.PENDING.value


def test_the_ledger_says_how_a_claim_is_held(postgres: Store) -> None:
    made = plan(postgres, subscribe(postgres, 6), size=2)
    claimed = take(postgres, made, 1)
    assert claimed is not None

    def grip() -> Grip | None:
        with postgres.read() as connection:
            return batches.grip(connection, claimed)

    before = grip()
    assert before is not None
    assert before.lease_seconds == pytest.approx(LEASE, abs=5)
    assert before.age_seconds == pytest.approx(0, abs=5)
    with postgres.write() as connection:
        to, among = CampaignState.PAUSED, [CampaignState.SENDING]
        lifecycle.move(connection, made.id, to, among=among)
    after = grip()
    assert after is not None
    assert after.version != before.version
    record(postgres, claimed)
    assert grip() is None


def test_open_is_what_waits_or_is_under_way(store: Store, made: Campaign) -> None:
    def any_open() -> bool:
        with store.read() as connection:
            return batches.any_open(connection, made.id)

    for number in (1, 2, 3):
        assert any_open()
        claimed = take(store, made, number)
        assert claimed is not None
        assert any_open()
        record(store, claimed)
    assert not any_open()
