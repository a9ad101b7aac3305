"""Counts what was asked and answered, in the text format of Prometheus.

Whichever process is asked tells of the whole service: where several serve from one
PostgreSQL, each adds what it has counted to what stands there.
"""

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from newsletter.store import service_counts, service_processes, subscribers
from newsletter.store.engine import Store
from newsletter.store.service_counts import Counts
from newsletter.web.metrics_of_sending import COUNTERS, counters, head, sending

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_COUNTERS = {
    "newsletter_answers_total": "Answers by route and status.",
    "newsletter_joins_total": "Sign-ups by outcome.",
    "newsletter_events_total": "Events of providers.",
}


@dataclass(slots=True)
class Metrics:
    """The counts of one process since it was started."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    joins: Counter[str] = field(default_factory=Counter)
    events: Counter[tuple[str, str]] = field(default_factory=Counter)
    _handed_over: Counts = field(default_factory=Counter)
    _alone: threading.Lock = field(default_factory=threading.Lock)

    def hand_over(self, store: Store) -> None:
        """Add what was counted since the last time to what all have counted together.

        What a process that is killed has not handed over is lost. Raises StoreError.
        """
        with self._alone, store.at_once() as connection:
            for key, number in self._counted().items():
                if more := number - self._handed_over[key]:
                    service_counts.add(connection, Counter({key: more}))
                    self._handed_over[key] = number

    def text(self, store: Store) -> str:
        """All counts, and how many subscribers there are by status."""
        counted = self._counted()
        if store.is_shared:
            self.hand_over(store)
        with store.read() as connection:
            if store.is_shared:
                counted = service_counts.total(connection)
            people = subscribers.count(connection)
            at_work = sending(connection, shared=store.is_shared)
            serving = _serving(connection) if store.is_shared else ""
        described = _COUNTERS | (COUNTERS if store.is_shared else {})
        parts = [counters(described, counted)]
        parts.append(head("newsletter_subscribers", "Subscribers by status.", "gauge"))
        for person_status, number in people.items():
            labels = f'status="{person_status}"'
            parts.append(f"newsletter_subscribers{{{labels}}} {number}\n")
        return "".join([*parts, at_work, serving])

    def _counted(self) -> Counts:
        """The counts by metric and labels; other threads may count meanwhile."""
        answers, joins, events = _COUNTERS
        found: Counts = Counter()
        for (route, status), number in self.answers.copy().items():
            found[answers, f'route="{route}",status="{status}"'] = number
        for outcome, number in self.joins.copy().items():
            found[joins, f'outcome="{outcome}"'] = number
        for (provider, outcome), number in self.events.copy().items():
            found[events, f'provider="{provider}",outcome="{outcome}"'] = number
        return found


def _serving(connection: Any) -> str:
    """How many processes serve."""
    name = "newsletter_service_processes"
    number = len(service_processes.present(connection))
    return head(name, "Processes that serve.", "gauge") + f"{name} {number}\n"
