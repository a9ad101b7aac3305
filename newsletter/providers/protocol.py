"""What every provider is: a few members, and what it is able to do, declared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Literal, Protocol

from newsletter.model.campaign import DeliveryResult
from newsletter.model.message import Message


@dataclass(frozen=True, kw_only=True, slots=True)
class Capabilities:
    """What a provider can do; `docs/providers.md` is generated from it.

    batch_size: most recipients of one call.
    key_lifetime: how long a repeated call with the same key and the same bytes is
        recognised and not sent again; None where it never is.
    repeats: whether it recognises the whole batch, or each message by itself.
    """

    batch_size: int
    key_lifetime: timedelta | None = None
    repeats: Literal["batch", "message"] = "batch"


class Provider(Protocol):
    """Hands messages to an email service.

    `send` gives one result for each message, in any order. It raises
    ProviderUnavailable when nothing was sent and trying later is safe, ProviderStopped
    when nothing was sent and every further call would fail, ProviderRefused when this
    batch will never be taken, OutcomeUnknown when it cannot tell. Anything else that
    it raises is a bug.
    """

    name: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    target: str
    """Where it delivers to: an account, a folder. Two targets know no common keys."""

    def send(self, key: str, messages: Iterable[Message]) -> Sequence[DeliveryResult]:
        """Hand over one batch, named by `key`; `messages` can be read once."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
