"""Sends the mails that joining brings about, beside the requests that ask for them.

A request only leaves a note here. So it takes as long for an address that is known as
for one that is not, and a slow provider slows nobody down. A note rests for a while
that nobody can foretell: what it brings about would slow down what is asked next.
"""

import asyncio
import itertools
import logging
import random
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

from newsletter.errors import NewsletterError
from newsletter.web.metrics import Metrics

MOST = 1000
"""Notes that may be waiting."""

REST = (0.5, 2.5)
"""The least and the most seconds that a note rests."""

_LEAVE_SECONDS = 20.0
_LOG = logging.getLogger(__name__)

Work = Callable[[], str]
"""What is to be done, in a thread; it tells what came of it in one word."""


class Door:
    """A queue, and a few that work it off."""

    def __init__(self, metrics: Metrics, hands: int) -> None:
        """`hands` is how many are at work at the same time."""
        self._metrics = metrics
        self._hands = hands
        self._resting: dict[int, tuple[asyncio.TimerHandle, Work]] = {}
        self._numbers = itertools.count()
        self._queue: asyncio.Queue[Work] = asyncio.Queue()
        self._random = random.SystemRandom()
        self._tasks: list[asyncio.Task[None]] = []

    def open(self) -> None:
        """Begin to work."""
        self._tasks = [asyncio.create_task(self._work()) for _ in range(self._hands)]

    def leave_note(self, work: Work) -> bool:
        """Have it done soon; False when there is too much to do already."""
        if self.is_full:
            return False
        number, seconds = next(self._numbers), self._random.uniform(*REST)
        timer = asyncio.get_running_loop().call_later(seconds, self._begin, number)
        self._resting[number] = timer, work
        return True

    @property
    def is_full(self) -> bool:
        """Whether there is too much to do already."""
        return len(self._resting) + self._queue.qsize() >= MOST

    async def close(self) -> None:
        """Do what was promised, for as long as a shutdown may take."""
        try:
            async with asyncio.timeout(_LEAVE_SECONDS):
                await self.done()
        except TimeoutError:
            _LOG.warning("stopped with %d sign-ups not done", self._queue.qsize())
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def done(self) -> None:
        """Let no note rest any longer, and wait until nothing is left to do."""
        for number in list(self._resting):
            self._begin(number)
        await self._queue.join()

    def _begin(self, number: int) -> None:
        timer, work = self._resting.pop(number)
        timer.cancel()
        self._queue.put_nowait(work)

    async def _work(self) -> None:
        while True:
            work = await self._queue.get()
            try:
                outcome = await run_in_threadpool(work)
            except NewsletterError as error:
                _LOG.error("a sign-up failed: %s", error.message)
                outcome = "failed"
            except Exception:  # noqa: BLE001  one sign-up's bug must not close the door to others
                _LOG.exception("a sign-up failed")
                outcome = "failed"
            finally:
                self._queue.task_done()
            self._metrics.joins[outcome] += 1
