"""`--spread`: the first gets it at once, the last when the time is over."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest

from newsletter.model.campaign import DeliveryResult
from newsletter.model.message import Batch
from newsletter.providers.protocol import Capabilities
from newsletter.sending.order import Order
from newsletter.sending.pace import Pace, portion
from newsletter.sending.plan import fill, plan
from newsletter.sending.run import run
from newsletter.store import campaigns
from newsletter.store.engine import Store
from tests.sending.conftest import SIGNER, Clock, at_once
from tests.sending.simulators import Simulator

Subscribe = Callable[[int], None]
THREE_HOURS = 3 * 3600.0


@pytest.mark.parametrize("batch_size", [1, 50, 1000])
@pytest.mark.parametrize(
    ("people", "last"),
    [(1, 0.0), (7, THREE_HOURS), (50, THREE_HOURS), (5000, THREE_HOURS)],
)
def test_the_last_one_goes_when_the_time_is_over(
    people: int, last: float, batch_size: int
) -> None:
    clock = Clock()
    per_hour = people / 3
    size = portion(batch_size, per_hour)
    pace = Pace(
        per_hour=per_hour, spread_seconds=THREE_HOURS, batch_size=size, clock=clock
    )
    left = people
    while left > 0:
        # Floating point may leave a hair's breadth to wait for.
        while (seconds := pace.wait()) > 0:
            clock.sleep(max(seconds, 1e-6))
        pace.took(min(size, left))
        left -= size

    assert clock.now == pytest.approx(last, rel=0.01)


class Dated(Simulator):
    """Notes when each batch came."""

    capabilities: ClassVar[Capabilities] = Capabilities(batch_size=100, at_once=1)

    def __init__(self, clock: Callable[[], float]) -> None:
        """Read this clock."""
        super().__init__()
        self.clock = clock
        self.times: list[float] = []

    def accept(self, batch: Batch, step: str) -> list[DeliveryResult]:
        """Accept it, and look at the clock."""
        self.times.append(self.clock())
        return super().accept(batch, step)


def test_a_campaign_is_spread_from_its_first_to_its_last_batch(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(40)
    controls = at_once()
    provider = Dated(controls.clock)
    wanted = replace(order, spread=timedelta(minutes=2))

    assert run(store, plan(store, wanted, provider, SIGNER), provider, SIGNER, controls)

    assert set(provider.mailboxes.values()) == {1}
    assert provider.times[0] == 0
    assert provider.times[-1] == pytest.approx(120, rel=0.02)


def test_of_a_scheduled_one_those_count_who_are_subscribed_when_it_is_due(
    store: Store, order: Order, subscribe: Subscribe
) -> None:
    subscribe(10)
    provider = Simulator()
    soon = replace(
        order, spread=timedelta(hours=1), at=datetime.now(UTC) + timedelta(hours=1)
    )
    campaign = plan(store, soon, provider, SIGNER)
    assert campaign.per_hour is None
    subscribe(30)

    assert fill(store, campaign, provider)

    with store.read() as connection:
        found = campaigns.get(connection, campaign.id)
    assert found
    assert (found.per_hour, found.spread_seconds) == (40, 3600)
