"""`newsletter status --watch`: the campaigns under way, and who sends them."""

import time
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from newsletter.cli.output import console, plural, safe
from newsletter.model.campaign import CampaignState

if TYPE_CHECKING:
    from newsletter.sending.status import CampaignStatus, Standing
    from newsletter.store.workers import Worker

_SECONDS = 1.0


def watch(read: "Callable[[], Standing]", zone: ZoneInfo) -> None:
    """Show what `read` gives once a second, until nothing is under way, or Ctrl-C."""
    from rich.live import Live

    meter = _Meter(zone)
    with Live(console=console(), auto_refresh=False) as live:
        while True:
            found = read()
            live.update(meter.lines(found, time.monotonic()), refresh=True)
            states = [report.campaign.state for report in found.campaigns]
            if CampaignState.SENDING not in states:
                return
            time.sleep(_SECONDS)


class _Meter:
    """Tells how fast each campaign and each worker goes, from one look to the next."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._before: dict[Hashable, tuple[int, float]] = {}
        self._rate: dict[Hashable, float] = {}

    def lines(self, found: "Standing", now: float) -> str:
        """One line for each campaign, and one for each worker."""
        lines = [self._line(report, now) for report in found.campaigns]
        lines += [self._of_worker(worker, now) for worker in found.workers]
        return "\n".join(map(safe, lines))

    def _of_worker(self, worker: "Worker", now: float) -> str:
        if worker.gone:
            quiet = plural(round(worker.quiet_seconds), "second")
            return f"  {worker.name}: not seen for {quiet}"
        hand = ", ".join(str(number) for _, number in worker.in_hand) or "none"
        rate = self._speed(worker.name, worker.sent, now)
        slots = plural(worker.slots, "call")
        trouble = f"; {worker.trouble}" if worker.trouble else ""
        speed = f"{rate:,.0f} a second"
        return f"  {worker.name}: {speed}; batches {hand}, of {slots}{trouble}"

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

    def _speed(self, of: Hashable, done: int, now: float) -> float:
        before, at = self._before.get(of, (done, now))
        self._before[of] = (done, now)
        if now > at:
            fresh = (done - before) / (now - at)
            self._rate[of] = 0.7 * self._rate.get(of, fresh) + 0.3 * fresh
        return self._rate.get(of, 0.0)


def _left(seconds: float) -> str:
    if seconds < 90:
        return f"{plural(round(seconds), 'second')} left"
    return f"{plural(round(seconds / 60), 'minute')} left"
