"""An order: what the author wants sent, to whom and when; and whether it may be."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from newsletter.errors import CampaignError, CheckFailed
from newsletter.model.frozen import FrozenEmail
from newsletter.model.issue import IssueStatus
from newsletter.model.publication import Publication
from newsletter.model.token import Signer
from newsletter.providers.protocol import Provider
from newsletter.sending.compose import Composed

EVERYBODY = "all"
"""The segment of all active subscribers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the author wants sent.

    `new_only` sends an issue again, to those who joined since it was sent. An issue
    dated after `today` is not sent: its page is not out yet. With `at` it is sent then,
    and not at all when `grace` has passed since. `per_hour` is the most recipients in
    an hour; with `spread` the first gets it at once and the last after that time.
    """

    composed: Composed
    publication: Publication
    segment: str = EVERYBODY
    new_only: bool = False
    today: date | None = None
    at: datetime | None = None
    grace: timedelta = timedelta(hours=6)
    per_hour: float | None = None
    spread: timedelta | None = None


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


def freeze(order: Order, provider: Provider, signer: Signer) -> FrozenEmail:
    """What would be sent, as the ledger keeps it; its hash is what is approved."""
    frozen = FrozenEmail.freeze(
        order.composed.email,
        order.publication,
        token_key=signer.key_name,
        target=provider.target,
        source=order.composed.issue.text_hash,
    )
    if frozen.inline_images and not provider.capabilities.inline_images:
        raise CampaignError(
            f"{provider.name} takes no images inside of messages",
            hint="set `images: link` in newsletter.yaml, or choose another provider",
        )
    return frozen
