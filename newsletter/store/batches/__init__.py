"""The attempts to send: batches claimed, their outcomes recorded, lost ones recovered.

What a worker reports of its `ClaimedBatch` changes nothing, and False is returned, once
the batch was taken away from it: then somebody else answers for it.
"""

from newsletter.store.batches.claiming import claim, next_wait, seal
from newsletter.store.batches.outcome import (
    give_up,
    record,
    release,
    set_uncertain,
    split,
)
from newsletter.store.batches.progress import calls, leased, so_far
from newsletter.store.batches.recovery import Orphan, orphan_uncertain, orphans, reopen
from newsletter.store.batches.regrouping import regroup
from newsletter.store.batches.settling import (
    assume_sent,
    in_doubt,
    send_again,
    tell,
    uncertain_of,
)

__all__ = [
    "Orphan",
    "assume_sent",
    "calls",
    "claim",
    "give_up",
    "in_doubt",
    "leased",
    "next_wait",
    "orphan_uncertain",
    "orphans",
    "record",
    "regroup",
    "release",
    "reopen",
    "seal",
    "send_again",
    "set_uncertain",
    "so_far",
    "split",
    "tell",
    "uncertain_of",
]
