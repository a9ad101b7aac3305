"""Workers that are killed or frozen inside a call, with and without keys."""

import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from newsletter.model.campaign import DeliveryState
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from newsletter.sending.rehearsal.invented import addresses
from newsletter.sending.status import named
from newsletter.store.engine import Store
from tests.e2e.fleet import Fleet, fleet
from tests.e2e.sites import ISSUE
from tests.store.databases import fresh_schema

PEOPLE = {"resend": 600, "mailgun": 4_000}
SIZE = {"resend": 100, "mailgun": 1_000}
KEYS, NO_KEYS = "resend", "mailgun"

WITHIN_SECONDS = 30.0
"""A batch is redone, or listed, so long after its worker was killed."""


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    """One process for all tests here."""
    with Simulator(Plan(dialect=KEYS)) as simulator:
        yield simulator


@pytest.fixture
def crew(
    request: pytest.FixtureRequest,
    publication: Path,
    postgres_url: str,
    running: Simulator,
) -> Iterator[Fleet]:
    """A campaign is planned; the first call never ends, all others do at once."""
    name = request.param
    running.begin(Plan(dialect=name, script=["hang-after"]))
    with (
        fresh_schema(postgres_url) as url,
        fleet(publication, url, name, running, PEOPLE[name]) as found,
    ):
        found.plan()
        yield found


def in_a_call(crew: Fleet) -> bool:
    return crew.has_called(1)


@pytest.mark.parametrize("crew", [KEYS, NO_KEYS], indirect=True)
def test_the_batch_of_a_killed_worker_is_redone_or_listed_in_time(crew: Fleet) -> None:
    worker = crew.start("--concurrency", "1")
    crew.wait_until(lambda: in_a_call(crew))
    crew.start()
    crew.start()
    crew.wait_until(partial(crew.has_called, crew.people // SIZE[crew.provider]))
    worker.kill()

    seconds = crew.wait_until(crew.is_done)

    assert seconds < WITHIN_SECONDS
    counts = crew.simulator.counts()
    assert counts.twice == 0
    assert crew.everybody_once()
    found = crew.standing()
    if crew.provider == KEYS:
        assert counts.repeats == 1
        assert found.count(DeliveryState.ACCEPTED) == crew.people
        return
    # It was accepted, as it happens; but nobody can know that.
    listed = crew.command("status", ISSUE, "--list", "uncertain").stdout
    assert len(listed.splitlines()) == found.count(DeliveryState.UNCERTAIN)
    assert found.count(DeliveryState.UNCERTAIN) == SIZE[NO_KEYS]
    assert "the process died during the call, and the provider has no keys" in listed


@pytest.mark.parametrize("crew", [KEYS], indirect=True)
def test_the_batch_of_a_killed_worker_does_not_wait_for_the_clock_of_its_heir(
    crew: Fleet,
) -> None:
    crew.hasty = True
    worker = crew.start("--concurrency", "1")
    crew.wait_until(lambda: in_a_call(crew))
    worker.kill()
    crew.start(clock_hours=2)

    crew.wait_until(crew.is_done)

    assert crew.everybody_once()
    assert crew.simulator.counts().repeats == 1


@pytest.mark.parametrize("crew", [KEYS, NO_KEYS], indirect=True)
def test_a_frozen_worker_is_fenced_out_when_it_wakes_up(crew: Fleet) -> None:
    crew.hasty = True
    # Long enough to be frozen within, and over before it is taken for dead.
    crew.simulator.begin(Plan(dialect=crew.provider, latency=6))
    frozen = crew.start("--concurrency", "1")
    crew.wait_until(lambda: in_a_call(crew))
    frozen.send_signal(signal.SIGSTOP)
    crew.simulator.follow(Plan(dialect=crew.provider))
    crew.start()
    crew.wait_until(crew.is_done)
    before = crew.standing()

    frozen.send_signal(signal.SIGCONT)
    # It finds the answer waiting, and says so where it is news: nobody knew it.
    crew.wait_until(lambda: crew.standing().complete)
    frozen.send_signal(signal.SIGTERM)
    _, err = frozen.communicate(timeout=60)

    assert frozen.returncode == 0, err
    assert "Traceback" not in err
    assert crew.everybody_once()
    uncertain = before.count(DeliveryState.UNCERTAIN)
    assert uncertain == (0 if crew.provider == KEYS else SIZE[NO_KEYS])
    assert crew.standing().count(DeliveryState.ACCEPTED) == crew.people


@pytest.mark.parametrize("crew", [KEYS], indirect=True)
def test_workers_killed_again_and_again_lose_and_repeat_nobody(crew: Fleet) -> None:
    crew.hasty = True
    # However late they are killed, it is within a call: something is left to do.
    crew.simulator.begin(Plan(dialect=KEYS, latency=5))
    for _ in range(3):
        before = crew.simulator.counts().calls
        crew.start("--concurrency", "2")
        worker = crew.start("--concurrency", "2")
        crew.wait_until(partial(crew.has_called, before + 2))
        for each in crew.workers:
            if each.poll() is None:
                os.kill(each.pid, signal.SIGKILL)
        worker.wait(60)
    crew.simulator.follow(Plan(dialect=KEYS, latency=0.3))
    crew.start()

    crew.wait_until(crew.is_done)

    assert crew.everybody_once()
    assert crew.standing().count(DeliveryState.ACCEPTED) == crew.people
    with Store.open(crew.store_url) as store:
        accepted = named(store, crew.standing(), DeliveryState.ACCEPTED)
    assert {each.address for each in accepted} == set(addresses(crew.people))
