"""What a provider says may be any text: the ledger takes it, on either database."""

from collections.abc import Iterator, Sequence

import pytest

from newsletter.errors import ProviderRefused, ProviderStopped
from newsletter.model.campaign import CampaignState, DeliveryResult, DeliveryState
from newsletter.model.message import Batch
from newsletter.sending.order import Order
from newsletter.sending.plan import plan
from newsletter.sending.run import run
from newsletter.sending.status import named, status_of
from newsletter.store import subscribers
from newsletter.store.engine import Store
from tests.sending.conftest import SIGNER, at_once, people
from tests.sending.simulators import Simulator
from tests.store.databases import fresh_schema

STRANGE = "a\0b\ud800c\r\nd"
CLEAN = "a b c d"


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, store: Store) -> Iterator[Store]:
    """A store with ten readers, of either kind."""
    if request.param == "sqlite":
        yield filled(store)
        return
    server = request.getfixturevalue("postgres_url")
    with fresh_schema(server) as url, Store.open(url) as opened:
        yield filled(opened)


def filled(store: Store) -> Store:
    with store.write() as connection:
        subscribers.upsert(connection, people(10))
    return store


class Strange(Simulator):
    """Says what no database can hold."""

    def accept(self, batch: Batch, step: str) -> list[DeliveryResult]:
        """Accept all but the first, with strange ids and a strange reason."""
        first, *others = super().accept(batch, step)
        refused = first._replace(state=DeliveryState.REJECTED, reason=STRANGE)
        return [refused, *(_strange(each) for each in others)]

    def find(self, batch: Batch) -> Sequence[DeliveryResult]:
        """Find all of them, with strange ids."""
        return [_strange(each) for each in super().find(batch)]


def _strange(result: DeliveryResult) -> DeliveryResult:
    return result._replace(provider_message_id=f"{STRANGE}{result.subscriber_id}")


def test_ids_and_reasons_are_written_down_without_what_no_database_holds(
    ledger: Store, order: Order
) -> None:
    provider = Strange()
    campaign = plan(ledger, order, provider, SIGNER)

    assert run(ledger, campaign, provider, SIGNER, at_once())

    found = status_of(ledger, campaign.id)
    (refused,) = named(ledger, found, DeliveryState.REJECTED)
    assert refused.reason == CLEAN
    ids = [
        each.provider_message_id
        for each in named(ledger, found, DeliveryState.ACCEPTED)
    ]
    assert sorted(ids) == sorted(f"{CLEAN}{number}" for number in range(2, 11))


@pytest.mark.parametrize("error", [ProviderStopped, ProviderRefused])
def test_an_error_too(
    ledger: Store, order: Order, error: type[ProviderStopped | ProviderRefused]
) -> None:
    class Broken(Simulator):
        def accept(self, batch: Batch, step: str) -> list[DeliveryResult]:
            raise error(STRANGE)

    provider = Broken()
    campaign = plan(ledger, order, provider, SIGNER)

    if error is ProviderStopped:
        with pytest.raises(ProviderStopped):
            run(ledger, campaign, provider, SIGNER, at_once())
        found = status_of(ledger, campaign.id).campaign
        assert (found.state, found.reason) == (CampaignState.PAUSED, CLEAN)
        return
    assert run(ledger, campaign, provider, SIGNER, at_once())
    refused = named(ledger, status_of(ledger, campaign.id), DeliveryState.REJECTED)
    assert {each.reason for each in refused} == {CLEAN}
