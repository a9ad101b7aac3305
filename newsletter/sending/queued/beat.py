"""A worker's heartbeat: it is there, and the batches in its hands are still its own."""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from newsletter import __version__
from newsletter.errors import SchemaOutOfDate, StoreError
from newsletter.sending.engine import new_name
from newsletter.sending.queued.counts import WorkerCounts
from newsletter.store import batches, workers
from newsletter.store.batches import Claim
from newsletter.store.engine import Store
from newsletter.store.workers import BEAT_SECONDS, GONE_SECONDS

LEASE_SECONDS = GONE_SECONDS
"""How long a batch belongs to a worker that is not heard of."""


class Beat:
    """Renews the leases of a worker in a thread of its own, in a `with` statement.

    `fatal` is told why the worker must end: the database is another version's, or there
    is a mistake in here. Without a beat its batches would be taken from its hands.
    """

    def __init__(
        self,
        store: Store,
        slots: int,
        trouble: Callable[[], str],
        fatal: Callable[[Exception], None],
        name: str = "",
    ) -> None:
        """Beat for a worker of that name, or of a new one; `trouble` is shown of it."""
        self.name = name or new_name()
        self._store = store
        self._slots = slots
        self._trouble = trouble
        self._fatal = fatal
        self.counts = WorkerCounts()
        self._claims: set[Claim] = set()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        """Begin; raises StoreError when not even the first beat can be written down."""
        self.beat()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End, and say so where that can be written down."""
        self._ended.set()
        self._thread.join()
        try:
            with self._store.write() as connection:
                workers.left(connection, self.name)
            self.counts.hand_over(self._store)
        except StoreError:
            return  # it is taken for dead soon

    def claim(self, campaign_id: int, number: int) -> Claim:
        """A new claim of this worker."""
        return Claim(campaign_id, number, f"{self.name}/{uuid.uuid4().hex[:8]}")

    @contextmanager
    def holding(self, claim: Claim) -> Iterator[None]:
        """Renew a claim while it is in somebody's hands; begins before it is made.

        That it was renewed is no proof that it is still ours: only the ledger knows.
        """
        with self._lock:
            self._claims.add(claim)
        try:
            yield
        finally:
            with self._lock:
                self._claims.remove(claim)

    def beat(self) -> None:
        """Write down that the worker is there, and renew what it holds."""
        with self._lock:
            claims = set(self._claims)
        with self._store.write() as connection:
            workers.seen(
                connection, self.name, __version__, self._slots, self._trouble()
            )
            if claims:
                batches.renew(connection, claims, LEASE_SECONDS)
        self.counts.hand_over(self._store)

    def _run(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            try:
                self.beat()
            except SchemaOutOfDate as error:
                self._fatal(error)
                return
            except StoreError:
                continue  # away for a moment, or for good: what is in hand ends first
            except Exception as error:  # noqa: BLE001  the worker ends, and raises it
                self._fatal(error)
                return
