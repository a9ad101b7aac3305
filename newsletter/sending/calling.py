"""One call: makes the batch of a claim, hands it over, and says what came of it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from newsletter.errors import ProviderError
from newsletter.model.campaign import (
    Campaign,
    ClaimedBatch,
    DeliveryResult,
    DeliveryState,
    DueDelivery,
)
from newsletter.model.frozen import FrozenEmail
from newsletter.model.message import Batch
from newsletter.model.text import clean_line, printable_ascii
from newsletter.model.token import Signer
from newsletter.providers.protocol import Provider
from newsletter.render.message import MessageBuilder
from newsletter.sending.personalise import Personaliser


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call: results, or the error that says how it failed.

    It took so many `seconds`, with the making of the messages.
    """

    claimed: ClaimedBatch
    results: list[DeliveryResult] = field(default_factory=list)
    error: ProviderError | None = None
    seconds: float = 0.0


class Caller:
    """Makes calls for one campaign; threads may share it."""

    def __init__(
        self,
        campaign: Campaign,
        email: FrozenEmail,
        provider: Provider,
        signer: Signer,
        at: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Prepare all that the batches share; `at` is told before and after a call."""
        self._campaign = campaign
        self._email = email
        self._provider = provider
        self._at = at
        self._personaliser = Personaliser(email, campaign.uid, signer, campaign.id)
        self._builder = MessageBuilder(email, campaign.uid)

    def call(
        self, claimed: ClaimedBatch, ready: Callable[[], None] = lambda: None
    ) -> Outcome:
        """Hand a batch over, whose intent is committed. Raises bugs only.

        `ready` is asked last, right before the provider is; what it raises is raised.
        """
        began = time.monotonic()
        try:
            results = self.send(claimed, ready)
        except ProviderError as error:
            error.message = clean_line(error.message)
            return Outcome(claimed, error=error, seconds=time.monotonic() - began)
        return Outcome(claimed, results, seconds=time.monotonic() - began)

    def send(
        self, claimed: ClaimedBatch, ready: Callable[[], None] = lambda: None
    ) -> list[DeliveryResult]:
        """Hand a batch over; what is said of each recipient. Raises ProviderError."""
        batch, refused = self.batch(claimed)
        self._at("before_post")
        ready()
        results = self._provider.send(batch) if batch.recipients else []
        self._at("after_accept")
        return refused + _fitting(results)

    def find(self, claimed: ClaimedBatch) -> list[DeliveryResult]:
        """Ask the provider's records about a batch; raises as the provider does."""
        return _fitting(self._provider.find(self.batch(claimed)[0]))

    def batch(self, claimed: ClaimedBatch) -> tuple[Batch, list[DeliveryResult]]:
        """What is handed over, and those of whom no message can be made."""
        able, refused = _sorted(claimed.deliveries)
        moment = claimed.first_sent_at
        batch = Batch(
            key=claimed.key,
            campaign=self._campaign.uid,
            number=claimed.number,
            moment=moment,
            email=self._email,
            recipients=self._personaliser.recipients(able),
            mime=lambda recipient: self._builder.build(recipient, moment),
        )
        return batch, refused


def _sorted(
    deliveries: Sequence[DueDelivery],
) -> tuple[Sequence[DueDelivery], list[DeliveryResult]]:
    """Those whose address a header can hold, and the others as rejected."""
    if printable_ascii("".join([each.address for each in deliveries])):
        return deliveries, []
    able = [each for each in deliveries if printable_ascii(each.address)]
    return able, [
        DeliveryResult(
            each.subscriber_id,
            DeliveryState.REJECTED,
            reason=f"no message can be made: not printable ASCII: {each.address!r}",
        )
        for each in deliveries
        if not printable_ascii(each.address)
    ]


def _fitting(results: Sequence[DeliveryResult]) -> list[DeliveryResult]:
    """What was said, without characters that no database takes (NUL, half a pair)."""
    said = {(each.provider_message_id, each.reason) for each in results}
    if all(id.isprintable() and reason.isprintable() for id, reason in said):
        return list(results)
    return [
        each._replace(
            provider_message_id=clean_line(each.provider_message_id),
            reason=clean_line(each.reason),
        )
        for each in results
    ]
