"""Brings a provider's events into the ledger: in any order, each once, also too early.

An event proves something of one delivery; what it proves is never taken back by a later
or milder one. Hard bounces, complaints and unsubscribes suppress the address.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from newsletter.model.event import Bounce, Event, EventKind
from newsletter.model.message import campaign_of, delivery_id
from newsletter.model.subscriber import SuppressionReason
from newsletter.model.text import clean_line
from newsletter.store import campaigns, events, subscribers, suppressions
from newsletter.store.engine import Store

NEW = "new"
REPEATED = "repeated"
STRANGE = "not ours"

_SUPPRESS = {
    EventKind.COMPLAINED: SuppressionReason.COMPLAINT,
    EventKind.UNSUBSCRIBED: SuppressionReason.UNSUBSCRIBE,
}
_Delivery = tuple[int, int]
"""Campaign and subscriber."""


def apply(
    store: Store, provider: str, told: Iterable[Event], received_at: datetime
) -> Counter[str]:
    """Bring events into the ledger, all or none; counts new, repeated, strange ones.

    One that names none of our deliveries is kept and changes nothing: nobody outside
    of the ledger can be changed by a webhook. Opens and clicks prove that a message
    arrived; that they happened is not kept.
    """
    counts: Counter[str] = Counter()
    with store.write() as connection:
        for event in map(_fit, told):
            counts[_apply(connection, provider, event, received_at)] += 1
    return counts


def _fit(event: Event) -> Event:
    """What was told, without characters that no database takes (NUL, half a pair)."""
    return replace(
        event,
        id=clean_line(event.id),
        address=clean_line(event.address),
        delivery_id=clean_line(event.delivery_id),
        provider_message_id=clean_line(event.provider_message_id),
        reason=clean_line(event.reason),
    )


def _apply(connection: Any, provider: str, event: Event, received_at: datetime) -> str:
    delivery = _delivery(connection, provider, event)
    if event.kind in (EventKind.OPENED, EventKind.CLICKED):
        changed = delivery and events.mark(connection, event, delivery)
        return NEW if changed else REPEATED if delivery else STRANGE
    if not events.add(connection, provider, event, received_at, delivery):
        return REPEATED
    if delivery is None:
        return STRANGE
    if event.bounce is not Bounce.SOFT and event.bounce is not Bounce.UNKNOWN:
        events.mark(connection, event, delivery)
    _suppress(connection, event, delivery[1])
    return NEW


def _delivery(connection: Any, provider: str, event: Event) -> _Delivery | None:
    """Whose message an event is about; None unless it can only be that one."""
    campaign = campaigns.by_uid(connection, campaign_of(event.delivery_id))
    if campaign is None or campaign.provider != provider:
        return None
    person = subscribers.by_address_key(connection, event.address.strip().lower())
    if person and delivery_id(campaign.uid, person.id) == event.delivery_id:
        return campaign.id, person.id
    # The address was changed since, or the provider has spelt it otherwise.
    if not event.provider_message_id:
        return None
    found = events.find_delivery(connection, campaign.id, event.provider_message_id)
    if found is None or delivery_id(campaign.uid, found) != event.delivery_id:
        return None
    return campaign.id, found


def _suppress(connection: Any, event: Event, subscriber_id: int) -> None:
    reason = _SUPPRESS.get(event.kind)
    if event.kind is EventKind.BOUNCED and event.bounce is Bounce.HARD:
        reason = SuppressionReason.BOUNCE
    person = subscribers.get(connection, subscriber_id)
    if reason and person:
        suppressions.add(connection, person.address_key, reason, event.reason[:200])
