"""What a worker counts for Prometheus, and hands over with its heartbeat."""

import threading
from collections import Counter

from newsletter.errors import OutcomeUnknown, ProviderBusy
from newsletter.sending.calling import Outcome
from newsletter.store import service_counts
from newsletter.store.engine import Store
from newsletter.store.service_counts import Counts

_CALLS = "newsletter_provider_calls_total"
_TAKEN_OVER = "newsletter_batches_taken_over_total"


class WorkerCounts:
    """Counts that are not handed over yet; threads share them.

    What a worker that is killed has not handed over is lost.
    """

    def __init__(self) -> None:
        """Begin at nought."""
        self._new: Counts = Counter()
        self._lock = threading.Lock()

    def call(self, outcome: Outcome) -> None:
        """A call to the provider has ended."""
        result = f'result="{_result(outcome)}"'
        with self._lock:
            self._new[_CALLS, result] += 1

    def taken_over(self, number: int) -> None:
        """So many batches were in the hands of who is gone."""
        if number:
            with self._lock:
                self._new[_TAKEN_OVER, ""] += number

    def hand_over(self, store: Store) -> None:
        """Add them to what all have counted together. Raises StoreError."""
        with self._lock:
            more, self._new = self._new, Counter()
        if not more:
            return
        try:
            with store.at_once() as connection:
                service_counts.add(connection, more)
        except BaseException:
            with self._lock:
                self._new.update(more)
            raise


def _result(outcome: Outcome) -> str:
    error = outcome.error
    if error is None:
        return "ok"
    if isinstance(error, ProviderBusy):
        return "429"
    return "unknown" if isinstance(error, OutcomeUnknown) else "failed"
