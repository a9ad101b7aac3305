"""An order: what the author wants sent, to whom and when; and whether it may be."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from newsletter.config.validate import did_you_mean
from newsletter.errors import CampaignError, CheckFailed
from newsletter.model.frozen import FrozenEmail
from newsletter.model.issue import IssueStatus
from newsletter.model.publication import Publication
from newsletter.model.segment import EVERYBODY, Rule, Segment
from newsletter.model.token import Signer
from newsletter.providers.protocol import Provider
from newsletter.sending.compose import Composed


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

    @property
    def _chosen(self) -> Segment | None:
        return self.publication.segments.get(self.segment)

    @property
    def rule(self) -> Rule | None:
        """Who is in the segment; None for everybody."""
        return self._chosen.rule if self._chosen else None

    @property
    def expression(self) -> str:
        """The rule as it was written; blank for everybody."""
        return self._chosen.expression if self._chosen else ""


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
    refuse_unknown_segment(order)


def refuse_unknown_segment(order: Order) -> None:
    """Raise CampaignError where nobody can be counted: there is no such segment."""
    known = (EVERYBODY, *order.publication.segments)
    if order.segment in known:
        return
    issue = order.composed.issue
    place = ""
    if issue.segment == order.segment:
        place = f"{issue.file}:{issue.line_of('segment')}: "
    listed = ", ".join(f"`{name}`" for name in known)
    raise CampaignError(
        f"{place}there is no segment `{order.segment}`",
        hint=did_you_mean(order.segment, known)
        or f"there is {listed}; `segments:` in newsletter.yaml names more",
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
