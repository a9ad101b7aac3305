"""What a send would be: to how many, when, how long, at what price; nothing is done."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from newsletter.providers.registry import provider_class
from newsletter.sending.order import Order
from newsletter.sending.pace import portion
from newsletter.sending.plan import Forecast, forecast
from newsletter.sending.when import describe, span
from newsletter.store.engine import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """An order, and who would get it, seen from `now`: what a dry run tells."""

    order: Order
    through: str
    expected: Forecast
    now: datetime

    @property
    def cost(self) -> float | None:
        """In the currency of `price_per_thousand`; None without one."""
        settings = self.order.publication.providers.of(self.through)
        price = settings.price_per_thousand
        if price is None:
            return None
        return round(self.expected.recipients / 1000 * price, 4)

    @property
    def least_seconds(self) -> float:
        """How long it takes at least, for what the provider allows and the order says.

        The calls themselves come on top; they are under way several at a time.
        """
        order, people = self.order, self.expected.recipients
        if order.spread:
            return order.spread.total_seconds() if people > 1 else 0.0
        limits = provider_class(self.through).capabilities
        settings = order.publication.providers.of(self.through)
        size = portion(limits.batch_size, order.per_hour)
        later = max(0, math.ceil(people / size) - 1)
        rate = settings.per_second or limits.calls_per_second
        by_calls = later / rate if rate else 0.0
        by_people = later * size * 3600 / order.per_hour if order.per_hour else 0.0
        return max(by_calls, by_people)

    def lines(self) -> Iterator[str]:
        """For a person: `newsletter send --dry-run` prints it, the studio shows it."""
        order, number = self.order, self.expected.recipients
        people = f"{number:,} subscriber" + ("" if number == 1 else "s")
        slug = order.composed.issue.slug
        when = self._when()
        yield f"{slug} → {people} in `{order.segment}`, through {self.through}{when}"
        if another := self._another_day():
            yield another
        for reason, left_out in sorted(self.expected.skipped.items()):
            yield f"{left_out} left out: {reason}"
        if length := span(timedelta(seconds=self.least_seconds)):
            yield f"it takes at least {length}"
        if self.cost is not None:
            yield f"at {self.through}'s price that is {self.cost:,.2f}"

    def as_data(self) -> dict[str, Any]:
        """The same for a program."""
        order = self.order
        return {
            "issue": order.composed.issue.slug,
            "segment": order.segment,
            "provider": self.through,
            "at": order.at,
            "per_hour": order.per_hour,
            "spread_seconds": order.spread and order.spread.total_seconds(),
            "least_seconds": round(self.least_seconds, 1),
            "cost": self.cost,
            "recipients": self.expected.recipients,
            "skipped": self.expected.skipped,
        }

    def _when(self) -> str:
        order = self.order
        pace = f", at most {order.per_hour:,.0f} an hour" if order.per_hour else ""
        if order.spread:
            pace = f", spread over {span(order.spread)}"
        if order.at is None:
            return pace
        zone = ZoneInfo(order.publication.timezone)
        return f"{pace}, at {describe(order.at, zone, self.now)}"

    def _another_day(self) -> str:
        """That the letter's date, which its weekdays and labels follow, is not the
        day."""
        order = self.order
        dated = order.composed.issue.date
        zone = ZoneInfo(order.publication.timezone)
        day = (order.at or self.now).astimezone(zone).date()
        if day == dated:
            return ""
        return (
            f"the letter is dated {dated:%A %Y-%m-%d}, "
            f"and goes out on {day:%A %Y-%m-%d}"
        )


def look_ahead(store: Store, order: Order, through: str, now: datetime) -> Outlook:
    """Count who would get it now; raises AlreadySent as planning it would."""
    return Outlook(
        order=order, through=through, expected=forecast(store, order), now=now
    )
