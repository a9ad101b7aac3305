"""The author's word on one person: tags, suppressions by hand and their end."""

from collections.abc import Sequence
from typing import Any

from newsletter.audience.address import normalise
from newsletter.audience.cells import one_line
from newsletter.audience.erased import suppression_of
from newsletter.errors import UsageError
from newsletter.model.consent import Consent, ConsentKind
from newsletter.model.erasure import Eraser
from newsletter.model.subscriber import (
    Subscriber,
    SubscriberStatus,
    Suppression,
    SuppressionReason,
)
from newsletter.model.tag import as_tag
from newsletter.store import consents, subscribers, suppressions
from newsletter.store import tags as tags_of
from newsletter.store.engine import Store

BY_HAND = "the author"

_THEIR_WORD = frozenset(
    {
        SuppressionReason.UNSUBSCRIBE,
        SuppressionReason.COMPLAINT,
        SuppressionReason.ERASURE,
    }
)
"""Only the person themselves can take this back."""


def tag(store: Store, address: str, tags: Sequence[str]) -> tuple[str, ...]:
    """Put tags on a subscriber; all that they have now.

    Raises AddressRefused, or UsageError for an unknown address or what cannot be a tag.
    """
    wanted = [_tag(each) for each in tags]
    with store.write() as connection:
        person = _subscriber(connection, address)
        tags_of.add(connection, [(person.id, each) for each in wanted])
        return tags_of.of_subscriber(connection, person.id)


def untag(store: Store, address: str, tags: Sequence[str]) -> tuple[str, ...]:
    """Take tags off a subscriber; all that they have now. Raises as `tag` does."""
    wanted = [_tag(each) for each in tags]
    with store.write() as connection:
        person = _subscriber(connection, address)
        tags_of.remove(connection, person.id, wanted)
        return tags_of.of_subscriber(connection, person.id)


def suppress(
    store: Store,
    eraser: Eraser,
    address: str,
    reason: SuppressionReason = SuppressionReason.MANUAL,
    note: str = "",
) -> Suppression:
    """Never mail an address, whoever it belongs to; why it is not mailed now.

    An earlier reason stays, unless this one is graver; a subscriber who asked for no
    more mail has left. Raises AddressRefused for what is no address.
    """
    key = normalise(address).key
    with store.write() as connection:
        before = suppression_of(connection, eraser, key)
        if reason is SuppressionReason.UNSUBSCRIBE:
            subscribers.leave(connection, [key])
        if before is None or before.reason is not SuppressionReason.ERASURE:
            suppressions.add(connection, key, reason, one_line(note))
        found = suppression_of(connection, eraser, key)
    assert found is not None  # noqa: S101 - it was just added
    return found


def unsuppress(
    store: Store, eraser: Eraser, address: str, note: str = ""
) -> Suppression:
    """Let an address be mailed again; why it was not until now.

    Who unsubscribed, complained or was erased has to have asked for it: the `note` says
    how, goes into the record of consent, and makes a subscriber active again. Raises
    AddressRefused, or UsageError without a suppression or without the note.
    """
    found = normalise(address)
    note = one_line(note)
    with store.write() as connection:
        before = suppression_of(connection, eraser, found.key)
        if before is None:
            raise UsageError(f"{address} is not suppressed", hint="nothing was changed")
        if before.reason in _THEIR_WORD and not note:
            raise UsageError(
                f"{address} is suppressed: {before.reason}; only they undo that",
                hint='say how they asked: --note "mail of 3 November"',
            )
        for name in (found.key, *eraser.keys(found.key)):
            suppressions.lift(connection, name)
        person = subscribers.by_address_key(connection, found.key)
        if person and note:
            said = Consent(
                kind=ConsentKind.REQUESTED,
                address=found.address,
                source=BY_HAND,
                note=note,
            )
            consents.add(connection, person.id, said)
            if person.status is SubscriberStatus.UNSUBSCRIBED:
                subscribers.rejoin(connection, person.id)
    return before


def _subscriber(connection: Any, address: str) -> Subscriber:
    person = subscribers.by_address_key(connection, normalise(address).key)
    if person is None:
        raise UsageError(
            f"{address} is no subscriber", hint="`newsletter subscribers list` has all"
        )
    return person


def _tag(text: str) -> str:
    found = as_tag(text)
    if not found:
        raise UsageError(
            f"`{text[:60]}` cannot be a tag",
            hint="use at most 60 characters, without commas and quotes",
        )
    return found
