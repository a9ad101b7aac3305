"""A provider that accepts everything at once: what remains is our own cost.

Like a real one it gives every message an id, which the ledger then has to keep.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from newsletter.errors import ProviderRefused
from newsletter.model.campaign import DeliveryResult, DeliveryState
from newsletter.model.event import Event, Webhook
from newsletter.model.message import Batch
from newsletter.providers.protocol import Capabilities


class NullProvider:
    """Builds nothing away: every message is made, counted and dropped."""

    name: ClassVar[str] = "null"
    variables: ClassVar[Mapping[str, str]] = {}
    capabilities: ClassVar[Capabilities] = Capabilities(batch_size=1000)

    def __init__(self, *, with_ids: bool = True) -> None:
        """Count messages and their bytes."""
        self._with_ids = with_ids
        self.target = "nowhere"
        self.messages = 0
        self.bytes = 0

    def send(self, batch: Batch) -> Sequence[DeliveryResult]:
        """Accept every message."""
        results = []
        for message in batch.recipients:
            self.messages += 1
            self.bytes += len(batch.mime(message))
            results.append(
                DeliveryResult(
                    message.subscriber_id,
                    DeliveryState.ACCEPTED,
                    f"null-{self.messages}" if self._with_ids else "",
                )
            )
        return results

    def find(self, batch: Batch) -> Sequence[DeliveryResult]:
        """It remembers nothing."""
        del batch
        raise ProviderRefused

    def events(self, webhook: Webhook) -> Sequence[Event]:
        """It tells nothing."""
        del webhook
        raise ProviderRefused

    def check(self) -> str:
        """It is always there."""
        return "nothing"

    def close(self) -> None:
        """Nothing is open."""
