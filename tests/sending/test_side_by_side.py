"""A fast provider's calls run side by side, also where calls per second are counted."""

import threading
from collections.abc import Callable, Sequence

from newsletter.model.campaign import DeliveryResult
from newsletter.model.message import Batch
from newsletter.sending.controls import Controls
from newsletter.sending.order import Order
from newsletter.sending.plan import plan
from newsletter.sending.run import run
from newsletter.store.engine import Store
from tests.sending.conftest import SIGNER
from tests.sending.simulators import Simulator


class Together(Simulator):
    """Answers the first two calls only when both are under way."""

    def __init__(self) -> None:
        """Wait for two."""
        super().__init__()
        self.both = threading.Barrier(2, timeout=30)

    def send(self, batch: Batch) -> Sequence[DeliveryResult]:
        """One call."""
        if batch.number <= 2:
            self.both.wait()
        return super().send(batch)


def test_calls_do_not_wait_for_each_other_where_the_rate_allows_more(
    store: Store, order: Order, subscribe: Callable[[int], None]
) -> None:
    subscribe(20)
    provider = Together()
    campaign = plan(store, order, provider, SIGNER)
    # So many a second that the next one is always allowed at once.
    controls = Controls(alone=True, at_once=2, per_second=1e9)

    assert run(store, campaign, provider, SIGNER, controls)
    assert provider.mailboxes.total() == 20
