"""The pace that workers share: what one takes, or is told, the others are without."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newsletter.model.campaign import Campaign, CampaignState
from newsletter.sending.pace import Limits
from newsletter.sending.queued.pace import SharedPace
from newsletter.store import rates
from newsletter.store.engine import Store
from newsletter.store.rates import Rate
from tests.store.databases import fresh_schema

CAMPAIGN = Campaign(
    id=7,
    uid="0" * 32,
    issue="hello",
    segment="all",
    part=1,
    provider="resend",
    email_hash="0",
    state=CampaignState.SENDING,
    planned_at=datetime(2026, 11, 20, tzinfo=UTC),
    ended_at=None,
)
SLOW = Limits(per_second=0.01)
BY_THE_HOUR = Limits(per_hour=60, batch_size=10)

LATE = 30
"""Seconds that may pass between what is done and what is asked."""


@pytest.fixture
def store(postgres_url: str) -> Iterator[Store]:
    """An empty store on PostgreSQL."""
    with fresh_schema(postgres_url) as url, Store.open(url) as opened:
        yield opened


def two(store: Store, limits: Limits) -> tuple[SharedPace, SharedPace]:
    """The same limits in two processes."""
    return SharedPace(store, CAMPAIGN, limits), SharedPace(store, CAMPAIGN, limits)


def test_what_one_takes_the_other_waits_for(store: Store) -> None:
    mine, yours = two(store, SLOW)

    assert mine.take() == 0
    assert yours.take() == pytest.approx(100, abs=LATE)
    assert yours.wait() == pytest.approx(100, abs=LATE)


def test_a_grant_that_is_not_used_is_kept(store: Store) -> None:
    mine, yours = two(store, SLOW)

    assert mine.calls(4) == 1
    assert mine.calls(4) == 1
    assert yours.calls(4) == 0
    mine.took(10)
    assert mine.calls(4) == 0


def test_without_a_limit_all_hands_are_free(store: Store) -> None:
    mine, _ = two(store, Limits())

    assert mine.calls(4) == 4
    mine.took(10)
    assert mine.wait() == 0


def test_one_that_is_told_to_wait_holds_all(store: Store) -> None:
    mine, yours = two(store, Limits())

    mine.block(60)

    assert mine.wait() == pytest.approx(60, abs=LATE)
    assert yours.take() == pytest.approx(60, abs=LATE)
    assert yours.calls(4) == 0


def test_a_grant_is_no_way_around_a_block(store: Store) -> None:
    mine, yours = two(store, SLOW)
    assert mine.calls(4) == 1

    mine.block(60)

    assert mine.calls(4) == 0
    assert yours.take() == pytest.approx(60, abs=LATE)


def test_one_that_does_not_get_through_holds_nobody_else(store: Store) -> None:
    mine, yours = two(store, SLOW)
    assert mine.calls(4) == 1

    mine.pause(60)

    assert mine.take() == pytest.approx(60, abs=LATE)
    assert mine.calls(4) == 0
    # Not even by what was granted to it.
    assert yours.take() == 0


def test_without_a_limit_there_is_nothing_to_give_back(store: Store) -> None:
    mine, _ = two(store, Limits())
    assert mine.take() == 0

    mine.give_back()

    assert mine.take() == 0


def test_what_is_taken_and_not_used_is_given_back(store: Store) -> None:
    both = Limits(per_second=0.01, per_hour=60, batch_size=10)
    mine, yours = two(store, both)
    assert mine.take() == 0

    mine.give_back()

    assert yours.take() == 0


def test_recipients_by_the_hour_are_those_of_all(store: Store) -> None:
    mine, yours = two(store, BY_THE_HOUR)

    assert mine.take() == 0
    mine.took(4)
    assert yours.take() > 60
    # The provider's own row is another one, and what was not sent came back.
    other = replace(CAMPAIGN, id=8)
    assert SharedPace(store, other, BY_THE_HOUR).take() == 0


def test_recipients_are_given_back_when_the_provider_has_to_wait(store: Store) -> None:
    both = Limits(per_second=0.01, per_hour=60, batch_size=10)
    mine, _ = two(store, both)
    other = SharedPace(store, replace(CAMPAIGN, id=8), both)
    assert mine.take() == 0

    for _ in range(3):
        assert other.take() == pytest.approx(100, abs=LATE)

    with store.read() as connection:
        bucket = Rate("campaign 8", 0.01, 10)
        assert rates.wait(connection, bucket, 10) == 0
