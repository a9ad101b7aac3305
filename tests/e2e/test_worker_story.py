"""The story: begun on SQLite, outgrown in the middle, finished by two workers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.model.campaign import DeliveryState
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from newsletter.sending.controls import Controls
from tests.e2e.fleet import Fleet
from tests.e2e.sites import Site, send, site
from tests.store.databases import fresh_schema

PEOPLE = 2_000
PROVIDER = "resend"


@pytest.fixture
def begun(publication: Path) -> Iterator[tuple[Site, Simulator]]:
    """Half of a campaign is sent, from a SQLite file."""
    with Simulator(Plan(dialect=PROVIDER)) as simulator:
        found = site(publication, simulator, PROVIDER, PEOPLE)
        half = Half(simulator)
        send(found, Controls(should_stop=half.is_sent, at_once=1))
        yield found, simulator


class Half:
    """Says stop when the provider has half of it."""

    def __init__(self, simulator: Simulator) -> None:
        """Ask that provider."""
        self._simulator = simulator

    def is_sent(self) -> bool:
        """Whether half of all people have got it."""
        return self._simulator.counts().copies >= PEOPLE / 2


def test_a_campaign_begun_on_sqlite_is_finished_by_two_workers_on_postgresql(
    begun: tuple[Site, Simulator], postgres_url: str
) -> None:
    ours, simulator = begun
    assert simulator.counts().copies == PEOPLE / 2
    with fresh_schema(postgres_url) as url:
        copied = ours.newsletter("db", "copy", "--to", url, "--yes")
        assert copied.returncode == 0, copied.stderr
        # From then on nobody can send from both.
        assert ours.newsletter("resume", "--yes").returncode == 6
        crew = Fleet(ours.home, url, PROVIDER, simulator, PEOPLE)
        try:
            # One that starts late finds something left to send.
            simulator.follow(Plan(dialect=PROVIDER, latency=3))
            crew.start("--concurrency", "1")
            crew.start("--concurrency", "1")
            crew.wait_until(lambda: crew.senders() == 3)
            simulator.follow(Plan(dialect=PROVIDER, latency=0.3))
            crew.wait_until(crew.is_done)
        finally:
            crew.end()

        assert crew.everybody_once()
        assert crew.standing().count(DeliveryState.ACCEPTED) == PEOPLE
        assert simulator.counts().calls == PEOPLE / 100
        assert crew.senders() == 3
        assert crew.command("db", "check").returncode == 0
