"""A provider that accepts everything at once: what remains is our own cost.

Like a real one it gives every message an id, which the ledger then has to keep.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from newsletter.model.campaign import DeliveryResult, DeliveryState
from newsletter.model.message import Message
from newsletter.providers.protocol import Capabilities


class NullProvider:
    """Builds nothing away: every message is made, counted and dropped."""

    name: ClassVar[str] = "null"
    capabilities: ClassVar[Capabilities] = Capabilities(batch_size=1000)

    def __init__(self, *, with_ids: bool = True) -> None:
        """Count messages and their bytes."""
        self._with_ids = with_ids
        self.target = "nowhere"
        self.messages = 0
        self.bytes = 0

    def send(self, key: str, messages: Iterable[Message]) -> Sequence[DeliveryResult]:
        """Accept every message."""
        del key
        results = []
        for message in messages:
            self.messages += 1
            self.bytes += len(message.mime)
            results.append(
                DeliveryResult(
                    message.subscriber_id,
                    DeliveryState.ACCEPTED,
                    f"null-{self.messages}" if self._with_ids else "",
                )
            )
        return results

    def close(self) -> None:
        """Nothing is open."""
