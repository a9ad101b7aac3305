"""Subscribers, the addresses they are known by, and suppressions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from newsletter.model.consent import Consent


class SubscriberStatus(StrEnum):
    """Where a subscriber stands; only `active` ones are mailed."""

    PENDING = "pending"
    ACTIVE = "active"
    UNSUBSCRIBED = "unsubscribed"


class SuppressionReason(StrEnum):
    """Why an address is never mailed."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    ERASURE = "erasure"
    MANUAL = "manual"


class NewSubscriber(NamedTuple):
    """A person about to be added, or whose details are about to be updated.

    `address` is as typed, `address_key` the normalised form that is unique in the
    store (see `newsletter.audience.address`). Empty attributes say nothing: they never
    erase what is known. Without a time of joining it is now. The `consents` are what
    they said before; they are written down when the person is new. The `uid` is the one
    they had elsewhere; where it is 0, or somebody else has it here, they get a new one.
    """

    address: str
    address_key: str
    name: str = ""
    attributes: Mapping[str, str] = MappingProxyType({})
    status: SubscriberStatus = SubscriberStatus.ACTIVE
    source: str = ""
    tags: tuple[str, ...] = ()
    created_at: datetime | None = None
    confirmed_at: datetime | None = None
    unsubscribed_at: datetime | None = None
    consents: tuple[Consent, ...] = ()
    uid: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A person: address, name, attributes, status. `id` is the store's.

    `uid` is the number in the links of their letters: it stays theirs in a database
    that is filled from an export, and is never somebody else's.

    `created_at` is when they joined, `confirmed_at` when they followed the link in the
    confirmation mail, `unsubscribed_at` when they asked for no more mail. Tags are kept
    apart, in `newsletter.store.tags`.
    """

    id: int
    address: str
    address_key: str
    name: str
    attributes: Mapping[str, str]
    status: SubscriberStatus
    source: str
    created_at: datetime
    confirmed_at: datetime | None = None
    unsubscribed_at: datetime | None = None
    uid: int = 0

    def merge_values(self) -> dict[str, str]:
        """What `{{ name }}` in an issue may stand for, for this subscriber."""
        return merge_values(self.address, self.name, self.attributes)


def merge_values(
    address: str, name: str, attributes: Mapping[str, str]
) -> dict[str, str]:
    """What `{{ name }}` in an issue may stand for; blank values are left out.

    Where only one of name and first_name is known the other is made from it.
    """
    values = dict(attributes)
    if not all(values.values()):
        values = {key: value for key, value in values.items() if value}
    first, last = values.get("first_name", ""), values.get("last_name", "")
    whole = name or (f"{first} {last}" if first and last else first or last)
    if whole.strip():
        values["name"] = whole
        if not first:
            values["first_name"] = whole.split()[0]
    values["email"] = address
    return values


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSuppression:
    """An address that is about to be suppressed: from now on, or `since` earlier."""

    address_key: str
    reason: SuppressionReason
    since: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """An address that is never mailed, since when and why.

    Of somebody whose data were erased `address_key` is a keyed hash: see
    `newsletter.model.erasure`.
    """

    address_key: str
    reason: SuppressionReason
    since: datetime
    note: str = ""
