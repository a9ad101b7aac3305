"""Pace: never more than allowed in any window, and as fast as allowed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.sending.pace import Bucket, Pace, portion
from tests.sending.conftest import Clock


def sent(pace: Pace, clock: Clock, batch: int, seconds: float) -> list[float]:
    """The times of all calls in so many seconds, made as soon as they may be."""
    calls: list[float] = []
    while clock.now < seconds:
        if pace.calls(4):
            pace.took(batch)
            calls.append(clock.now)
        else:
            before = clock.now
            clock.sleep(pace.wait())
            assert clock.now > before, "it would wait for ever"
    return calls


def most_in(calls: list[float], window: float) -> int:
    found = first = 0
    for last, moment in enumerate(calls):
        while moment - calls[first] >= window:
            first += 1
        found = max(found, last - first + 1)
    return found


@settings(deadline=None)
@given(per_second=st.floats(0.1, 50))
def test_no_second_has_more_calls_than_allowed(per_second: float) -> None:
    clock = Clock()
    pace = Pace(per_second=per_second, clock=clock)

    calls = sent(pace, clock, 1, 60 / per_second)

    window = 10 / per_second
    assert most_in(calls, window * 0.999) <= 10
    assert len(calls) >= 59


@settings(deadline=None)
@given(per_hour=st.integers(1, 100_000), batch=st.sampled_from([1, 50, 100, 1000]))
def test_no_hour_has_more_recipients_than_allowed(per_hour: int, batch: int) -> None:
    clock = Clock()
    size = portion(batch, per_hour)
    pace = Pace(per_hour=per_hour, batch_size=size, clock=clock)

    calls = sent(pace, clock, size, 3 * 3600)

    assert most_in(calls, 3599.9) * size <= per_hour
    assert len(calls) * size >= per_hour * 1.4


def test_a_new_process_goes_on_at_the_same_pace() -> None:
    clock = Clock()
    fresh = Pace(per_hour=600, batch_size=10, clock=clock)
    resumed = Pace(per_hour=600, batch_size=10, idle_seconds=1, clock=clock)
    rested = Pace(per_hour=600, batch_size=10, idle_seconds=3600, clock=clock)

    assert (fresh.wait(), rested.wait()) == (0, 0)
    assert resumed.wait() == pytest.approx(60, rel=0.05)


def test_without_limits_all_free_hands_may_call() -> None:
    pace = Pace(clock=Clock())

    assert pace.calls(4) == 4
    pace.took(1000)
    assert pace.calls(3) == 3


def test_a_block_holds_for_everything_and_the_longer_one_wins() -> None:
    clock = Clock()
    pace = Pace(clock=clock)
    pace.block(30)
    pace.block(5)

    assert (pace.calls(4), pace.wait()) == (0, 30)
    clock.sleep(30)
    assert pace.calls(4) == 4


def test_a_clock_that_goes_back_gives_no_tokens() -> None:
    bucket = Bucket(rate=1, size=5, at=100.0)
    bucket.take(5, 100.0)

    assert bucket.level(40.0) == 0
    assert bucket.wait(1, 40.0) == 1


@pytest.mark.parametrize(
    ("batch", "per_hour", "expected"),
    [(1000, None, 1000), (1000, 6000, 100), (100, 60_000, 100), (100, 10, 1)],
)
def test_a_batch_is_a_minute_s_worth_at_most(
    batch: int, per_hour: float | None, expected: int
) -> None:
    assert portion(batch, per_hour) == expected
