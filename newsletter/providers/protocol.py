"""What every provider is: a few members, and what it is able to do, declared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Literal, Protocol

from newsletter.model.campaign import DeliveryResult
from newsletter.model.event import Event, Webhook
from newsletter.model.message import Batch

LONGEST_CALL = 100.0
"""Seconds; a longer one would outlive the lease of its batch, which another worker
would then take over and send again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Capabilities:
    """What a provider can do; `docs/providers.md` is generated from it.

    batch_size: most recipients of one call.
    key_lifetime: how long a repeated call with the same key and the same bytes is
        recognised and not sent again; None where it never is.
    repeats: whether it recognises the whole batch, or each message by itself.
    substitution: whether one text with the service's own variables is sent for the
        whole batch, instead of a text per recipient.
    search: how `find` knows what became of a batch: `records` where the provider's own
        records of everything it took can be searched, so that who is not there did not
        get it; `key` where repeating the call tells; None where only events tell.
    search_delay: how long after a call those records are complete.
    inline_images: whether a message can carry its images inside.
    recipient_headers: whether each recipient's message has headers of its own, as the
        link in its List-Unsubscribe must be; without them no newsletter can be sent.
    signature: how events prove where they come from; empty where there are none.
    calls_per_second: what the service allows when it says nothing else; None where no
        limit is documented.
    call_seconds: the longest that one call may take, in all; not above LONGEST_CALL.
    at_once: how many calls may be under way at a time.
    """

    batch_size: int
    key_lifetime: timedelta | None = None
    repeats: Literal["batch", "message"] = "batch"
    substitution: bool = False
    search: Literal["records", "key"] | None = None
    search_delay: timedelta = timedelta(0)
    inline_images: bool = False
    recipient_headers: bool = False
    signature: str = ""
    calls_per_second: float | None = None
    call_seconds: float = 60.0
    at_once: int = 4


class Provider(Protocol):
    """Hands messages to an email service, and understands what it says of them."""

    name: ClassVar[str]
    variables: ClassVar[Mapping[str, str]]
    """Its keys: the environment variable that each is in, and what it is for."""
    capabilities: ClassVar[Capabilities]
    target: str
    """Where it delivers to: an account, a folder. Two targets know no common keys."""

    def send(self, batch: Batch) -> Sequence[DeliveryResult]:
        """Hand over one batch; one result for each recipient, in any order.

        A result `pending` was not taken and may be tried later; whoever is missing is
        uncertain. Raises ProviderUnavailable when nothing was sent and trying later is
        safe, ProviderStopped when nothing was sent and every further call would fail,
        ProviderRefused when nothing was sent and this batch will never be taken as it
        is, OutcomeUnknown when it cannot tell. Anything else that it raises is a bug.
        """
        ...

    def find(self, batch: Batch) -> Sequence[DeliveryResult]:
        """What the provider's own records say of a batch nobody is sure of.

        Results for those found there only. Raises as `send` does; ProviderRefused where
        it has no records, or they do not reach back that far.
        """
        ...

    def events(self, webhook: Webhook) -> Sequence[Event]:
        """The events in a request that the provider made, once it has proved itself.

        Raises ProviderRefused, and nothing is believed, when the proof is missing,
        wrong or too old, or when no secret is configured to check it with.
        """
        ...

    def check(self) -> str:
        """Ask the service whether we may send; a sentence that says what it answered.

        Sends nothing. Raises as `send` does.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
