"""Batches refused as a whole: the causes are found, however many, and nobody else."""

import math
from collections.abc import Callable
from typing import ClassVar

import pytest

from newsletter.errors import CampaignPaused, ProviderRefused
from newsletter.model.campaign import DeliveryResult, DeliveryState
from newsletter.model.message import Batch
from newsletter.providers.protocol import Capabilities
from newsletter.sending.breaker import REFUSED
from newsletter.sending.order import Order
from newsletter.sending.plan import plan
from newsletter.sending.run import run
from newsletter.sending.status import named, status_of
from newsletter.store.engine import Store
from tests.sending.conftest import SIGNER, at_once
from tests.sending.simulators import Simulator

Subscribe = Callable[[int], None]


class Strict(Simulator):
    """Refuses a whole batch for each recipient whose number is `bad`."""

    capabilities: ClassVar[Capabilities] = Capabilities(batch_size=20, at_once=1)

    def __init__(self, bad: Callable[[int], bool]) -> None:
        """Refuse those of whom `bad` is true."""
        super().__init__()
        self.bad = bad

    def accept(self, batch: Batch, step: str) -> list[DeliveryResult]:
        """Accept a batch without any of them."""
        if any(self.bad(each.subscriber_id) for each in batch.recipients):
            raise ProviderRefused("no such address")
        return super().accept(batch, step)


@pytest.mark.parametrize("calls", [1, 3])
@pytest.mark.parametrize(
    "bad",
    [
        lambda number: number % 3 == 0,
        lambda number: number % 20 == 0,
        lambda number: 30 <= number < 30 + REFUSED - 1,
    ],
    ids=["every third", "one of twenty", "a row"],
)
def test_many_bad_addresses_are_found_and_all_others_get_it(
    store: Store,
    order: Order,
    subscribe: Subscribe,
    bad: Callable[[int], bool],
    calls: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # On a slow machine it would be paused meanwhile: a third of all do not exist.
    monkeypatch.setattr("newsletter.sending.run.WATCH_SECONDS", math.inf)
    subscribe(500)
    provider = Strict(bad)
    campaign = plan(store, order, provider, SIGNER)

    assert run(store, campaign, provider, SIGNER, at_once(calls))

    found = status_of(store, campaign.id)
    refused = sum(map(bad, range(1, 501)))
    assert len(named(store, found, DeliveryState.REJECTED)) == refused
    assert found.count(DeliveryState.ACCEPTED) == 500 - refused
    assert set(provider.mailboxes.values()) == {1}


def test_when_nobody_is_taken_the_campaign_is_paused_early(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(1000)
    provider = Strict(lambda _: True)
    campaign = plan(store, order, provider, SIGNER)

    with pytest.raises(CampaignPaused, match=r"20 recipients .*: no such"):
        run(store, campaign, provider, SIGNER, at_once())

    found = status_of(store, campaign.id)
    assert found.count(DeliveryState.REJECTED) == REFUSED
    assert found.count(DeliveryState.PENDING) == 1000 - REFUSED
    assert len(provider.calls) < 3 * REFUSED
