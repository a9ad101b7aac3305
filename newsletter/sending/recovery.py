"""Deals with batches that were in flight when their process died."""

from datetime import timedelta

from newsletter.model.campaign import Campaign
from newsletter.providers.protocol import Capabilities
from newsletter.store import batches
from newsletter.store.engine import Store

MARGIN = 0.9
"""Of a key's lifetime: clocks differ, and a repeated call takes its time."""

_NO_KEY = "the process died during the call, and the provider has no keys"
_TOO_LATE = "the process died during the call, and the key has expired since"


def key_is_honoured(capabilities: Capabilities, age: timedelta) -> bool:
    """Whether the provider would recognise a call first made `age` ago."""
    lifetime = capabilities.key_lifetime
    if lifetime is None:
        return False
    return lifetime == timedelta.max or age < lifetime * MARGIN


def recover(
    store: Store, campaign: Campaign, capabilities: Capabilities, *, everything: bool
) -> int:
    """Reopen the orphans that may be repeated, call the others uncertain.

    `everything` when no other process can be sending, else only those whose lease is
    over. Returns how many there were. A provider without keys never gets a batch twice.
    """
    with store.write() as connection:
        found = batches.orphans(connection, campaign.id, everything=everything)
        for orphan in found:
            age = timedelta(seconds=orphan.age_seconds)
            if key_is_honoured(capabilities, age):
                batches.reopen(connection, orphan)
            else:
                reason = _NO_KEY if capabilities.key_lifetime is None else _TOO_LATE
                batches.orphan_uncertain(connection, orphan, reason)
    return len(found)
