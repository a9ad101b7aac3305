"""What is logged of a send while it goes on: batches, waits and claims, never a reader.

Programs read it, with `newsletter worker --json`; people are told less, elsewhere.
"""

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from newsletter.errors import ProviderBusy, ProviderRefused
from newsletter.model.campaign import Campaign, DeliveryState
from newsletter.store.batches import Orphan

if TYPE_CHECKING:
    from newsletter.sending.calling import Outcome
    from newsletter.sending.verdict import Verdict

_LOG = logging.getLogger(__name__)
# Where nobody asked for it, nothing of it is printed: not even warnings.
_LOG.addHandler(logging.NullHandler())


def event(message: str, fields: dict[str, object], level: int = logging.INFO) -> None:
    """Log that something happened; the fields are a line's own where it is JSON."""
    _LOG.log(level, message, extra={"fields": fields})


def begun(campaign: Campaign) -> None:
    """A campaign that was scheduled is being sent."""
    event("campaign begun", _named(campaign))


def taken_up(campaign: Campaign) -> None:
    """A campaign is sent from here, too, from now on."""
    event("campaign taken up", _named(campaign))


def aside(campaign: Campaign, seconds: float) -> None:
    """A campaign is left to the others for so long, who get through."""
    fields = _named(campaign) | {"seconds": seconds}
    event("standing aside", fields, logging.WARNING)


def _named(campaign: Campaign) -> dict[str, object]:
    names = {"issue": campaign.issue, "segment": campaign.segment}
    return {"campaign": campaign.id, **names, "provider": campaign.provider}


def call(outcome: "Outcome", verdict: "Verdict", *, written: bool = True) -> None:
    """A call has ended, and what came of it stands in the ledger.

    Unless it was `written` the batch was in other hands by then.
    """
    claimed, error = outcome.claimed, outcome.error
    batch: dict[str, object] = {
        "campaign": claimed.campaign_id,
        "number": claimed.number,
        "recipients": len(claimed.deliveries),
        "attempt": claimed.attempt,
        "ms": round(outcome.seconds * 1000),
    }
    if not written:
        event("answer came too late", batch, logging.WARNING)
    elif error is None:
        event("batch sent", batch | _counts(outcome))
    else:
        _failed(outcome, verdict, batch | {"kind": type(error).__name__})


def _failed(outcome: "Outcome", verdict: "Verdict", batch: dict[str, object]) -> None:
    """The class of the reason alone: in its words a provider may name the reader."""
    error, claimed = outcome.error, outcome.claimed
    if verdict.settled:
        refused = isinstance(error, ProviderRefused) and not claimed.in_doubt
        end = "batch rejected" if refused else "batch uncertain"
        event(end, batch, logging.WARNING)
        return
    retry = datetime.now(UTC) + timedelta(seconds=verdict.pause)
    at = None if verdict.fatal else retry.isoformat("T", "seconds")
    event("batch failed", batch | {"retry_at": at}, logging.WARNING)
    if verdict.retry_after or isinstance(error, ProviderBusy):
        held: dict[str, object] = {
            "campaign": claimed.campaign_id,
            "seconds": round(verdict.pause, 1),
        }
        event("held by the provider", held, logging.WARNING)


def taken_over(orphan: Orphan, reason: str) -> None:
    """A batch was in the hands of somebody who is gone; uncertain for a `reason`."""
    batch: dict[str, object] = {
        "campaign": orphan.campaign_id,
        "number": orphan.number,
        "recipients": orphan.size,
        "attempt": orphan.attempt,
        "from_worker": orphan.owner.partition("/")[0],
    }
    event("batch taken over", batch, logging.WARNING)
    if reason:
        event("batch uncertain", batch | {"reason": reason}, logging.WARNING)


def _counts(outcome: "Outcome") -> dict[str, object]:
    """How many of a batch were rejected, are to be asked about later, or were not
    mentioned at all; where there are any."""
    states = [result.state for result in outcome.results]
    found = {
        "rejected": states.count(DeliveryState.REJECTED),
        "later": states.count(DeliveryState.PENDING),
        "uncertain": len(outcome.claimed.deliveries) - len(states),
    }
    return {name: number for name, number in found.items() if number > 0}
