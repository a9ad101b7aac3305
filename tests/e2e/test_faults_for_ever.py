"""Each fault of a provider at every call: it is given up soon, and nobody is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.errors import CampaignPaused, ProviderError
from newsletter.model.campaign import CampaignState
from newsletter.providers.simulator.faults import FAULTS, End
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from newsletter.sending.breaker import UNKNOWN
from newsletter.sending.controls import Controls
from tests.e2e.sites import send, site
from tests.sending.conftest import Clock

PEOPLE = {"resend": 250, "mailgun": 3_500}
CALL_SECONDS = 0.5
FOR_EVER = 100_000
FEWER_FAILURES = 10
MOST_CALLS = 60
CASES = [
    ("resend", ["429-day", "429-silent", "500", "reset-after", "schema"]),
    ("resend", ["revoked", "quota", "413"]),
    ("mailgun", ["429-garbage", "502", "reset-before", "hang-after", "cut", "empty"]),
    ("mailgun", ["revoked", "quota", "413"]),
]


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    """One process for all tests here."""
    with Simulator(Plan(dialect="mailgun")) as simulator:
        yield simulator


@pytest.mark.parametrize(
    ("provider", "kind"), [(name, kind) for name, kinds in CASES for kind in kinds]
)
def test_a_fault_that_does_not_end_is_given_up(
    publication: Path,
    running: Simulator,
    monkeypatch: pytest.MonkeyPatch,
    provider: str,
    kind: str,
) -> None:
    monkeypatch.setattr("newsletter.sending.breaker.FAILURES", FEWER_FAILURES)
    running.begin(Plan(dialect=provider, script=(f"{kind}*{FOR_EVER}",)))
    ours = site(publication, running, provider, PEOPLE[provider])
    clock = Clock()
    controls = Controls(sleep=clock.sleep, clock=clock, at_once=1)
    patience = CALL_SECONDS if FAULTS[kind].end is End.HANG else None

    with pytest.raises((CampaignPaused, ProviderError)) as caught:
        send(ours, controls, call_seconds=patience)

    states, copies = ours.states(), running.recipients()
    assert sum(states.values()) == ours.people
    assert set(copies.values()) <= {1}
    assert states.get("accepted", 0) <= len(copies)
    assert len(copies) <= states.get("accepted", 0) + states.get("uncertain", 0) + (
        # With a key they are known to the provider: the same call again will tell.
        states.get("pending", 0) if provider == "resend" else 0
    )
    assert running.counts().calls < MOST_CALLS
    assert states["pending"] > 0
    ((state, reason),) = ours.ask("SELECT state, reason FROM campaigns")
    assert state == CampaignState.PAUSED
    assert reason == caught.value.message
    if FAULTS[kind].doubt and provider == "mailgun":
        assert states["uncertain"] == UNKNOWN * 1_000
