"""How a run is watched, paced and stopped from outside."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from newsletter.errors import NewsletterError


def never() -> bool:
    """Nobody asks the run to stop."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """How a run is watched, paced and stopped.

    `progress` is told the number of recipients dealt with; `should_stop` is asked
    between batches; `sleep` and `clock` wait and count, in seconds; `alone` means that
    no other process can be sending (the sender lock is held). `per_second` and
    `at_once` are limits of calls, by default what the provider declares. `at` is told
    the name of each place where a crash would matter, for the tests that crash there.
    `mention` is told what keeps nobody from sending, and is to be known.
    """

    progress: Callable[[int], None] = lambda _: None
    should_stop: Callable[[], bool] = never
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    alone: bool = False
    per_second: float | None = None
    at_once: int | None = None
    at: Callable[[str], None] = lambda _: None
    mention: Callable[[NewsletterError], None] = lambda _: None
