"""One campaign told whole, first call to last event, for `newsletter report`."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from newsletter.errors import CampaignError
from newsletter.model.campaign import CampaignState
from newsletter.model.event import EventKind
from newsletter.sending.status import CampaignStatus, overview
from newsletter.sending.when import on_clocks
from newsletter.store import batches, event_counts
from newsletter.store.engine import Store

_BOUNCED = f"{EventKind.BOUNCED} "


@dataclass(frozen=True, slots=True)
class Report:
    """A campaign, its calls and its events.

    `first_call` and `last_call` are when batches were handed over; `events` counts
    subscribers by what was told of them.
    """

    status: CampaignStatus
    first_call: datetime | None
    last_call: datetime | None
    calls: int
    events: Counter[str]

    def lines(self, zone: ZoneInfo) -> Iterator[str]:
        """What was sent, for a person; its time is told on the clocks of `zone`."""
        campaign = self.status.campaign
        part = f" (part {campaign.part})" if campaign.part > 1 else ""
        why = f": {campaign.reason}" if campaign.reason else ""
        yield f"{campaign.issue}{part}: {campaign.state}{why}"
        yield f"  email {campaign.email_hash[:12]} through {campaign.provider}"
        if campaign.not_before:
            yield f"  scheduled for {on_clocks(campaign.not_before, zone)}"
        if self.first_call and self.last_call:
            seconds = (self.last_call - self.first_call).total_seconds()
            calls = "1 call" if self.calls == 1 else f"{self.calls:,} calls"
            yield f"  {calls} from {_shown(self.first_call)}, over {seconds:,.0f} s"
        if not self.status.totals.recipients:
            over = campaign.state is CampaignState.CANCELLED
            yield "  nobody got it" if over else "  who gets it is decided then"

    def events_told(self) -> Iterator[str]:
        """What the provider told afterwards, with the share that matters."""
        base = self.status.totals.handed_over or 1
        for kind, number in sorted(self.events.items()):
            yield f"{kind}: {number:,} ({number / base:.1%})"

    def as_data(self) -> dict[str, Any]:
        """The report for a program."""
        return {
            **self.status.as_data(),
            "first_call": self.first_call,
            "last_call": self.last_call,
            "calls": self.calls,
            "events": dict(self.events),
            "complaints": self.events[str(EventKind.COMPLAINED)],
            "bounces": {
                kind.removeprefix(_BOUNCED): number
                for kind, number in self.events.items()
                if kind.startswith(_BOUNCED)
            },
        }


def reports(store: Store, issue: str) -> list[Report]:
    """The campaigns of an issue (its slug), newest first; CampaignError for none."""
    sent = overview(store, issue)
    if not sent:
        raise CampaignError(
            f"{issue} was not sent yet", hint="`newsletter status` shows what was"
        )
    found = []
    for each in sent:
        with store.read() as connection:
            calls = batches.calls(connection, each.campaign.id)
            told = event_counts.of_campaign(connection, each.campaign.id)
        found.append(Report(each, calls.first, calls.last, calls.number, told))
    return found


def _shown(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")
