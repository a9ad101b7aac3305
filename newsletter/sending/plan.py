"""Plans a campaign: freezes what is sent, to whom, in which batches; all or nothing.

Nothing that changes afterwards (the file, a name, a setting) changes what is sent; only
suppressions are read again, right before each call.
"""

import uuid
from dataclasses import dataclass, replace
from typing import Any

from newsletter.errors import AlreadySent, NothingToSend
from newsletter.model.campaign import Campaign, CampaignState, NewCampaign
from newsletter.model.frozen import FrozenEmail
from newsletter.model.segment import Rule
from newsletter.model.segment_parser import parse
from newsletter.model.token import Signer
from newsletter.providers.protocol import Provider
from newsletter.sending import approval
from newsletter.sending.engine import engine_of
from newsletter.sending.order import Order, freeze, refuse_unready
from newsletter.sending.pace import portion
from newsletter.sending.reached import cancelled_in_time, sent_at
from newsletter.store import campaigns, lifecycle, planning
from newsletter.store.engine import Store

_LOOK_BACK = 100
"""Campaigns that a text is compared with, in case its file was renamed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How many would get a campaign, and how many are left out for which reason."""

    recipients: int
    skipped: dict[str, int]


def forecast(store: Store, order: Order) -> Forecast:
    """Count who would get the issue now; changes nothing."""
    slug = order.composed.issue.slug
    with store.read() as connection:
        _part(connection, order)
        _refuse_renamed(connection, order)
        skipped = planning.forecast(connection, slug, order.rule)
    return Forecast(recipients=skipped.pop("", 0), skipped=skipped)


def refuse_needless(expected: Forecast, order: Order) -> None:
    """Raise NothingToSend when nobody would get it; at a later time somebody may."""
    if order.at is None and not expected.recipients:
        why = _nobody(order.segment, order.expression, new_only=order.new_only)
        raise NothingToSend(hint=why)


def plan(store: Store, order: Order, provider: Provider, signer: Signer) -> Campaign:
    """Write the whole campaign down: email, deliveries, batches and their keys.

    With a time in the order only the email is, and the campaign is scheduled: who gets
    it is decided when it is due (see `fill`). Raises AlreadySent when the issue went to
    this segment before, NothingToSend when nobody is left to get it; then nothing is
    kept.
    """
    refuse_unready(order)
    frozen = freeze(order, provider, signer)
    with store.write() as connection:
        campaign = _create(connection, order, provider, frozen)
        if order.at is None:
            return _fill(store, connection, campaign, provider, order)
    return campaign


def fill(store: Store, campaign: Campaign, provider: Provider) -> bool:
    """Decide who gets a scheduled campaign, now that it is due, and start it.

    False, and it is over, when nobody does.
    """
    with store.write() as connection:
        among = [CampaignState.SCHEDULED]
        if not lifecycle.move(
            connection, campaign.id, CampaignState.SENDING, among=among
        ):
            return False
        try:
            _fill(store, connection, campaign, provider, None)
        except NothingToSend as nobody:
            to = CampaignState.CANCELLED
            lifecycle.move(
                connection,
                campaign.id,
                to,
                among=[CampaignState.SENDING],
                reason=nobody.message,
            )
            return False
    return True


def _create(
    connection: Any, order: Order, provider: Provider, frozen: FrozenEmail
) -> Campaign:
    slug = order.composed.issue.slug
    part = _part(connection, order)
    _refuse_renamed(connection, order)
    approval.demand(connection, order, provider.name, frozen)
    new = NewCampaign(
        uid=uuid.uuid4().hex,
        issue=slug,
        segment=order.segment,
        part=part,
        provider=provider.name,
        email=frozen.to_json(),
        email_hash=frozen.hash(),
        not_before=order.at,
        not_after=order.at + order.grace if order.at else None,
        per_hour=order.per_hour,
        spread_seconds=order.spread.total_seconds() if order.spread else None,
        expression=order.expression,
    )
    return campaigns.create(connection, new)


def _fill(
    store: Store,
    connection: Any,
    campaign: Campaign,
    provider: Provider,
    order: Order | None,
) -> Campaign:
    campaign = _spread(connection, campaign)
    size = portion(provider.capabilities.batch_size, campaign.per_hour)
    rule = rule_of(campaign)
    cut = planning.add_deliveries(connection, campaign.id, campaign.issue, size, rule)
    if not cut:
        new_only = bool(order and order.new_only)
        why = _nobody(campaign.segment, campaign.expression, new_only=new_only)
        raise NothingToSend(hint=why)
    keyed = [(item, campaign.batch_key(item.number)) for item in cut]
    planning.add_batches(connection, campaign.id, keyed)
    engine_of(store).offer(connection, campaign.id)
    return campaign


def _spread(connection: Any, campaign: Campaign) -> Campaign:
    """How many an hour, when all who get it now share the time it is spread over."""
    if campaign.spread_seconds is None:
        return campaign
    recipients = planning.forecast(connection, campaign.issue, rule_of(campaign)).get(
        "", 0
    )
    per_hour = recipients * 3600 / campaign.spread_seconds
    campaigns.set_pace(connection, campaign.id, per_hour)
    return replace(campaign, per_hour=per_hour)


def _part(connection: Any, order: Order) -> int:
    """Which part of the issue's sending this is; refuses to send what was sent."""
    slug, file = order.composed.issue.slug, order.composed.issue.file
    before = campaigns.find(connection, slug, order.segment)
    for item in before:
        if item.state in (CampaignState.SENDING, CampaignState.PAUSED):
            raise AlreadySent(
                f"sending {file} to `{item.segment}` has begun and is not finished",
                hint="run `newsletter resume` to go on where it stopped",
            )
        if item.state is CampaignState.SCHEDULED:
            raise AlreadySent(
                f"{file} is scheduled for {item.not_before:%Y-%m-%d %H:%M} UTC",
                hint=f"`newsletter cancel {item.issue}` takes it back",
            )
    sent = [item for item in before if item.state is not CampaignState.CANCELLED]
    if sent and not order.new_only:
        when = sent_at(connection, sent[-1]).strftime("%Y-%m-%d %H:%M UTC")
        raise AlreadySent(
            f"{file} was sent to `{order.segment}` on {when}",
            hint=f"`newsletter send {slug} --new-only` sends it to those who joined "
            "since; nobody gets it twice",
        )
    return max((item.part for item in before), default=0) + 1


def _refuse_renamed(connection: Any, order: Order) -> None:
    """Refuse a text that was sent under another slug: its file was renamed."""
    issue = order.composed.issue
    for item in campaigns.latest(connection, _LOOK_BACK):
        if item.issue == issue.slug or cancelled_in_time(connection, item):
            continue
        before = FrozenEmail.from_json(campaigns.email(connection, item.id))
        if before.source == issue.text_hash:
            raise AlreadySent(
                f"the text of {issue.file} was sent as `{item.issue}`",
                hint=f"put `slug: {item.issue}` into it to say that it is the same",
            )


def rule_of(campaign: Campaign) -> Rule | None:
    """Who is in a campaign's segment, as it was when it was planned."""
    return parse(campaign.expression).rule if campaign.expression else None


def _nobody(segment: str, expression: str, *, new_only: bool) -> str:
    if new_only:
        return "nobody joined since it was sent"
    if expression:
        return f"`{segment}` is for {expression}"
    return "import some: `newsletter subscribers import subscribers.csv`"
