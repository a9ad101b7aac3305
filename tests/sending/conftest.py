"""A publication, a store with subscribers, and orders to send."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsletter.config.publication import load_publication
from newsletter.model.publication import Publication
from newsletter.model.subscriber import NewSubscriber
from newsletter.model.token import Signer
from newsletter.sending.compose import compose
from newsletter.sending.controls import Controls
from newsletter.sending.deliver import Sender
from newsletter.sending.order import Order
from newsletter.store import subscribers
from newsletter.store.engine import Store

ISSUE = "pull-up-the-second-chair"
SIGNER = Signer(b"a secret of the tests")


@pytest.fixture
def settings(publication: Path) -> Publication:
    """The sample publication, loaded."""
    return load_publication(publication, {})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as opened:
        yield opened


@pytest.fixture
def order(settings: Publication) -> Order:
    """The newest sample issue, to everybody."""
    return Order(composed=compose(settings, ISSUE), publication=settings)


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        """Begin at nought."""
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.now += seconds

    def __call__(self) -> float:
        """The seconds that have passed."""
        return self.now


def at_once(calls: int | None = None) -> Controls:
    """Controls of a run alone on the machine, whose pauses take no time."""
    clock = Clock()
    return Controls(alone=True, sleep=clock.sleep, clock=clock, at_once=calls)


def people(number: int, first: int = 1) -> list[NewSubscriber]:
    """Readers with addresses and names of their own."""
    return [
        NewSubscriber(
            address=f"reader{n}@example.com",
            address_key=f"reader{n}@example.com",
            attributes={"first_name": f"Zoë {n}"},
        )
        for n in range(first, first + number)
    ]


@pytest.fixture
def subscribe(store: Store) -> Callable[[int], None]:
    """Add this many more subscribers."""
    count = 0

    def add(number: int) -> None:
        nonlocal count
        with store.write() as connection:
            subscribers.upsert(connection, people(number, count + 1))
        count += number

    return add


@pytest.fixture
def home(settings: Publication, tmp_path: Path) -> Publication:
    """The sample publication with a store of its own."""
    return settings.model_copy(update={"store": f"sqlite:///{tmp_path / 'store.db'}"})


@pytest.fixture
def subscribed(store: Store) -> Store:
    """The store with ten readers."""
    with store.write() as connection:
        subscribers.upsert(connection, people(10))
    return store


@pytest.fixture
def sender(subscribed: Store, home: Publication) -> Sender:
    """Who sends from that store."""
    return Sender(store=subscribed, publication=home, controls=Controls())


@pytest.fixture
def letter(home: Publication) -> Order:
    """The newest sample issue, to everybody."""
    return Order(composed=compose(home, ISSUE), publication=home)
