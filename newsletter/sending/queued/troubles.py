"""What keeps one worker from sending: said once, and shown to all as long as it lasts.

It is no reason to pause a campaign: another worker may be set up better.
"""

import threading
import time
from collections.abc import Callable

from newsletter.errors import NewsletterError

LASTING_SECONDS = 360.0
"""What was not met again for so long is over."""


EVERY = 0
"""Stands for all campaigns, which count from 1."""


class Troubles:
    """The troubles of one worker, one for each campaign; threads share them."""

    def __init__(
        self,
        say: Callable[[NewsletterError], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin without any; what is new is said."""
        self._say = say
        self._clock = clock
        self._met: dict[int, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def meet(self, campaign_id: int, error: NewsletterError) -> None:
        """A campaign cannot be sent from here, by now."""
        with self._lock:
            before = self._lasting().get(campaign_id)
            self._met[campaign_id] = (error.message, self._clock())
        if before != error.message:
            self._say(error)

    def mention(self, error: NewsletterError) -> None:
        """Say what keeps nobody from sending, and does not last."""
        self._say(error)

    def over(self, campaign_id: int) -> None:
        """A campaign can be sent from here, or is not to be any more."""
        with self._lock:
            self._met.pop(campaign_id, None)

    def words(self) -> str:
        """What lasts, in one line; empty for nothing."""
        with self._lock:
            return "; ".join(sorted(set(self._lasting().values())))

    def _lasting(self) -> dict[int, str]:
        since = self._clock() - LASTING_SECONDS
        return {id: words for id, (words, at) in self._met.items() if at > since}
