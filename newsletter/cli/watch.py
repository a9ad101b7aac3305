"""`newsletter status --watch`: the campaigns under way, shown again and again."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from newsletter.cli.output import console, plural, safe
from newsletter.model.campaign import CampaignState

if TYPE_CHECKING:
    from newsletter.sending.status import CampaignStatus

_SECONDS = 1.0


def watch(read: "Callable[[], list[CampaignStatus]]", zone: ZoneInfo) -> None:
    """Show what `read` gives once a second, until nothing is under way, or Ctrl-C."""
    from rich.live import Live

    meter = _Meter(zone)
    with Live(console=console(), auto_refresh=False) as live:
        while True:
            reports = read()
            live.update(meter.lines(reports, time.monotonic()), refresh=True)
            if not any(r.campaign.state is CampaignState.SENDING for r in reports):
                return
            time.sleep(_SECONDS)


class _Meter:
    """Tells how fast each campaign goes, from one look to the next."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._before: dict[int, tuple[int, float]] = {}
        self._rate: dict[int, float] = {}

    def lines(self, reports: "list[CampaignStatus]", now: float) -> str:
        """One line for each campaign."""
        return "\n".join(safe(self._line(report, now)) for report in reports)

    def _line(self, report: "CampaignStatus", now: float) -> str:
        campaign, total = report.campaign, report.totals.recipients
        done = total - report.left
        rate = self._speed(campaign.id, done, now)
        text = f"{campaign.issue}: {report.standing_on(self._zone)}"
        if campaign.state is not CampaignState.SCHEDULED:
            text += f", {done:,} of {total:,}"
        if campaign.state is CampaignState.SENDING and rate:
            text += f", {rate:,.0f} a second, {_left(report.left / rate)}"
        return text

    def _speed(self, campaign: int, done: int, now: float) -> float:
        before, at = self._before.get(campaign, (done, now))
        self._before[campaign] = (done, now)
        if now > at:
            fresh = (done - before) / (now - at)
            self._rate[campaign] = 0.7 * self._rate.get(campaign, fresh) + 0.3 * fresh
        return self._rate.get(campaign, 0.0)


def _left(seconds: float) -> str:
    if seconds < 90:
        return f"{plural(round(seconds), 'second')} left"
    return f"{plural(round(seconds / 60), 'minute')} left"
