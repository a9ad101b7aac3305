"""How often something may be done: token buckets, kept in memory."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_KEYS = 100_000
"""Buckets that are kept at most; the one that was used longest ago goes first."""


@dataclass(slots=True)
class Buckets:
    """A bucket for each key: `burst` at once, then one each `seconds`."""

    burst: int
    seconds: float
    clock: Callable[[], float] = time.monotonic
    most_keys: int = MOST_KEYS
    _full_at: OrderedDict[str, float] = field(default_factory=OrderedDict)

    def take(self, key: str) -> bool:
        """Take one from the bucket of `key`; False when it is empty."""
        now = self.clock()
        # One number is all that a bucket is: when it will be full again.
        full_at = max(now, self._full_at.get(key, now)) + self.seconds
        if full_at - now > self.burst * self.seconds:
            return False
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        if len(self._full_at) > self.most_keys:
            self._full_at.popitem(last=False)
        return True

    def wait(self, key: str) -> float:
        """Seconds until one can be taken again."""
        full_at = self._full_at.get(key, 0.0)
        return max(0.0, full_at - self.clock() - (self.burst - 1) * self.seconds)


@dataclass(slots=True)
class JoiningLimits:
    """How often the door may be knocked at.

    By one network (an IPv4 address, or a /64); for one mailbox, however its address
    is spelt, beside what the ledger allows; and in all: whoever has a million networks
    does not send a million mails.
    """

    network: Buckets = field(default_factory=lambda: Buckets(10, 60.0))
    address: Buckets = field(default_factory=lambda: Buckets(3, 3600.0))
    everybody: Buckets = field(default_factory=lambda: Buckets(500, 1.0))
