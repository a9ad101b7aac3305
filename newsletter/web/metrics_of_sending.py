"""What Prometheus is told of sending, by any process that serves."""

from collections.abc import Mapping
from typing import Any

from newsletter.store import batches, measures, workers
from newsletter.store.service_counts import Counts

COUNTERS = {
    "newsletter_provider_calls_total": "Calls of workers to providers by result.",
    "newsletter_batches_taken_over_total": "Batches of workers that were gone.",
}
"""What workers count and hand over."""

_HEAD = "# HELP {name} {help}\n# TYPE {name} {kind}\n"


def head(name: str, text: str, kind: str) -> str:
    """What comes before the numbers of a metric."""
    return _HEAD.format(name=name, help=text, kind=kind)


def counters(described: Mapping[str, str], counted: Counts) -> str:
    """The counters of those names, as far as something was counted."""
    parts: list[str] = []
    for name, about in described.items():
        parts.append(head(name, about, "counter"))
        for (of, labels), number in sorted(counted.items()):
            if of == name:
                shown = f"{{{labels}}}" if labels else ""
                parts.append(f"{name}{shown} {number}\n")
    return "".join(parts)


def sending(connection: Any, *, shared: bool) -> str:
    """Who sends from the database, and how far they are; of a queue if it is `shared`
    by several processes."""
    parts = [_workers(connection), _outcomes(connection)]
    under_way = batches.under_way(connection)
    about = "Of campaigns under way, by batch state."
    parts.append(_gauge("newsletter_recipients", about, "state", under_way))
    if shared:
        parts.append(_queue(connection))
    return "".join(parts)


def _workers(connection: Any) -> str:
    present = workers.present(connection)
    alive = [worker for worker in present if not worker.gone]
    states = {"alive": len(alive), "gone": len(present) - len(alive)}
    slots = sum(worker.slots for worker in alive)
    in_hand = sum(len(worker.in_hand) for worker in present)
    return (
        _gauge("newsletter_workers", "Workers on PostgreSQL.", "state", states)
        + _number("newsletter_worker_slots", "Calls that living workers make.", slots)
        + _number("newsletter_batches_in_hand", "Batches that workers send.", in_hand)
    )


def _outcomes(connection: Any) -> str:
    found = measures.outcomes(connection)
    name = "newsletter_recipients_total"
    parts = [head(name, "Of all campaigns, by outcome.", "counter")]
    parts += [
        f'{name}{{outcome="{outcome}"}} {found[outcome]}\n'
        for outcome in ("accepted", "rejected", "skipped")
    ]
    about = "Of all campaigns, nobody knows by now whether they have it."
    parts.append(_number("newsletter_recipients_uncertain", about, found["uncertain"]))
    return "".join(parts)


def _queue(connection: Any) -> str:
    jobs = measures.jobs(connection)
    age = measures.oldest_due_seconds(connection)
    held = measures.held_seconds(connection)
    due = "newsletter_queue_oldest_due_seconds"
    blocked = "newsletter_provider_blocked_seconds"
    return (
        _gauge("newsletter_queue_jobs", "Hints at batches by state.", "state", jobs)
        + _number(due, "For how long the oldest hint has been due.", round(age, 3))
        + _gauge(
            blocked,
            "For how long a provider wants no call.",
            "provider",
            {provider: round(seconds, 3) for provider, seconds in held.items()},
        )
    )


def _number(name: str, about: str, number: float) -> str:
    return head(name, about, "gauge") + f"{name} {number}\n"


def _gauge(name: str, about: str, label: str, numbers: Mapping[str, float]) -> str:
    parts = [head(name, about, "gauge")]
    for value, number in numbers.items():
        parts.append(f'{name}{{{label}="{value}"}} {number}\n')
    return "".join(parts)
