"""Campaigns, their batches and deliveries: the ledger's words and states."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class CampaignState(StrEnum):
    """The life of one issue sent to one segment through one provider."""

    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class BatchState(StrEnum):
    """The state of the attempt to hand one batch to the provider."""

    PENDING = "pending"
    IN_FLIGHT = "in_flight"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNCERTAIN = "uncertain"


class DeliveryState(StrEnum):
    """What became of one campaign for one subscriber.

    `in_flight` is never stored: a delivery is in flight while it is `pending` and its
    batch is `in_flight`, so that a row is written once per outcome.
    """

    PENDING = "pending"
    IN_FLIGHT = "in_flight"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    REJECTED = "rejected"
    UNCERTAIN = "uncertain"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCampaign:
    """A campaign about to be planned. `email` is the frozen email as JSON text.

    With `not_before` it is only scheduled; after `not_after` it is too late for it.
    `expression` is what its segment stands for; blank for everybody.
    """

    uid: str
    issue: str
    segment: str
    part: int
    provider: str
    email: str
    email_hash: str
    not_before: datetime | None = None
    not_after: datetime | None = None
    per_hour: float | None = None
    spread_seconds: float | None = None
    expression: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """One issue sent to one segment through one provider.

    `part` is 1 for the first send and counts up for sends to those who joined since.
    The frozen email itself is read separately: it is large. `per_hour` is the most
    recipients in an hour; with `spread_seconds` they are spread over that time instead,
    and `per_hour` is what follows from it; `reason` says why it is paused; `expression`
    is what its segment stood for when it was planned.
    """

    id: int
    uid: str
    issue: str
    segment: str
    part: int
    provider: str
    email_hash: str
    state: CampaignState
    planned_at: datetime
    ended_at: datetime | None
    not_before: datetime | None = None
    not_after: datetime | None = None
    per_hour: float | None = None
    spread_seconds: float | None = None
    reason: str = ""
    expression: str = ""

    def batch_key(self, number: int) -> str:
        """The idempotency key of a batch, for good: numbers are never used again.

        A UUID, because Brevo takes nothing else; made of the campaign's own.
        """
        return str(uuid.uuid5(uuid.UUID(self.uid), str(number)))


class DueDelivery(NamedTuple):
    """One recipient of a claimed batch, as frozen when the campaign was planned.

    `merge` is the subscriber's name and attributes at that time, as a JSON object with
    the keys `name` and `attributes`; `uid` the number in the subscriber's links, which
    never changes.
    """

    subscriber_id: int
    address: str
    merge: str
    uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedBatch:
    """A batch whose intent is committed: this process may now call the provider.

    `deliveries` are those still pending; `suppressed` were found suppressed,
    unsubscribed or gone since planning and are already recorded as skipped.
    `first_sent_at` is the time of the first attempt and dates the messages, so that a
    retry is byte-identical. `in_doubt` says that an earlier attempt was made whose
    outcome nobody knows, so that only an identical call with the same key is safe.
    `age_seconds` is how long ago `first_sent_at` was, on the database's clock;
    `payload_hash` names the bytes of an earlier attempt in doubt. Of what nobody is
    sure of, `quiet_seconds` is how long ago that was written down.
    """

    campaign_id: int
    number: int
    key: str
    attempt: int
    owner: str
    first_sent_at: datetime
    deliveries: Sequence[DueDelivery]
    suppressed: int = 0
    in_doubt: bool = False
    age_seconds: float = 0.0
    payload_hash: str = ""
    quiet_seconds: float = 0.0


class DeliveryResult(NamedTuple):
    """What the provider said of one recipient: accepted, rejected or uncertain.

    `pending` is said of whom it did not take this time and may be asked about later.
    """

    subscriber_id: int
    state: DeliveryState
    provider_message_id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignTotals:
    """How many deliveries are in which state; `skipped` by reason."""

    states: Mapping[DeliveryState, int]
    skipped: Mapping[str, int]

    @property
    def recipients(self) -> int:
        """All deliveries of the campaign, the skipped ones included."""
        return sum(self.states.values())

    @property
    def handed_over(self) -> int:
        """How many the provider has taken, whatever became of them."""
        taken = DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.BOUNCED
        return sum(self.states.get(state, 0) for state in taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRecord:
    """One line of `why ADDRESS`: what became of one campaign for one person."""

    campaign: Campaign
    address: str
    state: DeliveryState
    reason: str
    provider_message_id: str
    attempts: int
    updated_at: datetime
