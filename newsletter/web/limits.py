"""How often something may be done: token buckets, in memory or shared in PostgreSQL."""

import hmac
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from newsletter.store import join_limits
from newsletter.store.engine import Store

MOST_KEYS = 100_000
"""Buckets that are kept at most; the one that was used longest ago goes first."""

_BYTES = 16
_EVERYBODY = ""


class Limit(Protocol):
    """A bucket for each key: some at once, then one each so many seconds."""

    def take(self, key: str) -> float:
        """Take one from the bucket of `key`: 0 when it was, else the seconds to wait.

        May be called by any thread.
        """


@dataclass(slots=True)
class Buckets:
    """Those of one process: `burst` at once, then one each `seconds`."""

    burst: int
    seconds: float
    clock: Callable[[], float] = time.monotonic
    most_keys: int = MOST_KEYS
    _full_at: OrderedDict[str, float] = field(default_factory=OrderedDict)
    _alone: threading.Lock = field(default_factory=threading.Lock)

    def take(self, key: str) -> float:
        """Take one; see `Limit`."""
        with self._alone:
            now = self.clock()
            # One number is all that a bucket is: when it will be full again.
            full_at = max(now, self._full_at.get(key, now))
            wait = full_at - now - (self.burst - 1) * self.seconds
            if wait > 0:
                return wait
            self._full_at[key] = full_at + self.seconds
            self._full_at.move_to_end(key)
            if len(self._full_at) > self.most_keys:
                self._full_at.popitem(last=False)
            return 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedBuckets:
    """Those of all processes that serve from one PostgreSQL, on its clock.

    What is limited, such as a client's address, is not kept: only a hash of it, keyed
    with the `secret`, until the bucket is full again. `name` keeps limits apart.
    """

    store: Store
    secret: bytes = field(repr=False)
    name: str
    burst: int
    seconds: float

    def take(self, key: str) -> float:
        """Take one; see `Limit`. Raises StoreError when the database cannot be used:
        whoever cannot be limited is not let in.
        """
        message = f"limit\0{self.name}\0{key}".encode()
        hashed = hmac.digest(self.secret, message, "sha256")[:_BYTES].hex()
        with self.store.at_once() as connection:
            return join_limits.take(connection, hashed, self.burst, self.seconds)


@dataclass(slots=True)
class JoiningLimits:
    """How often the door may be knocked at.

    By one network (an IPv4 address, or a /64); for one mailbox, however its address
    is spelt, beside what the ledger allows; and in all: whoever has a million networks
    does not send a million mails. Nothing else is limited, leaving least of all.
    """

    network: Limit
    address: Limit
    everybody: Limit

    @classmethod
    def of(cls, store: Store, secret: bytes) -> "JoiningLimits":
        """Those of `store`: in common where other processes may serve from it too."""

        def limit(name: str, burst: int, seconds: float) -> Limit:
            if not store.is_shared:
                return Buckets(burst, seconds)
            return SharedBuckets(
                store=store, secret=secret, name=name, burst=burst, seconds=seconds
            )

        return cls(
            network=limit("network", 10, 60.0),
            address=limit("address", 3, 3600.0),
            everybody=limit("everybody", 500, 1.0),
        )

    def knock(self, network: str, *, trapped: bool = False) -> float:
        """Let somebody of a network in: 0, or the seconds they have to wait.

        What one network is refused is not taken from everybody; nor is what is done
        for nobody, since it was `trapped`: else a robot would keep all people out.
        """
        if wait := self.network.take(network):
            return wait
        return 0.0 if trapped else self.everybody.take(_EVERYBODY)
