"""The attempts to send: batches claimed, their outcomes recorded, lost ones recovered.

What a worker reports of its `ClaimedBatch` changes nothing, and False is returned, once
the batch was taken away from it: then somebody else answers for it.
"""

from newsletter.store.batches.claiming import claim, next_wait, seal
from newsletter.store.batches.hinting import any_open, due_again, offer
from newsletter.store.batches.leasing import Claim, Grip, grip, renew, withdraw
from newsletter.store.batches.outcome import (
    give_up,
    record,
    release,
    set_uncertain,
    split,
)
from newsletter.store.batches.progress import SoFar, calls, leased, so_far, under_way
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
    "Claim",
    "Grip",
    "Orphan",
    "SoFar",
    "any_open",
    "assume_sent",
    "calls",
    "claim",
    "due_again",
    "give_up",
    "grip",
    "in_doubt",
    "leased",
    "next_wait",
    "offer",
    "orphan_uncertain",
    "orphans",
    "record",
    "regroup",
    "release",
    "renew",
    "reopen",
    "seal",
    "send_again",
    "set_uncertain",
    "so_far",
    "split",
    "tell",
    "uncertain_of",
    "under_way",
    "withdraw",
]
