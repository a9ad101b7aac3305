"""Whether a person may be mailed: as a file says it, and as the store knows it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from newsletter.audience.headers import Column, Role, key_of
from newsletter.model.subscriber import (
    SubscriberStatus,
    Suppression,
    SuppressionReason,
)

_Word = SubscriberStatus | SuppressionReason

# Words in a status column as `key_of` makes them. What is not here is not guessed.
_WORDS: Mapping[str, _Word] = {
    "active": SubscriberStatus.ACTIVE,
    "subscribed": SubscriberStatus.ACTIVE,
    "regular": SubscriberStatus.ACTIVE,
    "premium": SubscriberStatus.ACTIVE,
    # Buttondown's and Kit's who still get the letter, whatever they pay or open.
    "gifted": SubscriberStatus.ACTIVE,
    "trialed": SubscriberStatus.ACTIVE,
    "churning": SubscriberStatus.ACTIVE,
    "churned": SubscriberStatus.ACTIVE,
    "past_due": SubscriberStatus.ACTIVE,
    "unpaid": SubscriberStatus.ACTIVE,
    "cold": SubscriberStatus.ACTIVE,
    "confirmed": SubscriberStatus.ACTIVE,
    "enabled": SubscriberStatus.ACTIVE,
    "true": SubscriberStatus.ACTIVE,
    "yes": SubscriberStatus.ACTIVE,
    "x_1": SubscriberStatus.ACTIVE,
    "pending": SubscriberStatus.PENDING,
    "unconfirmed": SubscriberStatus.PENDING,
    "unactivated": SubscriberStatus.PENDING,
    "validating": SubscriberStatus.PENDING,
    "unsubscribed": SuppressionReason.UNSUBSCRIBE,
    "cancelled": SuppressionReason.UNSUBSCRIBE,
    "canceled": SuppressionReason.UNSUBSCRIBE,
    "opted_out": SuppressionReason.UNSUBSCRIBE,
    "non_subscribed": SuppressionReason.UNSUBSCRIBE,
    "false": SuppressionReason.UNSUBSCRIBE,
    "no": SuppressionReason.UNSUBSCRIBE,
    "x_0": SuppressionReason.UNSUBSCRIBE,
    "bounced": SuppressionReason.BOUNCE,
    "cleaned": SuppressionReason.BOUNCE,
    "undeliverable": SuppressionReason.BOUNCE,
    "complained": SuppressionReason.COMPLAINT,
    "spam": SuppressionReason.COMPLAINT,
    "inactive": SuppressionReason.MANUAL,
    "blocked": SuppressionReason.MANUAL,
    "blocklisted": SuppressionReason.MANUAL,
    "removed": SuppressionReason.MANUAL,
    "disabled": SuppressionReason.MANUAL,
    "suppressed": SuppressionReason.MANUAL,
}
_REASONS: Mapping[str, SuppressionReason] = {
    reason.value: reason for reason in SuppressionReason
}
_NOT_SUPPRESSED = frozenset({"false", "no", "x_0"})
_SAYS_NOTHING = frozenset({"null", "none", "n_a", "nan"})

NOBODY = "suppressed"
"""The status of an address that is no subscriber's, and only never mailed."""

_CONSEQUENCES: Mapping[SuppressionReason, str] = {
    SuppressionReason.BOUNCE: "mail to it came back; ask for another address",
    SuppressionReason.COMPLAINT: "they reported mail as spam; do not write again",
    SuppressionReason.UNSUBSCRIBE: "they asked for no more mail, and only they undo it",
    SuppressionReason.ERASURE: "they had their data erased; do not write again",
    SuppressionReason.MANUAL: "somebody put it among the addresses never to mail",
}


class UnknownStatus(ValueError):
    """A word in a status column whose meaning would have to be guessed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a row's person may be mailed: never, when there is a `reason`.

    `nobody` means that the row is an address to suppress and not a subscriber.
    """

    status: SubscriberStatus = SubscriberStatus.ACTIVE
    reason: SuppressionReason | None = None
    nobody: bool = False


MAY_BE_MAILED = Standing()


def standing(columns: Iterable[Column], cells: Sequence[str]) -> Standing:
    """What the columns about it say together; blank cells say nothing.

    Raises UnknownStatus for a word that is not known, unless it makes no difference.
    """
    said: dict[Role, _Word] = {}
    unknown: UnknownStatus | None = None
    nobody = False
    for column in columns:
        cell = cells[column.index]
        try:
            word = _word(column, cell)
        except UnknownStatus as error:
            unknown = error
            continue
        # Of two status columns, the one that forbids to mail is right.
        if word and not isinstance(said.get(column.role), SuppressionReason):
            said[column.role] = word
        nobody |= column.role is Role.STATUS and key_of(cell) == NOBODY
    status = said.get(Role.STATUS)
    for role in (Role.SUPPRESSED, Role.LEFT, Role.STATUS):
        reason = said.get(role)
        if isinstance(reason, SuppressionReason):
            # An export of ours says both, and means both.
            if role is Role.SUPPRESSED and isinstance(status, SubscriberStatus):
                erased = reason is SuppressionReason.ERASURE
                return Standing(status, reason, nobody or erased)
            return _never(reason, status, nobody=nobody)
    if unknown:
        raise unknown
    return Standing(status) if isinstance(status, SubscriberStatus) else MAY_BE_MAILED


def tells_who_left(cell: str) -> bool:
    """Whether a cell, wherever it stands, holds a word for somebody who left."""
    key = key_of(cell)
    word = _WORDS.get(key)
    return isinstance(word, SuppressionReason) and key not in _NOT_SUPPRESSED


def is_status(cell: str) -> bool:
    """Whether a cell holds a word that belongs in a status column."""
    return key_of(cell) in _WORDS


def why(suppression: Suppression) -> tuple[str, str]:
    """Why an address is not mailed and since when, and what follows from it."""
    since = suppression.since.strftime("%Y-%m-%d")
    reason = f"suppressed: {suppression.reason} since {since}"
    return reason, _CONSEQUENCES[suppression.reason]


def _word(column: Column, cell: str) -> _Word | None:
    key = key_of(cell) if cell else ""
    if not cell or key in _SAYS_NOTHING:
        return None
    if column.role is Role.LEFT:
        never = key in _NOT_SUPPRESSED or not key or key.startswith("x_0000")
        return None if never else column.reason
    if column.role is Role.SUPPRESSED:
        if key in _NOT_SUPPRESSED:
            return None
        return _REASONS.get(key, SuppressionReason.MANUAL)
    if key not in _WORDS:
        raise UnknownStatus(cell)
    return _WORDS[key]


def _never(
    reason: SuppressionReason, status: _Word | None, *, nobody: bool
) -> Standing:
    left = SuppressionReason.UNSUBSCRIBE in (reason, status)
    if left:
        status = SubscriberStatus.UNSUBSCRIBED
    elif not isinstance(status, SubscriberStatus):
        status = SubscriberStatus.ACTIVE
    # Who had their data erased is not to be put together again.
    return Standing(status, reason, nobody or reason is SuppressionReason.ERASURE)
