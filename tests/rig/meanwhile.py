"""Two transactions at once on PostgreSQL, one of which waits for the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from newsletter.store.engine import Store

_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
    "AND datname = current_database()"
)


class Meanwhile:
    """Does `work` in another thread, and goes on when it waits for us, or is done."""

    def __init__(self, server: Store, work: Callable[[], object]) -> None:
        """Begin the work; the database is that of `server`."""
        self._pool = ThreadPoolExecutor(1)
        self._work = self._pool.submit(work)
        waiting = 0
        while not waiting and not self._work.done():
            with server.read() as connection:
                waiting = connection.scalar(_WAITING) or 0

    def end(self) -> object:
        """What the work came to; raises what it raised."""
        with self._pool:
            return self._work.result()
