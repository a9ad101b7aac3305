"""One worker of several on PostgreSQL, in this process, and what others do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import pytest
from sqlalchemy import text

from newsletter.config.publication import load_publication
from newsletter.errors import NewsletterError
from newsletter.model.campaign import (
    BatchState,
    Campaign,
    CampaignState,
    DeliveryResult,
    DeliveryState,
)
from newsletter.model.event import Bounce, Event, EventKind
from newsletter.model.publication import Publication
from newsletter.sending.compose import compose
from newsletter.sending.controls import Controls
from newsletter.sending.deliver import Sender, Sent
from newsletter.sending.order import Order
from newsletter.sending.plan import plan
from newsletter.sending.queued.beat import LEASE_SECONDS, Beat
from newsletter.sending.queued.desks import Desks
from newsletter.sending.queued.hand import Hand
from newsletter.sending.queued.troubles import Troubles
from newsletter.sending.recovery import recover
from newsletter.store import batches, campaigns, events, subscribers
from newsletter.store.engine import Store
from tests.conftest import copy_publication
from tests.sending.conftest import ISSUE, SIGNER, people
from tests.sending.simulators import KeyedSimulator, Simulator
from tests.store.databases import empty, fresh_schema

QUEUE = ("jobs", "events", "periodic_defers", "workers")


@dataclass
class Crew:
    """A planned campaign, and this worker; `at` is done at a place of a call."""

    store: Store
    publication: Publication
    provider: Simulator
    campaign: Campaign
    per_second: float | None = None
    at: dict[str, Callable[[], None]] = field(default_factory=dict)
    told: list[Sent] = field(default_factory=list)
    said: list[NewsletterError] = field(default_factory=list)
    fatal: list[Exception] = field(default_factory=list)

    def _at(self, place: str) -> None:
        self.at.get(place, lambda: None)()

    @cached_property
    def sender(self) -> Sender:
        """Sends as newsletter.yaml says."""
        controls = Controls(at=self._at, per_second=self.per_second)
        return Sender(store=self.store, publication=self.publication, controls=controls)

    @cached_property
    def troubles(self) -> Troubles:
        """What keeps this worker from sending."""
        return Troubles(self.said.append)

    @cached_property
    def beat(self) -> Beat:
        """Beats when it is told to."""
        return Beat(self.store, 4, self.troubles.words, self.fatal.append)

    @cached_property
    def desks(self) -> Desks:
        """What this worker keeps of its campaigns."""
        return Desks(self.sender, self.told.append, self.troubles, self.beat.name)

    @cached_property
    def hand(self) -> Hand:
        """Sends for this worker."""
        return Hand(self.store, self.desks, self.beat, self.sender.controls)

    def send(self, number: int = 1) -> None:
        """Follow the hint at a batch."""
        self.hand.send(self.campaign.id, number)

    def state(self) -> CampaignState:
        """How the campaign stands."""
        with self.store.read() as connection:
            found = campaigns.get(connection, self.campaign.id)
        assert found is not None
        return found.state

    def batch(self, number: int = 1) -> Any:
        """The row of a batch."""
        which = {"id": self.campaign.id, "number": number}
        query = "SELECT * FROM batches WHERE campaign_id = :id AND number = :number"
        with self.store.read() as connection:
            return connection.execute(text(query), which).one()

    def change(self, statement: str) -> None:
        """Change the database as another process would."""
        with self.store.write() as connection:
            connection.execute(text(statement))

    def others_take_over(self, number: int = 1) -> None:
        """The lease of a batch is over, and another worker sends what may be sent."""
        late = "lease_until = clock_timestamp() - interval '1 s'"
        self.change(f"UPDATE batches SET {late} WHERE number = {number}")
        able = self.provider.capabilities
        recover(self.store, self.campaign, able, everything=False)
        self.others_send(number)

    def others_send(self, number: int = 1) -> None:
        """Another worker sends a batch, if it is due."""
        with self.store.write() as connection:
            claimed = batches.claim(
                connection, self.campaign.id, "other:1/1", LEASE_SECONDS, number=number
            )
            if claimed:
                accepted = [
                    DeliveryResult(each.subscriber_id, DeliveryState.ACCEPTED)
                    for each in claimed.deliveries
                ]
                batches.record(connection, claimed, accepted)

    def mailboxes_refuse(self, bounce: Bounce, number: int) -> None:
        """So many readers' mailboxes send the letter back."""
        with self.store.write() as connection:
            ids = [each.id for each in subscribers.iterate(connection)][:number]
            moment = datetime.now(UTC)
            bounced = [
                Event(
                    id=f"{bounce} {id}",
                    kind=EventKind.BOUNCED,
                    at=moment,
                    address="",
                    bounce=bounce,
                )
                for id in ids
            ]
            about = [(self.campaign.id, id) for id in ids]
            pairs = [*zip(bounced, about, strict=True)]
            events.add(connection, self.campaign.provider, moment, pairs)

    def states(self) -> dict[str, int]:
        """How many batches are in which state."""
        query = "SELECT state, count(*) FROM batches GROUP BY state"
        with self.store.read() as connection:
            return {row[0]: row[1] for row in connection.execute(text(query))}


