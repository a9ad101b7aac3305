"""What an author asks of a send, as it is typed: to whom, through whom, when, how fast.

Options win over the issue's front matter, and that over newsletter.yaml.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.errors import UsageError
from newsletter.model.publication import Publication
from newsletter.providers.registry import open_provider
from newsletter.sending.compose import Composed
from newsletter.sending.order import Order
from newsletter.sending.when import parse_span, parse_when


def ordered(
    composed: Composed, publication: Publication, segment: str, provider: str
) -> tuple[Order, str]:
    """What to send and through whom; raises ConfigError for a provider that cannot."""
    order = Order(
        composed=composed,
        publication=publication,
        segment=segment or composed.issue.segment,
        grace=timedelta(hours=publication.grace_hours),
    )
    through = provider or composed.issue.provider or publication.provider
    open_provider(through, publication).close()  # a wrong name is told before asking
    return order, through


def timed(order: Order, at: str, now: datetime) -> Order:
    """The order for the time that `at` means, if it says one; else for now.

    Raises UsageError for what is no time, or has passed.
    """
    if not at:
        return order
    zone = ZoneInfo(order.publication.timezone)
    moment = parse_when(at, zone, now)
    return replace(order, at=moment, today=moment.astimezone(zone).date())


def paced(order: Order, per_hour: int | None, spread: str) -> Order:
    """The order with at most `per_hour` recipients in an hour, or spread over a time.

    Raises UsageError for both at once, and for what is no span of time.
    """
    if not spread:
        return replace(order, per_hour=per_hour)
    if per_hour:
        raise UsageError("--per-hour and --spread say two things", hint="give one")
    return replace(order, spread=parse_span(spread))
