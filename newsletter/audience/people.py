"""Subscribers one at a time: added, removed, found and listed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from newsletter.audience.address import Address, normalise
from newsletter.audience.cells import one_line, too_long
from newsletter.audience.erased import refuse_unknown_secret, suppression_of
from newsletter.audience.headers import Role, key_of, role_of
from newsletter.audience.standing import why
from newsletter.errors import UsageError
from newsletter.model.consent import Consent, ConsentKind
from newsletter.model.erasure import Eraser
from newsletter.model.subscriber import (
    NewSubscriber,
    Subscriber,
    SubscriberStatus,
    Suppression,
    SuppressionReason,
)
from newsletter.store import consents, subscribers, suppressions
from newsletter.store.engine import Store
from newsletter.store.subscribers import UpsertOutcome

BY_HAND = "added by hand"


class NeverMailed(UsageError):
    """The address is suppressed, so that it cannot be added."""


class Removal(StrEnum):
    """What removing an address did."""

    REMOVED = "unsubscribed and suppressed"
    UNKNOWN = "was no subscriber; suppressed, so that no import brings it in"
    UNCHANGED = "was suppressed before; nothing changed"


@dataclass(frozen=True, slots=True)
class Person:
    """What the store knows of an address; one of the two is there."""

    subscriber: Subscriber | None
    suppression: Suppression | None


def add(
    store: Store,
    eraser: Eraser,
    address: str,
    *,
    name: str = "",
    attributes: Mapping[str, str] | None = None,
    source: str = BY_HAND,
) -> UpsertOutcome:
    """Add a subscriber, or complete what is known of one.

    Raises AddressRefused for what is no address, NeverMailed for one that is suppressed
    or unsubscribed, UsageError for a name or an attribute that cannot be kept.
    """
    found = normalise(address)
    details = {
        _attribute(key): one_line(text) for key, text in (attributes or {}).items()
    }
    name = one_line(name)
    if refusal := too_long(name, details):
        raise UsageError(refusal[0], hint=refusal[1])
    with store.write() as connection:
        refuse_unknown_secret(connection, eraser)
        suppression = suppression_of(connection, eraser, found.key)
        known = subscribers.by_address_key(connection, found.key)
        _refuse_left(found, known, suppression)
        person = NewSubscriber(
            address=found.address,
            address_key=found.key,
            name=name,
            attributes={key: text for key, text in details.items() if text},
            source=one_line(source),
        )
        return subscribers.upsert(connection, [person])[0]


def remove(store: Store, address: str, *, note: str = "removed by hand") -> Removal:
    """Never mail an address again, whoever it belongs to; says what that changed.

    An address that is no subscriber's is suppressed too, so that a later import cannot
    bring it in. Raises AddressRefused for what is no address.
    """
    key = normalise(address).key
    with store.write() as connection:
        person = subscribers.by_address_key(connection, key)
        reason = SuppressionReason.UNSUBSCRIBE if person else SuppressionReason.MANUAL
        staying = person and person.status is not SubscriberStatus.UNSUBSCRIBED
        if staying:
            subscribers.leave(connection, [key])
        news = suppressions.add(connection, key, reason, one_line(note))
        if person and staying:
            said = Consent(
                kind=ConsentKind.WITHDRAWN, address=person.address, note=one_line(note)
            )
            consents.add(connection, person.id, said)
            return Removal.REMOVED
    if not news:
        return Removal.UNCHANGED
    return Removal.REMOVED if person else Removal.UNKNOWN


def find(store: Store, eraser: Eraser, address: str) -> Person | None:
    """What is known of an address, if anything; raises AddressRefused."""
    key = normalise(address).key
    with store.read() as connection:
        subscriber = subscribers.by_address_key(connection, key)
        suppression = suppression_of(connection, eraser, key)
    if subscriber is None and suppression is None:
        return None
    return Person(subscriber, suppression)


def listing(
    store: Store, *, status: SubscriberStatus | None = None, after_id: int = 0
) -> Iterator[Subscriber]:
    """Go through the subscribers in the order in which they came, from one on."""
    with store.read() as connection:
        for subscriber in subscribers.iterate(connection, after_id=after_id):
            if status is None or subscriber.status is status:
                yield subscriber


def _refuse_left(
    address: Address, known: Subscriber | None, suppression: Suppression | None
) -> None:
    if suppression is not None:
        reason, hint = why(suppression)
        raise NeverMailed(f"{address.address} is {reason}", hint=hint)
    if known is not None and known.status is SubscriberStatus.UNSUBSCRIBED:
        message = f"{address.address} has unsubscribed"
        raise NeverMailed(message, hint="only they themselves can sign up again")


def _attribute(name: str) -> str:
    """The key of an attribute, as an import would make it of a column."""
    key = key_of(name)
    if not key or role_of(key) is not Role.ATTRIBUTE:
        message = f"`{name[:40]}` cannot be an attribute"
        raise UsageError(message, hint="use a–z, 0–9 and _, such as `company`")
    return key


def merge_of(store: Store, addresses: Sequence[Address]) -> dict[str, str]:
    """What is known of those among the addresses who subscribe, as a delivery keeps it.

    By the address as typed: JSON with the keys `name` and `attributes`.
    """
    with store.read() as connection:
        found = {
            each.address: subscribers.by_address_key(connection, each.key)
            for each in addresses
        }
    return {
        address: json.dumps(
            {"name": person.name, "attributes": dict(person.attributes)}
        )
        for address, person in found.items()
        if person
    }
