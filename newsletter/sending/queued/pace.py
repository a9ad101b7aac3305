"""The limits of a campaign, shared by all who send from one PostgreSQL."""

import time
from contextlib import suppress

from newsletter.errors import StoreError
from newsletter.model.campaign import Campaign
from newsletter.sending.pace import Limits
from newsletter.store import rates
from newsletter.store.engine import Store
from newsletter.store.rates import Rate

_LOOK_SECONDS = 1.0
"""Between two looks whether others have to wait, while we never had to."""


class SharedPace:
    """Takes tokens from rows that everybody takes them from; threads may share it."""

    def __init__(self, store: Store, campaign: Campaign, limits: Limits) -> None:
        """Share the calls with all campaigns of the provider, the recipients with none.

        `limits` are as for `Pace`.
        """
        self._store = store
        per_second = limits.per_second or 0.0
        self._calls = Rate(f"provider {campaign.provider}", per_second, 1.0)
        people = limits.recipients_per_second()
        size = float(limits.batch_size)
        self._people = Rate(f"campaign {campaign.id}", people, size) if people else None
        self._granted = False
        self._waits = False
        self._seen_at = float("-inf")
        self._free_at = float("-inf")

    @property
    def limited(self) -> bool:
        """Whether each call has to be asked for."""
        return bool(self._calls.per_second or self._people)

    def wait(self) -> float:
        """Seconds until the next call may be made; 0 for now."""
        now = time.monotonic()
        if now < self._free_at:
            return self._free_at - now
        if not self._waits and now - self._seen_at < _LOOK_SECONDS:
            return 0.0
        self._seen_at = now
        with self._store.read() as connection:
            seconds = rates.wait(connection, self._calls, 1)
            if self._people:
                size = self._people.size
                seconds = max(seconds, rates.wait(connection, self._people, size))
        self._waits = seconds > 0
        return seconds

    def take(self) -> float:
        """Take what a call needs; else how many seconds to wait before asking again."""
        held = self._free_at - time.monotonic()
        if held > 0:
            return held
        if not self.limited:
            return self.wait()
        seconds = self._take()
        self._waits = seconds > 0
        return seconds

    def _take(self) -> float:
        # Each statement is a transaction: else others would wait for the row until
        # this process gets round to ending it.
        people = self._people
        with self._store.at_once() as connection:
            if people and (seconds := rates.take(connection, people, people.size)):
                return seconds
            seconds = rates.take(connection, self._calls, 1)
            if seconds and people:
                rates.give_back(connection, people, people.size)
        return seconds

    def calls(self, most: int) -> int:
        """How many of `most` calls may be made now; what was granted is kept."""
        if not self._granted and self.take() > 0:
            return 0
        self._granted = self.limited
        return 1 if self.limited else most

    def took(self, recipients: int) -> None:
        """A call is made now, for so many recipients; give back what others can use."""
        self._granted = False
        people = self._people
        if people and recipients < people.size:
            with self._store.bulk() as connection:
                rates.give_back(connection, people, people.size - recipients)

    def give_back(self) -> None:
        """The call is not made that was taken for: others can make one."""
        self._granted = False
        if not self.limited:
            return
        with self._store.bulk() as connection:
            if self._people:
                rates.give_back(connection, self._people, self._people.size)
            if self._calls.per_second:
                rates.give_back(connection, self._calls, 1)

    def block(self, seconds: float) -> None:
        """No call at all for so long, by anybody."""
        self.pause(seconds)
        # What the provider has said of the batch is not lost for it.
        with suppress(StoreError), self._store.bulk() as connection:
            rates.block(connection, self._calls, seconds)

    def pause(self, seconds: float) -> None:
        """No call from here for so long; the others may get through.

        What was granted before is given back: it is asked for again.
        """
        self._free_at = max(self._free_at, time.monotonic() + seconds)
        if self._granted:
            with suppress(StoreError):
                self.give_back()
