"""Hears of what a send, a worker or a webhook writes into the ledger meanwhile."""

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread

from newsletter.errors import NewsletterError
from newsletter.store.peek import peek
from newsletter.store.pulse import pulse
from newsletter.web.studio.desk import Desk

LEDGER = "ledger:"
"""What is told instead of a file's name; no file is called so."""

_SECONDS = 1.0
_SETTLED_NS = 2_000_000_000
"""A file system may count time in seconds: so long a file may change unnoticed."""


async def hear(desk: Desk) -> None:
    """Tell the open pages when the ledger has changed, until cancelled.

    It is opened for a moment, to be read, and locked for nobody; the file of SQLite
    only when it was written.
    """
    ear = Ear(desk)
    while True:
        if await to_thread.run_sync(ear.hears):
            desk.checking.forget_sent()
            desk.live.tell([LEDGER])
        await asyncio.sleep(_SECONDS)


@dataclass(slots=True)
class Ear:
    """Compares the ledger with what it was when it was last asked."""

    desk: Desk
    _written: str = ""
    _pulse: str | None = None

    def hears(self) -> bool:
        """Whether something has changed; not when it is asked for the first time."""
        try:
            publication = self.desk.publication()
            path = publication.store_path
            written = _written(path) if path else ""
            if written and written == self._written:
                return False
            self._written = written
            store = peek(path or publication.store)
            if store is None:
                now = ""
            else:
                with store, store.read() as connection:
                    now = pulse(connection)
        except (NewsletterError, OSError):
            return False  # who looks at it is told why
        before, self._pulse = self._pulse, now
        return before is not None and before != now


def _written(path: Path) -> str:
    """When the files of a SQLite database were written; blank if only just now."""
    found = []
    for name in (path, f"{path}-wal"):
        try:
            status = os.stat(name)  # noqa: PTH116  once a second, for a week
        except OSError:
            found.append("-")
            continue
        if time.time_ns() - status.st_mtime_ns < _SETTLED_NS:
            return ""
        found.append(f"{status.st_mtime_ns} {status.st_size} {status.st_ino}")
    return " ".join(found)
