"""The last question before a call: is the batch still in the hands that claimed it?"""

import time

from newsletter.model.campaign import ClaimedBatch
from newsletter.providers.protocol import Capabilities
from newsletter.sending.recovery import is_recognised
from newsletter.store import batches
from newsletter.store.batches import Grip
from newsletter.store.engine import Store

LEAST_LEASE_SECONDS = 5.0
"""With less of its lease left no call is begun: soon another may take the batch."""

# Where there is one: a clock that goes on while the machine sleeps.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def firm_grip(
    store: Store, claimed: ClaimedBatch, capabilities: Capabilities
) -> Grip | None:
    """How a claimed batch is held, if its call may be made now; None when not.

    However long this machine slept since the claim: whoever took the batch over
    meanwhile is seen here, in the ledger. A key that has expired is, too.
    """
    asked_at = time.clock_gettime(_CLOCK)
    with store.read() as connection:
        grip = batches.grip(connection, claimed)
    if grip is None or not is_recognised(claimed, capabilities, grip.age_seconds):
        return None
    left = grip.lease_seconds - (time.clock_gettime(_CLOCK) - asked_at)
    return grip if left >= LEAST_LEASE_SECONDS else None
