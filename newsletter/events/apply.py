"""Brings a provider's events into the ledger: in any order, each once, also too early.

An event proves something of one delivery; what it proves is never taken back by a later
or milder one. Hard bounces, complaints and unsubscribes suppress the address, and so do
soft bounces that do not end. What the sender is refused for suppresses nobody.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from newsletter.events.about import About, Finder
from newsletter.model.campaign import DeliveryState
from newsletter.model.event import Bounce, Event, EventKind
from newsletter.model.subscriber import NewSuppression, SuppressionReason
from newsletter.model.text import clean_line
from newsletter.store import events, notices, staying, suppressions
from newsletter.store.engine import Store

NEW = "new"
REPEATED = "repeated"
STRANGE = "not ours"
AWAY = "in a file that is not here"
"""Only the file of an archived campaign could tell whose message it is about."""

SOFT_BOUNCES = 3
SOFT_DAYS = 30
"""As many letters that bounced softly within as many days, and none that arrived since:
then nobody reads that mailbox."""

_SUPPRESS = {
    EventKind.COMPLAINED: SuppressionReason.COMPLAINT,
    EventKind.UNSUBSCRIBED: SuppressionReason.UNSUBSCRIBE,
}
_NOTICES = {
    EventKind.ACCEPTED: DeliveryState.ACCEPTED,
    EventKind.DEFERRED: DeliveryState.ACCEPTED,
    EventKind.BOUNCED: DeliveryState.BOUNCED,
    EventKind.REJECTED: DeliveryState.REJECTED,
}
_LEFT = SuppressionReason.UNSUBSCRIBE
_NO_LETTER = "told of a mail that asked to confirm, or welcomed"
_Delivery = tuple[int, int]
"""Campaign and subscriber."""

_Reasons = list[tuple[int, SuppressionReason, str]]
"""Subscribers' ids, why their addresses are suppressed, and a note."""

_OPENS = (EventKind.OPENED, EventKind.CLICKED)
_MILD = (Bounce.SOFT, Bounce.UNKNOWN)


def apply(
    store: Store,
    provider: str,
    told: Iterable[Event],
    received_at: datetime,
    *,
    keep_opens: bool = False,
) -> Counter[str]:
    """Bring events into the ledger, all or none; counts new, repeated, strange ones.

    One that names none of our messages is kept and changes nothing: nobody outside of
    the ledger can be changed by a webhook. Opens and clicks prove that a message
    arrived; that they happened is only kept with `keep_opens`.
    """
    counts: Counter[str] = Counter()
    told = [_fit(event) for event in told]
    with store.write() as connection:
        finder = Finder(connection, provider, told)
        found = [(event, finder.find(event)) for event in told]
        kept = [pair for pair in found if keep_opens or pair[0].kind not in _OPENS]
        new = events.add(connection, provider, received_at, [*map(_delivery, kept)])
        proved: list[tuple[Event, About]] = []
        for event, about in found:
            if event.kind not in _OPENS or keep_opens:
                if event.id not in new:
                    counts[REPEATED] += 1
                    continue
                new.remove(event.id)
            if about:
                counts[NEW] += 1
                proved.append((event, about))
            else:
                counts[AWAY if finder.is_away(event) else STRANGE] += 1
        _mark(connection, proved)
        _suppress(connection, proved)
    return counts


def _delivery(pair: tuple[Event, About | None]) -> tuple[Event, _Delivery | None]:
    event, about = pair
    return event, about.delivery if about else None


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


def _mark(connection: Any, proved: Sequence[tuple[Event, About]]) -> None:
    """Write down what became of the messages; a mild bounce is no end of one."""
    sure = [(event, about) for event, about in proved if event.bounce not in _MILD]
    events.mark(
        connection,
        [(event, about.delivery) for event, about in sure if about.delivery],
    )
    for event, about in sure:
        if not about.delivery:
            notices.mark(
                connection,
                about.uid,
                _NOTICES.get(event.kind, DeliveryState.DELIVERED),
                provider_message_id=event.provider_message_id,
                reason=event.reason,
            )


def _suppress(connection: Any, proved: Sequence[tuple[Event, About]]) -> None:
    """Suppress for all that was told, not only the first: the gravest reason stays."""
    reasons = [
        (about.subscriber_id, reason, _note(event, about))
        for event, about in proved
        if (reason := _reason(event))
    ]
    reasons += _given_up(connection, proved)
    if not reasons:
        return
    keys = staying.keys(connection, [*{id for id, _, _ in reasons}])
    # Who says so at the provider has left, as by our own link. That comes before the
    # suppressions: which of them outranks another depends on it.
    left = [*{id for id, reason, _ in reasons if reason is _LEFT}]
    staying.leave(connection, [each.id for each in staying.among(connection, left)])
    suppressions.add_many(
        connection,
        [
            NewSuppression(address_key=keys[id], reason=reason, note=note)
            for id, reason, note in reasons
            if id in keys
        ],
    )


def _note(event: Event, about: About) -> str:
    """What the provider says; of a mail that is no letter at least which it was."""
    return (event.reason or ("" if about.delivery else _NO_LETTER))[:200]


def _reason(event: Event) -> SuppressionReason | None:
    if event.bounce is Bounce.HARD:
        return SuppressionReason.BOUNCE
    return _SUPPRESS.get(event.kind)


def _given_up(connection: Any, proved: Sequence[tuple[Event, About]]) -> _Reasons:
    """Those whose mailboxes have bounced softly for too long."""
    soft = {
        about.subscriber_id: event
        for event, about in proved
        if event.bounce is Bounce.SOFT and about.delivery
    }
    if not soft:
        return []
    since = max(event.at for event in soft.values()) - timedelta(days=SOFT_DAYS)
    return [
        (
            id,
            SuppressionReason.BOUNCE,
            f"{number} letters bounced in {SOFT_DAYS} days: {soft[id].reason}"[:200],
        )
        for id, number in events.soft_bounces(connection, [*soft], since).items()
        if number >= SOFT_BOUNCES
    ]
