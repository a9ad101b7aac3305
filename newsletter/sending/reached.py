"""Which campaigns reached somebody; one cancelled before is no part of a send."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from newsletter.model.campaign import (
    Campaign,
    CampaignState,
    CampaignTotals,
    DeliveryState,
)
from newsletter.store import batches, campaigns

_NOT_REACHED = (DeliveryState.REJECTED, DeliveryState.SKIPPED)


def reached_anybody(totals: CampaignTotals) -> bool:
    """Whether somebody got it, may have got it, or still will."""
    return any(
        number for state, number in totals.states.items() if state not in _NOT_REACHED
    )


def cancelled_in_time(connection: Any, campaign: Campaign) -> bool:
    """Whether it was cancelled before anybody got it, or may have."""
    if campaign.state is not CampaignState.CANCELLED:
        return False
    return not reached_anybody(campaigns.totals(connection, campaign.id))


def in_parts(connection: Any, campaign: Campaign) -> Campaign:
    """The campaign, its part counted among those that reached somebody.

    The ledger's own number counts every attempt, so that none is planned twice.
    """
    if campaign.part == 1:
        return campaign
    every = campaigns.find(connection, campaign.issue, campaign.segment)
    before = [each for each in every if each.id < campaign.id]
    reached = [each for each in before if not cancelled_in_time(connection, each)]
    return replace(campaign, part=len(reached) + 1)


def sent_at(connection: Any, campaign: Campaign) -> datetime:
    """When its first call was made; when it was planned if none was."""
    return batches.calls(connection, campaign.id).first or campaign.planned_at
