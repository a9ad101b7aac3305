"""No network, a clock that jumps, readers who leave: in the middle of a send."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from newsletter.errors import CampaignPaused, ProviderError
from newsletter.model.campaign import CampaignState
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from newsletter.sending.controls import Controls
from tests.e2e.sites import Site, everybody_once, send, site
from tests.sending.conftest import Clock

TEN_MINUTES = 600.0
PEOPLE = {"mailgun": 2_500, "resend": 250}


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    """One process for all tests here."""
    with Simulator(Plan(dialect="mailgun")) as simulator:
        yield simulator


@pytest.fixture(params=sorted(PEOPLE))
def ours(request: pytest.FixtureRequest, publication: Path, running: Simulator) -> Site:
    """A publication that sends through a provider without keys, or one with."""
    running.begin(Plan(dialect=request.param))
    return site(publication, running, request.param, PEOPLE[request.param])


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], bool]], None]:
    """Names are not found, as long as something holds."""
    usual = socket.getaddrinfo

    def cut(gone: Callable[[], bool]) -> None:
        def getaddrinfo(*args: Any, **named: Any) -> Any:
            if gone():
                raise socket.gaierror(socket.EAI_AGAIN, "no name server")
            return usual(*args, **named)

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    return cut


def test_a_network_that_is_gone_for_ten_minutes_is_waited_for(
    ours: Site,
    running: Simulator,
    no_network: Callable[[Callable[[], bool]], None],
) -> None:
    clock = Clock()
    no_network(lambda: clock.now < TEN_MINUTES)

    send(ours, Controls(sleep=clock.sleep, clock=clock, at_once=1))

    assert clock.now >= TEN_MINUTES
    assert everybody_once(ours, running)


def test_a_network_that_stays_away_pauses_and_the_same_command_goes_on(
    ours: Site,
    running: Simulator,
    no_network: Callable[[Callable[[], bool]], None],
) -> None:
    clock = Clock()
    no_network(lambda: True)

    with pytest.raises((CampaignPaused, ProviderError)) as caught:
        send(ours, Controls(sleep=clock.sleep, clock=clock))

    assert "cannot be reached" in str(caught.value)
    assert ours.states() == {"pending": ours.people}
    assert ours.ask("SELECT state FROM campaigns") == [(str(CampaignState.PAUSED),)]
    no_network(lambda: False)
    send(ours, Controls(), again=True)
    assert everybody_once(ours, running)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE subscribers SET status = 'unsubscribed' WHERE id = {id}", "unsubscr"),
        (
            "INSERT OR IGNORE INTO suppressions (address_key, reason, since, note) "
            "SELECT address_key, 'complaint', created_at, '' FROM subscribers "
            "WHERE id = {id}",
            "suppressed: complaint",
        ),
        ("DELETE FROM subscribers WHERE id = {id}", "removed"),
    ],
    ids=["unsubscribed", "complained", "deleted"],
)
def test_who_leaves_during_the_send_is_left_out(
    ours: Site, running: Simulator, change: str, reason: str
) -> None:
    ((last, address),) = ours.ask(
        "SELECT id, address FROM subscribers ORDER BY id DESC LIMIT 1"
    )

    def leave(place: str) -> None:
        if place == "after_mark":
            ours.ask(change.format(id=last))

    found = send(ours, Controls(at=leave, at_once=1))

    copies = running.recipients()
    assert address not in copies
    assert len(copies) == ours.people - 1
    assert set(copies.values()) == {1}
    assert list(found.totals.skipped) != []
    assert reason in next(iter(found.totals.skipped))
    assert ours.states() == {"accepted": ours.people - 1, "skipped": 1}


def test_a_clock_that_went_back_two_days_does_not_send_twice_or_wait_for_two_days(
    ours: Site, running: Simulator
) -> None:
    """Seen from the ledger all it has noted lies two days ahead."""
    running.follow(Plan(dialect=ours.provider, script=("ok", "revoked*9")))
    with pytest.raises((CampaignPaused, ProviderError)):
        send(ours, Controls(at_once=1))
    running.follow(Plan(dialect=ours.provider))
    for column in ("not_before", "lease_until", "first_sent_at"):
        ours.ask(
            f"UPDATE batches SET {column} = strftime('%Y-%m-%d %H:%M:%f', {column}, "
            f"'+2 days') WHERE {column} IS NOT NULL"
        )
    clock = Clock()

    send(ours, Controls(sleep=clock.sleep, clock=clock), again=True)

    assert clock.now < 3_600
    assert everybody_once(ours, running)
