"""How fast calls may follow each other: token buckets, and what the provider asked for.

Asked right before each call, never when a call is queued: a limit that is counted
earlier does not hold.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

MINUTES = 60

_MOMENT = 1e-6
"""Seconds too few to wait for: a clock that has run for long does not even show them,
so that who waits for them would wait for ever."""


class Pacing(Protocol):
    """What is asked before a call, and told of it."""

    def wait(self) -> float:
        """Seconds until the next call may be made; 0 for now."""

    def calls(self, most: int) -> int:
        """How many of `most` calls may be made now."""

    def took(self, recipients: int) -> None:
        """A call is made now, for so many recipients."""

    def block(self, seconds: float) -> None:
        """No call at all for so long, by anybody: the provider has asked for it."""

    def pause(self, seconds: float) -> None:
        """No call from here for so long: the provider does not answer as it should."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What `Pace` is made of; see there."""

    per_second: float | None = None
    per_hour: float | None = None
    spread_seconds: float | None = None
    batch_size: int = 1
    idle_seconds: float | None = None

    def recipients_per_second(self) -> float:
        """Recipients in a second after the first batch; 0 where nothing limits them."""
        return _rate(self.per_hour, self.spread_seconds, self.batch_size)


@dataclass(slots=True)
class Bucket:
    """Lets `rate` tokens a second through, and never more than `size` at once.

    So in any `t` seconds at most `size + rate × t`. It is full at first.
    """

    rate: float
    size: float
    at: float
    tokens: float = -1.0

    def __post_init__(self) -> None:
        """Fill it, unless it was said how full it is."""
        if self.tokens < 0:
            self.tokens = self.size

    def level(self, now: float) -> float:
        """How many tokens there are; a clock that goes back adds none."""
        self.tokens = min(self.size, self.tokens + self.rate * max(0.0, now - self.at))
        self.at = now
        return self.tokens

    def wait(self, amount: float, now: float) -> float:
        """Seconds until there are `amount` tokens."""
        seconds = (min(amount, self.size) - self.level(now)) / self.rate
        return seconds if seconds > _MOMENT else 0.0

    def take(self, amount: float, now: float) -> None:
        """Take tokens out."""
        self.tokens = self.level(now) - amount


def portion(batch_size: int, per_hour: float | None) -> int:
    """How many recipients a batch may have: at most a minute's worth."""
    if per_hour is None:
        return batch_size
    return max(1, min(batch_size, int(per_hour / MINUTES)))


def _rate(
    per_hour: float | None, spread_seconds: float | None, batch_size: int
) -> float:
    """Recipients in a second after the first batch; 0 where nothing limits them."""
    if not per_hour:
        return 0.0
    if spread_seconds:
        recipients = round(per_hour * spread_seconds / 3600)
        following = (recipients - 1) // batch_size
        return following * batch_size / spread_seconds
    # So that a full bucket and an hour's inflow are no more than allowed.
    return max(per_hour - batch_size, per_hour / 2) / 3600


class Pace:
    """The limits of one campaign through one provider."""

    def __init__(
        self,
        *,
        per_second: float | None = None,
        per_hour: float | None = None,
        spread_seconds: float | None = None,
        batch_size: int = 1,
        idle_seconds: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Allow `per_second` calls and `per_hour` recipients, in batches of a size.

        With `spread_seconds` there are as many recipients as `per_hour` lets through in
        that time; the first batch goes at once, and the last when the time is over.
        `idle_seconds` is how long ago the campaign last sent something, before this
        process began; None for never. The clock counts seconds and never goes back.
        """
        self._clock = clock
        self._free_at = now = clock()
        self._calls = Bucket(per_second, 1, now) if per_second else None
        self._people: Bucket | None = None
        self._batch = float(batch_size)
        rate = _rate(per_hour, spread_seconds, batch_size)
        if rate:
            self._people = Bucket(rate, self._batch, now)
            if idle_seconds is not None:
                self._people.tokens = min(self._batch, max(0.0, idle_seconds) * rate)

    def wait(self) -> float:
        """Seconds until the next call may be made; 0 for now."""
        now = self._clock()
        waits = [self._free_at - now]
        if self._calls:
            waits.append(self._calls.wait(1, now))
        if self._people:
            waits.append(self._people.wait(self._batch, now))
        return max(0.0, *waits)

    def calls(self, most: int) -> int:
        """How many of `most` calls may be made now."""
        if self.wait() > 0:
            return 0
        return 1 if self._calls or self._people else most

    def took(self, recipients: int) -> None:
        """A call is made now, for so many recipients."""
        now = self._clock()
        if self._calls:
            self._calls.take(1, now)
        if self._people:
            self._people.take(recipients, now)

    def block(self, seconds: float) -> None:
        """No call at all for so long: the provider has asked for it."""
        self.pause(seconds)

    def pause(self, seconds: float) -> None:
        """The same: there is nobody else."""
        self._free_at = max(self._free_at, self._clock() + seconds)
