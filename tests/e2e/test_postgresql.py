"""The same promise on PostgreSQL: a killed sender, and two senders at once."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import update

from newsletter.config.publication import load_publication
from newsletter.model.campaign import CampaignState, DeliveryState
from newsletter.model.publication import Publication
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from newsletter.sending.compose import compose
from newsletter.sending.controls import Controls
from newsletter.sending.deliver import Sender, Sent, left
from newsletter.sending.order import Order
from newsletter.sending.rehearsal.invented import addresses, pages
from newsletter.sending.rehearsal.simulated import made_up_keys, point_at
from newsletter.sending.status import CampaignStatus, named, overview
from newsletter.store import subscribers
from newsletter.store.clock import utc_now
from newsletter.store.engine import Store
from newsletter.store.schema import batches
from tests.e2e.sites import ISSUE, SECRET
from tests.store.databases import fresh_schema

PEOPLE = 4_000
SIZE = {"mailgun": 1_000, "resend": 100}
_PROCESSES = multiprocessing.get_context("forkserver")


@dataclass(frozen=True)
class Place:
    """A publication whose store is in PostgreSQL, and its provider."""

    home: Path
    store: str
    provider: str
    simulator: str

    @property
    def publication(self) -> Publication:
        """It as newsletter.yaml says, its provider simulated and without a limit."""
        found = point_at(load_publication(self.home), self.provider, self.simulator)
        fast = found.providers.of(self.provider).model_copy(update={"per_second": 1e4})
        providers = found.providers.model_copy(update={self.provider: fast})
        return found.model_copy(update={"providers": providers, "store": self.store})


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    """One process for all tests here."""
    with Simulator(Plan(dialect="mailgun")) as simulator:
        yield simulator


@pytest.fixture(params=sorted(SIZE))
def place(
    request: pytest.FixtureRequest,
    publication: Path,
    postgres_url: str,
    running: Simulator,
) -> Iterator[Place]:
    """Many subscribers in a database of their own."""
    running.begin(Plan(dialect=request.param, latency=0.005))
    with fresh_schema(postgres_url) as url:
        with Store.open(url) as store:
            for page in pages(PEOPLE):
                with store.bulk() as connection:
                    subscribers.upsert(connection, page)
        yield Place(publication, url, request.param, running.url)


def send(place: Place, dies_after: int = 0) -> list[Sent]:
    """Send, or go on; with `dies_after` killed when that call was accepted."""
    os.environ.update(made_up_keys(place.provider), NEWSLETTER_SECRET=SECRET)
    calls = [dies_after]

    def at(name: str) -> None:
        if name == "after_accept":
            calls[0] -= 1
            if not calls[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    publication = place.publication
    controls = Controls(at=at, at_once=2)
    with Store.open(place.store) as store:
        sender = Sender(store=store, publication=publication, controls=controls)
        if left(store):
            return sender.resume()
        if overview(store):
            return []  # the other was so fast that it is over
        order = Order(composed=compose(publication, ISSUE), publication=publication)
        return [sender.send(order, place.provider)]


def start(place: Place, dies_after: int = 0) -> multiprocessing.process.BaseProcess:
    """A process of its own that sends."""
    process = _PROCESSES.Process(target=send, args=(place, dies_after))
    process.start()
    return process


def outcome(store: Store) -> CampaignStatus:
    (found,) = overview(store)
    return found


def leases_end(store: Store) -> None:
    """Pretend that the dead have been away for longer than their leases."""
    with store.write() as connection:
        connection.execute(
            update(batches)
            .where(batches.c.lease_until.is_not(None))
            .values(lease_until=utc_now())
        )


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process's environment be as it was when `send` has been called here."""
    for name in ("MAILGUN_API_KEY", "RESEND_API_KEY", "NEWSLETTER_SECRET"):
        monkeypatch.setenv(name, "")


@pytest.mark.usefixtures("keys")
def test_a_killed_send_is_taken_up_when_its_leases_are_over(
    place: Place, running: Simulator
) -> None:
    process = start(place, dies_after=2)
    process.join(120)
    assert process.exitcode == -signal.SIGKILL

    with Store.open(place.store) as store:
        in_flight = outcome(store).count(DeliveryState.IN_FLIGHT)
        assert 0 < in_flight <= 2 * SIZE[place.provider]
        # Somebody may be at it still: all others get theirs, and it is not over.
        (early,) = send(place)
        assert not early.finished
        assert early.report.count(DeliveryState.ACCEPTED) == PEOPLE - in_flight

        leases_end(store)
        (sent,) = send(place)

        assert sent.finished
        found = outcome(store)
        assert found.campaign.state is CampaignState.DONE
        copies = running.recipients()
        assert set(copies.values()) == {1}
        doubt = in_flight if place.provider == "mailgun" else 0
        uncertain = {each.address for each in named(store, found, _UNCERTAIN)}
        assert len(uncertain) == found.count(_UNCERTAIN) == doubt
        assert found.count(DeliveryState.ACCEPTED) == PEOPLE - doubt
        assert copies.keys() | uncertain == set(addresses(PEOPLE))


_UNCERTAIN = DeliveryState.UNCERTAIN


@pytest.mark.usefixtures("keys")
def test_two_senders_at_once_share_the_work(place: Place, running: Simulator) -> None:
    publication = place.publication
    os.environ.update(made_up_keys(place.provider), NEWSLETTER_SECRET=SECRET)
    with Store.open(place.store) as store:
        stopped = Controls(should_stop=lambda: True)
        order = Order(composed=compose(publication, ISSUE), publication=publication)
        sender = Sender(store=store, publication=publication, controls=stopped)
        assert not sender.send(order, place.provider).finished

        processes = [start(place), start(place)]
        for process in processes:
            process.join(120)

        assert [process.exitcode for process in processes] == [0, 0]
        assert outcome(store).complete
        assert running.recipients() == dict.fromkeys(addresses(PEOPLE), 1)
