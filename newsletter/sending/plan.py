"""Plans a campaign: freezes what is sent, to whom, in which batches; all or nothing.

Nothing that changes afterwards (the file, a name, a setting) changes what is sent; only
suppressions are read again, right before each call.
"""

import json
import uuid
from dataclasses import dataclass, field

from newsletter.errors import AlreadySent, CampaignError, CheckFailed, NothingToSend
from newsletter.model.campaign import (
    Campaign,
    CampaignState,
    DeliveryState,
    NewCampaign,
    PlannedDelivery,
)
from newsletter.model.frozen import FrozenEmail
from newsletter.model.issue import IssueStatus
from newsletter.model.publication import Publication
from newsletter.model.subscriber import Subscriber, SubscriberStatus
from newsletter.model.text import clean_line
from newsletter.model.token import Signer
from newsletter.providers.protocol import Provider
from newsletter.sending.compose import Composed
from newsletter.store import campaigns, planning
from newsletter.store.engine import Store
from newsletter.store.planning import Candidate, NewBatch

EVERYBODY = "all"
"""The segment of all active subscribers."""

_PAGE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the author wants sent.

    `new_only` sends an issue again, to those who joined since it was sent.
    """

    composed: Composed
    publication: Publication
    segment: str = EVERYBODY
    new_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How many would get a campaign, and how many are left out for which reason."""

    recipients: int
    skipped: dict[str, int]


def refuse_unready(order: Order) -> None:
    """Raise unless it may be sent at all: no draft, no errors, a known segment."""
    issue = order.composed.issue
    if issue.status is IssueStatus.DRAFT:
        raise CampaignError(
            f"{issue.file} is a draft", hint="set `status: ready` to send it"
        )
    if order.composed.has_errors:
        raise CheckFailed(order.composed.problems)
    if order.segment != EVERYBODY:
        raise CampaignError(
            f"there is no segment `{order.segment}`",
            hint=f"the only one so far is `{EVERYBODY}`: all active subscribers",
        )


def forecast(store: Store, order: Order) -> Forecast:
    """Count who would get the issue now; changes nothing."""
    with store.read() as connection:
        _part(campaigns.find(connection, order.composed.issue.slug), order)
        skipped: dict[str, int] = {}
        recipients = 0
        for candidate in planning.everyone(connection, order.composed.issue.slug):
            reason = why_not(candidate)
            if reason:
                skipped[reason] = skipped.get(reason, 0) + 1
            else:
                recipients += 1
    return Forecast(recipients=recipients, skipped=skipped)


def plan(store: Store, order: Order, provider: Provider, signer: Signer) -> Campaign:
    """Write the whole campaign down: email, deliveries, batches and their keys.

    Raises AlreadySent when the issue went to this segment before, NothingToSend when
    nobody is left to get it; then nothing is kept.
    """
    refuse_unready(order)
    slug = order.composed.issue.slug
    frozen = FrozenEmail.freeze(order.composed.email, order.publication)
    uid = uuid.uuid4().hex
    with store.write() as connection:
        part = _part(campaigns.find(connection, slug), order)
        new = NewCampaign(
            uid=uid,
            issue=slug,
            segment=order.segment,
            part=part,
            provider=provider.name,
            email=frozen.to_json(),
            email_hash=frozen.hash(),
        )
        campaign = campaigns.create(connection, new)
        cutter = _Cutter(uid, provider.capabilities.batch_size)
        writer = _Writer(frozen, signer, cutter)
        planned: list[tuple[PlannedDelivery, int | None]] = []
        for candidate in planning.everyone(connection, slug):
            planned.append(writer.delivery(candidate))
            if len(planned) == _PAGE:
                planning.add_deliveries(connection, campaign.id, planned)
                planned.clear()
        planning.add_deliveries(connection, campaign.id, planned)
        cutter.close()
        if not cutter.batches:
            raise NothingToSend(hint=_nobody(order))
        planning.add_batches(connection, campaign.id, cutter.batches)
    return campaign


def why_not(candidate: Candidate) -> str:
    """The rule that leaves a subscriber out; empty when none does."""
    if candidate.suppression is not None:
        return f"suppressed: {candidate.suppression}"
    if candidate.subscriber.status is SubscriberStatus.UNSUBSCRIBED:
        return "unsubscribed"
    if candidate.subscriber.status is SubscriberStatus.PENDING:
        return "not confirmed"
    if candidate.already:
        return "already has this issue"
    return ""


def _part(found: list[Campaign], order: Order) -> int:
    """Which part of the issue's sending this is; refuses to send what was sent."""
    before = [item for item in found if item.segment == order.segment]
    file = order.composed.issue.file
    for item in before:
        if item.state in (CampaignState.SENDING, CampaignState.PAUSED):
            raise AlreadySent(
                f"sending {file} to `{item.segment}` has begun and is not finished",
                hint="run `newsletter send --resume` to go on where it stopped",
            )
    if before and not order.new_only:
        when = before[-1].planned_at.strftime("%Y-%m-%d %H:%M UTC")
        raise AlreadySent(
            f"{file} was sent to `{order.segment}` on {when}",
            hint=f"`newsletter send {order.composed.issue.slug} --new-only` sends it "
            "to those who joined since; nobody gets it twice",
        )
    return max((item.part for item in before), default=0) + 1


def _nobody(order: Order) -> str:
    if order.new_only:
        return "nobody joined since it was sent"
    return "import some: `newsletter subscribers import subscribers.csv`"


@dataclass(slots=True)
class _Cutter:
    """Cuts recipients, in the order of their ids, into batches with fixed keys."""

    uid: str
    size: int
    batches: list[NewBatch] = field(default_factory=list)
    _lo: int = 0
    _hi: int = 0
    _count: int = 0

    def number_for(self, subscriber_id: int) -> int:
        """The batch of the next recipient."""
        if self._count == self.size:
            self.close()
        if not self._count:
            self._lo = subscriber_id
        self._hi = subscriber_id
        self._count += 1
        return len(self.batches) + 1

    def close(self) -> None:
        """End the batch in hand, if there is one."""
        if not self._count:
            return
        number = len(self.batches) + 1
        # A UUID, because Brevo takes nothing else; from the campaign's, so that it is
        # this batch's for good.
        key = str(uuid.uuid5(uuid.UUID(self.uid), str(number)))
        self.batches.append(
            NewBatch(number=number, key=key, lo=self._lo, hi=self._hi, size=self._count)
        )
        self._count = 0


@dataclass(slots=True)
class _Writer:
    """Freezes each candidate as a delivery."""

    frozen: FrozenEmail
    signer: Signer
    cutter: _Cutter

    def delivery(self, candidate: Candidate) -> tuple[PlannedDelivery, int | None]:
        person = candidate.subscriber
        reason = why_not(candidate)
        if reason:
            skipped = PlannedDelivery(
                person.id, person.address, "", "[]", DeliveryState.SKIPPED, reason
            )
            return skipped, None
        known = {key: clean_line(item) for key, item in person.merge_values().items()}
        due = PlannedDelivery(
            person.id,
            _mail_address(person),
            self.signer.sign("unsubscribe", person.id),
            json.dumps(self.frozen.values(known), ensure_ascii=False),
            DeliveryState.PENDING,
        )
        return due, self.cutter.number_for(person.id)


def _mail_address(person: Subscriber) -> str:
    """The address as typed, its domain in the ASCII form that every relay takes."""
    if person.address.isascii():
        return person.address
    local = person.address.rpartition("@")[0]
    return f"{local}@{person.address_key.rpartition('@')[2]}"
