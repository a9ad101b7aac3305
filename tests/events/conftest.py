"""A store with a campaign that was sent, and events about it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.config.publication import load_publication
from newsletter.model.campaign import Campaign
from newsletter.model.token import Signer
from newsletter.sending.compose import compose
from newsletter.sending.order import Order
from newsletter.sending.plan import plan
from newsletter.store import subscribers
from newsletter.store.engine import Store
from tests.sending.conftest import ISSUE, people
from tests.sending.simulators import Simulator

SIGNER = Signer(b"a secret of the tests")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with nine readers, whose ids are their numbers."""
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as opened:
        with opened.write() as connection:
            subscribers.upsert(connection, people(9))
        yield opened


@pytest.fixture
def campaign(store: Store, publication: Path) -> Campaign:
    """A campaign that is planned, and nothing of it sent."""
    settings = load_publication(publication, {})
    order = Order(composed=compose(settings, ISSUE), publication=settings)
    return plan(store, order, Simulator(), SIGNER)


@pytest.fixture
def order(publication: Path) -> Order:
    """The newest sample issue, to everybody."""
    settings = load_publication(publication, {})
    return Order(composed=compose(settings, ISSUE), publication=settings)
