"""`kill -9` at each place of the engine where it matters: nobody lost, nobody twice."""

import random
from collections.abc import Iterator

import pytest

from benchmarks.killing import (
    FAILPOINTS,
    RANDOM,
    Ground,
    Kill,
    ground,
    kills,
    survive,
)
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator

SIZE = {"resend": 100, "mailgun": 1000}
# More calls than go at once: else all may be written down at one time, where a kill at
# the second such time would never come.
PEOPLE = {"resend": 1_000, "mailgun": 5_000}
AT_ONCE = 4

Place = tuple[Ground, Simulator]


@pytest.fixture(scope="module")
def with_keys() -> Iterator[Place]:
    """A place to send from, through Resend."""
    with ground(PEOPLE["resend"], "resend") as made:
        yield made


@pytest.fixture(scope="module")
def without_keys() -> Iterator[Place]:
    """A place to send from, through Mailgun."""
    with ground(PEOPLE["mailgun"], "mailgun") as made:
        yield made


def course(provider: str) -> Plan:
    return Plan(dialect=provider, latency=0.005)


@pytest.mark.parametrize("place", [*FAILPOINTS, RANDOM])
def test_with_keys_a_kill_leaves_nothing_behind(with_keys: Place, place: str) -> None:
    dice = random.Random(place)

    found = survive(*with_keys, course("resend"), kills(place, 2, 10, dice))

    assert found.kept_the_promise
    assert found.uncertain == 0
    assert found.kills or place == RANDOM


@pytest.mark.parametrize("place", [*FAILPOINTS, RANDOM])
def test_without_keys_the_batches_under_way_are_uncertain_and_listed(
    without_keys: Place, place: str
) -> None:
    dice = random.Random(place)

    found = survive(*without_keys, course("mailgun"), kills(place, 1, 4, dice))

    assert found.kept_the_promise
    assert found.uncertain == found.in_flight
    assert found.uncertain <= AT_ONCE * SIZE["mailgun"]
    assert found.kills or place == RANDOM


def test_a_kill_is_a_kill(with_keys: Place) -> None:
    found = survive(*with_keys, course("resend"), [Kill(place="after_accept")] * 3)

    assert (found.kills, found.attempts) == (3, 4)
    assert found.in_flight > 0
