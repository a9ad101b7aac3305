"""Deals with batches that were in flight when their process died."""

import hashlib
from datetime import timedelta
from typing import Any

from newsletter import __version__
from newsletter.model.campaign import Campaign, ClaimedBatch
from newsletter.providers.protocol import Capabilities
from newsletter.sending import logged
from newsletter.store import batches, lifecycle
from newsletter.store.batches import Orphan
from newsletter.store.engine import Store

MARGIN = 0.9
"""Of a key's lifetime: clocks differ, and a repeated call takes its time."""

_SET_BACK = timedelta(minutes=1)
"""A call further in the future was made before the clock was set back."""

_FORGOTTEN = "the provider no longer recognises the key"
_CHANGED = "the bytes have changed since an attempt in doubt"
_CANCELLED = "cancelled while the call was under way, and the process died"
_NO_KEY = "the process died during the call, and the provider has no keys"
_TOO_LATE = "the process died during the call, and the key has expired since"


def key_is_honoured(capabilities: Capabilities, age: timedelta) -> bool:
    """Whether the provider would recognise a call first made `age` ago."""
    lifetime = capabilities.key_lifetime
    if lifetime is None:
        return False
    return lifetime == timedelta.max or -_SET_BACK < age < lifetime * MARGIN


def is_recognised(
    claimed: ClaimedBatch, capabilities: Capabilities, age_seconds: float
) -> bool:
    """Whether a batch can be sent at an age without the risk of a second message."""
    age = timedelta(seconds=age_seconds)
    return not claimed.in_doubt or key_is_honoured(capabilities, age)


def may_be_sent(
    connection: Any, claimed: ClaimedBatch, capabilities: Capabilities
) -> bool:
    """Whether a claimed batch is new, or its earlier attempt will be recognised.

    Where not, it is called uncertain, in the transaction that has claimed it.
    """
    if not is_recognised(claimed, capabilities, claimed.age_seconds):
        batches.set_uncertain(connection, claimed, _FORGOTTEN)
        return False
    if capabilities.repeats == "message" or capabilities.key_lifetime is None:
        return True
    if batches.seal(connection, claimed, fingerprint(claimed)):
        return True
    # A key must never name other bytes than it did (a bug, if it happens).
    batches.set_uncertain(connection, claimed, _CHANGED)
    return False


def fingerprint(claimed: ClaimedBatch) -> str:
    """Names what the batch's bytes are made of; the email is frozen besides.

    The version is part of it: another one may build a message differently.
    """
    made_by = f"{__version__} {claimed.first_sent_at.isoformat()}"
    digest = hashlib.blake2b(made_by.encode(), digest_size=16)
    for delivery in claimed.deliveries:
        digest.update(f"{delivery.address}\0{delivery.merge}\0".encode())
    return digest.hexdigest()


def recover(
    store: Store, campaign: Campaign, capabilities: Capabilities, *, everything: bool
) -> int:
    """Reopen the orphans that may be repeated, call the others uncertain.

    `everything` when no other process can be sending, else only those whose lease is
    over. Returns how many there were. A provider without keys never gets a batch twice.
    """
    why = _NO_KEY if capabilities.key_lifetime is None else _TOO_LATE
    dealt_with: list[tuple[Orphan, str]] = []
    with store.write() as connection:
        for orphan in batches.orphans(connection, campaign.id, everything=everything):
            age = timedelta(seconds=orphan.age_seconds)
            if key_is_honoured(capabilities, age):
                reason, ours = "", batches.reopen(connection, orphan)
            else:
                reason, ours = why, batches.orphan_uncertain(connection, orphan, why)
            if ours:
                dealt_with.append((orphan, reason))
        if dealt_with:
            lifecycle.drop_cancelled(connection, campaign.id)
    for orphan, reason in dealt_with:
        logged.taken_over(orphan, reason)
    return len(dealt_with)


def recover_cancelled(store: Store, campaign: Campaign, *, everything: bool) -> None:
    """Call the orphans of a cancelled campaign uncertain: nothing is repeated."""
    with store.write() as connection:
        found = batches.orphans(connection, campaign.id, everything=everything)
        for orphan in found:
            batches.orphan_uncertain(connection, orphan, _CANCELLED)
    for orphan in found:
        logged.taken_over(orphan, _CANCELLED)
