"""An event: a provider's notification of what became of a message, in our words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventKind(StrEnum):
    """What a provider tells of one message."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    REJECTED = "rejected"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    OPENED = "opened"
    CLICKED = "clicked"


class Bounce(StrEnum):
    """Why a message came back.

    `hard`: there is no such mailbox, and will not be. `soft`: not now (full, away).
    `policy`: the sender is refused, which is never the recipient's fault. `unknown`:
    the provider did not say; nothing is done to the recipient.
    """

    HARD = "hard"
    SOFT = "soft"
    POLICY = "policy"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One notification about one message to one address.

    `id` is equal for the same notification told twice. `delivery_id` is ours, as the
    provider gave it back; empty where it did not. `bounce` is set for bounces only;
    `reason` is the provider's text, and `url` what was clicked.
    """

    kind: EventKind
    id: str
    at: datetime
    address: str
    delivery_id: str = ""
    provider_message_id: str = ""
    bounce: Bounce | None = None
    reason: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A provider's request as it came in: raw, because signatures cover raw bytes.

    The names of `headers` are in lower case. `received_at` is our clock, which replays
    are judged by.
    """

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
