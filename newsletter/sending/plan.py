"""Plans a campaign: freezes what is sent, to whom, in which batches; all or nothing.

Nothing that changes afterwards (the file, a name, a setting) changes what is sent; only
suppressions are read again, right before each call.
"""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from newsletter.errors import AlreadySent, CampaignError, CheckFailed, NothingToSend
from newsletter.model.campaign import Campaign, CampaignState, NewCampaign
from newsletter.model.frozen import FrozenEmail
from newsletter.model.issue import IssueStatus
from newsletter.model.publication import Publication
from newsletter.model.token import Signer
from newsletter.providers.protocol import Provider
from newsletter.sending.compose import Composed
from newsletter.store import campaigns, planning
from newsletter.store.engine import Store

EVERYBODY = "all"
"""The segment of all active subscribers."""

_LOOK_BACK = 100
"""Campaigns that a text is compared with, in case its file was renamed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the author wants sent.

    `new_only` sends an issue again, to those who joined since it was sent. An issue
    dated after `today` is not sent: its page is not out yet.
    """

    composed: Composed
    publication: Publication
    segment: str = EVERYBODY
    new_only: bool = False
    today: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How many would get a campaign, and how many are left out for which reason."""

    recipients: int
    skipped: dict[str, int]


def refuse_unready(order: Order) -> None:
    """Raise unless it may be sent at all: ready, no errors, a known segment."""
    issue = order.composed.issue
    if issue.status is not IssueStatus.READY:
        raise CampaignError(
            f"the status of {issue.file} is `{issue.status}`",
            hint="set `status: ready` to send it",
        )
    if order.composed.has_errors:
        raise CheckFailed(order.composed.problems)
    if order.today and issue.published_on > order.today:
        raise CampaignError(
            f"{issue.file} is dated {issue.published_on}, and its page is not out yet",
            hint="set `date:` to today, or send it then",
        )
    if order.segment != EVERYBODY:
        raise CampaignError(
            f"there is no segment `{order.segment}`",
            hint=f"the only one so far is `{EVERYBODY}`: all active subscribers",
        )


def forecast(store: Store, order: Order) -> Forecast:
    """Count who would get the issue now; changes nothing."""
    slug = order.composed.issue.slug
    with store.read() as connection:
        _part(campaigns.find(connection, slug), order)
        _refuse_renamed(connection, order)
        skipped = planning.forecast(connection, slug)
    return Forecast(recipients=skipped.pop("", 0), skipped=skipped)


def plan(store: Store, order: Order, provider: Provider, signer: Signer) -> Campaign:
    """Write the whole campaign down: email, deliveries, batches and their keys.

    Raises AlreadySent when the issue went to this segment before, NothingToSend when
    nobody is left to get it; then nothing is kept.
    """
    refuse_unready(order)
    slug = order.composed.issue.slug
    frozen = FrozenEmail.freeze(
        order.composed.email,
        order.publication,
        token_key=signer.key_name,
        target=provider.target,
        source=order.composed.issue.text_hash,
    )
    uid = uuid.uuid4()
    with store.write() as connection:
        part = _part(campaigns.find(connection, slug), order)
        _refuse_renamed(connection, order)
        new = NewCampaign(
            uid=uid.hex,
            issue=slug,
            segment=order.segment,
            part=part,
            provider=provider.name,
            email=frozen.to_json(),
            email_hash=frozen.hash(),
        )
        campaign = campaigns.create(connection, new)
        size = provider.capabilities.batch_size
        cut = planning.add_deliveries(connection, campaign.id, slug, size)
        if not cut:
            raise NothingToSend(hint=_nobody(order))
        keyed = [(item, campaign.batch_key(item.number)) for item in cut]
        planning.add_batches(connection, campaign.id, keyed)
    return campaign


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


def _refuse_renamed(connection: Any, order: Order) -> None:
    """Refuse a text that was sent under another slug: its file was renamed."""
    issue = order.composed.issue
    for item in campaigns.latest(connection, _LOOK_BACK):
        if item.issue == issue.slug:
            continue
        before = FrozenEmail.from_json(campaigns.email(connection, item.id))
        if before.source == issue.text_hash:
            raise AlreadySent(
                f"the text of {issue.file} was sent as `{item.issue}`",
                hint=f"put `slug: {item.issue}` into it to say that it is the same",
            )


def _nobody(order: Order) -> str:
    if order.new_only:
        return "nobody joined since it was sent"
    return "import some: `newsletter subscribers import subscribers.csv`"
