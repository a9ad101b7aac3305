"""Counts what was asked and answered, in the text format of Prometheus."""

from collections import Counter
from dataclasses import dataclass, field

from newsletter.store import subscribers
from newsletter.store.engine import Store

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_HEAD = "# HELP {name} {help}\n# TYPE {name} {kind}\n"


@dataclass(slots=True)
class Metrics:
    """The counts of one process since it was started."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    joins: Counter[str] = field(default_factory=Counter)
    events: Counter[tuple[str, str]] = field(default_factory=Counter)

    def text(self, store: Store) -> str:
        """All counts, and how many subscribers there are by status."""
        with store.read() as connection:
            people = subscribers.count(connection)
        parts = [
            _head("newsletter_answers_total", "Answers by route and status.", "counter")
        ]
        for (route, status), number in sorted(self.answers.items()):
            labels = f'route="{route}",status="{status}"'
            parts.append(f"newsletter_answers_total{{{labels}}} {number}\n")
        parts.append(_head("newsletter_joins_total", "Sign-ups by outcome.", "counter"))
        for outcome, number in sorted(self.joins.items()):
            parts.append(f'newsletter_joins_total{{outcome="{outcome}"}} {number}\n')
        parts.append(
            _head("newsletter_events_total", "Events of providers.", "counter")
        )
        for (provider, outcome), number in sorted(self.events.items()):
            labels = f'provider="{provider}",outcome="{outcome}"'
            parts.append(f"newsletter_events_total{{{labels}}} {number}\n")
        parts.append(_head("newsletter_subscribers", "Subscribers by status.", "gauge"))
        for person_status, number in people.items():
            labels = f'status="{person_status}"'
            parts.append(f"newsletter_subscribers{{{labels}}} {number}\n")
        return "".join(parts)


def _head(name: str, text: str, kind: str) -> str:
    return _HEAD.format(name=name, help=text, kind=kind)
