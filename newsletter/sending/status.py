"""How a campaign stands, counted from its deliveries: `newsletter status`."""

from dataclasses import dataclass
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from newsletter.model.campaign import (
    Campaign,
    CampaignState,
    CampaignTotals,
    DeliveryRecord,
    DeliveryState,
)
from newsletter.sending import old_ledgers
from newsletter.sending.reached import in_parts
from newsletter.sending.when import on_clocks
from newsletter.store import campaigns, history, ledger_files, workers
from newsletter.store.engine import Store
from newsletter.store.workers import Worker

ORDER = (
    DeliveryState.ACCEPTED,
    DeliveryState.DELIVERED,
    DeliveryState.BOUNCED,
    DeliveryState.REJECTED,
    DeliveryState.UNCERTAIN,
    DeliveryState.IN_FLIGHT,
    DeliveryState.PENDING,
    DeliveryState.SKIPPED,
)
_COLUMNS = (DeliveryState.ACCEPTED, DeliveryState.SKIPPED)
NEWEST = 50
"""Campaigns that an overview shows."""


@dataclass(frozen=True, slots=True)
class CampaignStatus:
    """A campaign and its totals."""

    campaign: Campaign
    totals: CampaignTotals

    def count(self, state: DeliveryState) -> int:
        """How many deliveries are in a state."""
        return self.totals.states.get(state, 0)

    @property
    def left(self) -> int:
        """How many are still to be sent to."""
        return self.count(DeliveryState.PENDING) + self.count(DeliveryState.IN_FLIGHT)

    @property
    def complete(self) -> bool:
        """Whether everybody who was to get it did, for all we know."""
        lost = (DeliveryState.REJECTED, DeliveryState.UNCERTAIN)
        return not self.left and not any(self.count(state) for state in lost)

    def outcomes(self) -> list[tuple[str, int, str]]:
        """State, number, and for skipped ones the reason; only what there is."""
        rows = [
            (str(state), self.count(state), "")
            for state in ORDER
            if state is not DeliveryState.SKIPPED and self.count(state)
        ]
        rows += [
            (str(DeliveryState.SKIPPED), number, reason)
            for reason, number in sorted(self.totals.skipped.items())
        ]
        return rows

    @property
    def standing(self) -> str:
        """The state, with the reason for it."""
        campaign = self.campaign
        return campaign.state + (f": {campaign.reason}" if campaign.reason else "")

    def standing_on(self, zone: ZoneInfo) -> str:
        """The same, with the time that is waited for on the clocks of `zone`."""
        campaign = self.campaign
        if campaign.state is CampaignState.SCHEDULED and campaign.not_before:
            return f"{campaign.state} for {on_clocks(campaign.not_before, zone)}"
        return self.standing

    def row(self) -> tuple[object, ...]:
        """One line of an overview."""
        campaign = self.campaign
        part = f" (part {campaign.part})" if campaign.part > 1 else ""
        others = ", ".join(
            f"{self.count(state):,} {state}"
            for state in ORDER
            if state not in _COLUMNS and self.count(state)
        )
        return (
            campaign.issue + part,
            campaign.segment,
            self.standing,
            campaign.planned_at.strftime("%Y-%m-%d"),
            *(f"{self.count(state):,}" for state in _COLUMNS),
            others,
        )

    def as_data(self) -> dict[str, Any]:
        """The same for a program."""
        campaign = self.campaign
        return {
            "issue": campaign.issue,
            "segment": campaign.segment,
            "part": campaign.part,
            "provider": campaign.provider,
            "state": campaign.state,
            "reason": campaign.reason,
            "scheduled_for": campaign.not_before,
            "per_hour": campaign.per_hour,
            "spread_seconds": campaign.spread_seconds,
            "planned_at": campaign.planned_at,
            "ended_at": campaign.ended_at,
            "email_hash": campaign.email_hash,
            "recipients": self.totals.recipients,
            "deliveries": {str(state): self.count(state) for state in ORDER},
            "skipped": dict(self.totals.skipped),
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """How campaigns stand at a moment, and who sends them; on SQLite nobody is told."""

    campaigns: list[CampaignStatus]
    workers: list[Worker]


def standing(store: Store, issue: str = "") -> Standing:
    """The newest campaigns first, of one issue or of all, and the workers by name."""
    with store.read() as connection:
        present = workers.present(connection)
    return Standing(overview(store, issue), present)


def overview(store: Store, issue: str = "") -> list[CampaignStatus]:
    """The newest campaigns first, of one issue or of all."""
    with store.read() as connection:
        if issue:
            found = campaigns.find(connection, issue)[::-1]
        else:
            found = campaigns.latest(connection, NEWEST)
        totals = campaigns.totals_of_each(connection, [item.id for item in found])
        return [
            CampaignStatus(in_parts(connection, item), totals[item.id])
            for item in found
        ]


def issues(store: Store) -> set[str]:
    """The slugs of all issues that were sent, or are about to be."""
    with store.read() as connection:
        return {item.issue for item in campaigns.latest(connection)}


def named(
    store: Store, found: CampaignStatus, state: DeliveryState, *, limit: int = 0
) -> list[DeliveryRecord]:
    """The deliveries of a campaign in one state, by address; all without `limit`."""
    if not found.count(state):
        return []
    with store.read() as connection:
        away = ledger_files.of_campaign(connection, found.campaign.id)
        if away is None:
            return history.in_state(connection, found.campaign, state, limit=limit)
    records = old_ledgers.in_state(away, found.campaign, state)
    return list(islice(records, limit or None))


def status_of(store: Store, campaign_id: int) -> CampaignStatus:
    """One campaign as it stands now."""
    with store.read() as connection:
        found = campaigns.get(connection, campaign_id)
        assert found is not None  # noqa: S101  the caller has planned it
        return _status(connection, found)


def _status(connection: Any, campaign: Campaign) -> CampaignStatus:
    totals = campaigns.totals(connection, campaign.id)
    return CampaignStatus(in_parts(connection, campaign), totals)