SENT = BatchState.ACCEPTED.value
WAITS = BatchState.PENDING.value


@pytest.fixture(scope="session")
def migrated(postgres_url: str) -> Iterator[str]:
    """The URL of a schema with all tables, to be emptied by each test."""
    with fresh_schema(postgres_url) as url:
        Store.open(url).close()
        yield url


@pytest.fixture
def database(migrated: str) -> Iterator[Store]:
    """An empty store on PostgreSQL."""
    with Store.open(migrated) as opened:
        yield opened
        with opened.write() as connection:
            empty(connection, *(f"procrastinate_{name}" for name in QUEUE))


@pytest.fixture(scope="session")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Order:
    """The newest sample issue, to everybody; made once, since it is only read."""
    home = tmp_path_factory.mktemp("queued") / "publication"
    copy_publication(home)
    publication = load_publication(home, {})
    return Order(composed=compose(publication, ISSUE), publication=publication)


@pytest.fixture(params=["keys", "no keys"])
def provider(request: pytest.FixtureRequest) -> Simulator:
    """A provider that recognises keys, and one that has none."""
    return KeyedSimulator() if request.param == "keys" else Simulator()


@pytest.fixture
def keyed() -> Simulator:
    """A provider that recognises keys."""
    return KeyedSimulator()


def begin(
    store: Store, order: Order, provider: Simulator, number: int, **details: Any
) -> Crew:
    """Plan a campaign to so many readers, in batches of ten."""
    with store.write() as connection:
        subscribers.upsert(connection, people(number))
    campaign = plan(store, order, provider, SIGNER)
    return Crew(store, order.publication, provider, campaign, **details)


@pytest.fixture
def crew(
    database: Store,
    ours: Order,
    provider: Simulator,
    monkeypatch: pytest.MonkeyPatch,
) -> Crew:
    """Three batches of ten are to be sent."""
    surround(monkeypatch, provider)
    return begin(database, ours, provider, 30)


@pytest.fixture
def keyed_crew(
    database: Store, ours: Order, keyed: Simulator, monkeypatch: pytest.MonkeyPatch
) -> Crew:
    """The same, with keys."""
    surround(monkeypatch, keyed)
    return begin(database, ours, keyed, 30)


def surround(monkeypatch: pytest.MonkeyPatch, provider: Simulator) -> None:
    """Let every worker have this provider, and the secret."""
    monkeypatch.setenv("NEWSLETTER_SECRET", "a secret of the tests")
    place = "newsletter.sending.queued.desks.open_provider"
    monkeypatch.setattr(place, lambda _name, _publication: provider)
