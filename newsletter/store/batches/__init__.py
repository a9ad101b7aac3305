"""The attempts to send: batches claimed, their outcomes recorded, lost ones recovered.

What a worker reports of its `ClaimedBatch` changes nothing, and False is returned, once
the batch was taken away from it: then somebody else answers for it.
"""

from newsletter.store.batches.claiming import claim, next_wait, seal
from newsletter.store.batches.outcome import give_up, record, release, set_uncertain
from newsletter.store.batches.recovery import Orphan, orphan_uncertain, orphans, reopen

__all__ = [
    "Orphan",
    "claim",
    "give_up",
    "next_wait",
    "orphan_uncertain",
    "orphans",
    "record",
    "release",
    "reopen",
    "seal",
    "set_uncertain",
]
