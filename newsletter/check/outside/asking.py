"""Tries many links at once, but each host's one after the other."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit

from newsletter.check.outside.answer import Answer, Outcome
from newsletter.check.outside.fetching import fetch

WORKERS = 16
"""Hosts that are asked at the same time."""

SECONDS = 120
"""What all links together may take."""

Fetch = Callable[[str], Answer]


def ask(
    urls: Iterable[str], fetch: Fetch = fetch, *, seconds: float = SECONDS
) -> dict[str, Answer]:
    """An answer for every address; what is not done in time is `untried`."""
    wanted = list(dict.fromkeys(urls))
    hosts: dict[str, list[str]] = defaultdict(list)
    for url in wanted:
        hosts[urlsplit(url).netloc.casefold()].append(url)
    work = _Work(fetch, time.monotonic() + seconds)
    for group in hosts.values():
        work.waiting.put(group)
    work.done_by(min(WORKERS, len(hosts)))
    late = Answer(Outcome.UNTRIED, f"not all could be tried within {seconds:g} seconds")
    # A copy: a worker that hangs may still come to an end.
    answers = dict(work.answers)
    return {url: answers.get(url, late) for url in wanted}


@dataclass(slots=True)
class _Work:
    """The hosts that wait, each with its addresses, and the answers so far."""

    fetch: Fetch
    end: float
    waiting: SimpleQueue[list[str]] = field(default_factory=SimpleQueue)
    answers: dict[str, Answer] = field(default_factory=dict)

    def done_by(self, workers: int) -> None:
        """Let workers do it, and wait for them no longer than it may take."""
        # Daemons: a look-up that hangs must not keep the command from ending.
        threads = [
            threading.Thread(target=self._run, daemon=True) for _ in range(workers)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0, self.end - time.monotonic()))

    def _run(self) -> None:
        while True:
            try:
                group = self.waiting.get_nowait()
            except Empty:
                return
            for url in group:
                if time.monotonic() >= self.end:
                    return
                self.answers[url] = self.fetch(url)
