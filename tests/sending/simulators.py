"""Providers that keep their documented promises about keys, and fail on demand."""

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import ClassVar

from newsletter.errors import (
    OutcomeUnknown,
    ProviderBusy,
    ProviderError,
    ProviderRefused,
    ProviderStopped,
    ProviderUnavailable,
)
from newsletter.model.campaign import DeliveryResult, DeliveryState
from newsletter.model.event import Event, Webhook
from newsletter.model.message import Batch
from newsletter.providers.protocol import Capabilities


class Crash(BaseException):
    """The process dies here: nothing of ours catches this."""


_ERRORS: Mapping[str, Callable[[], ProviderError]] = {
    "busy": partial(ProviderBusy, retry_after=30.0),
    "unavailable": ProviderUnavailable,
    "stopped": ProviderStopped,
    "refused": ProviderRefused,
    "unknown-before": OutcomeUnknown,
}


class Simulator:
    """A provider whose next calls go as `script` says; `mailboxes` is what arrived.

    ok: accepted. before: dies before it was sent. after: dies after it was sent.
    unknown-before, unknown-after: the connection breaks. busy (for 30 s), unavailable,
    stopped, refused: nothing sent. some: odd subscribers are refused. silent: odd ones
    are not mentioned.
    """

    name: ClassVar[str] = "simulator"
    variables: ClassVar[Mapping[str, str]] = {}
    capabilities: ClassVar[Capabilities] = Capabilities(batch_size=10, at_once=1)

    def __init__(self, script: Iterable[str] = ()) -> None:
        """Follow the script, and accept everything after its end."""
        self.mailboxes: Counter[str] = Counter()
        self.calls: list[str] = []
        self._script: Iterator[str] = iter(script)
        self.target = "simulator"
        self._lock = threading.Lock()

    def script(self, *steps: str) -> None:
        """Follow these steps from now on."""
        self._script = iter(steps)

    def send(self, batch: Batch) -> Sequence[DeliveryResult]:
        """One call; several threads may call, and then their order is open."""
        with self._lock:
            return self._send(batch)

    def _send(self, batch: Batch) -> Sequence[DeliveryResult]:
        step = next(self._script, "ok")
        self.calls.append(batch.key)
        if step == "before":
            raise Crash
        if step in _ERRORS:
            raise _ERRORS[step]()
        results = self.accept(batch, step)
        if step == "after":
            raise Crash
        if step == "unknown-after":
            raise OutcomeUnknown
        return results

    def accept(self, batch: Batch, step: str) -> list[DeliveryResult]:
        """Deliver a batch; without keys every call is a new one."""
        results = []
        for message in batch.recipients:
            odd = message.subscriber_id % 2 == 1
            if step == "silent" and odd:
                continue
            if step == "some" and odd:
                results.append(
                    DeliveryResult(
                        message.subscriber_id, DeliveryState.REJECTED, reason="no"
                    )
                )
                continue
            self.mailboxes[message.address] += 1
            results.append(
                DeliveryResult(
                    message.subscriber_id, DeliveryState.ACCEPTED, f"id-{len(results)}"
                )
            )
        return results

    def find(self, batch: Batch) -> Sequence[DeliveryResult]:
        """Those who have it in their mailboxes."""
        return [
            DeliveryResult(each.subscriber_id, DeliveryState.ACCEPTED)
            for each in batch.recipients
            if self.mailboxes[each.address]
        ]

    def events(self, webhook: Webhook) -> Sequence[Event]:
        """It tells nothing afterwards."""
        raise ProviderRefused

    def check(self) -> str:
        """It is always there."""
        return "simulated"

    def close(self) -> None:
        """Nothing is open."""


class KeyedSimulator(Simulator):
    """Recognises a repeated batch by its key, and refuses other bytes under it."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        batch_size=10, key_lifetime=timedelta(hours=24), at_once=1
    )

    def __init__(self, script: Iterable[str] = ()) -> None:
        """Remember every key."""
        super().__init__(script)
        self.known: dict[str, tuple[str, list[DeliveryResult]]] = {}

    def accept(self, batch: Batch, step: str) -> list[DeliveryResult]:
        """Deliver a new batch; give the first answer again for a known one."""
        payload = hashlib.sha256(
            b"".join(batch.mime(item) for item in batch.recipients)
        ).hexdigest()
        if batch.key in self.known:
            before, results = self.known[batch.key]
            assert before == payload, "the same key with other bytes"
            return results
        results = super().accept(batch, step)
        self.known[batch.key] = (payload, results)
        return results
