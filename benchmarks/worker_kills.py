"""How long the batch of a worker that was killed inside its call waits for another.

    python -m benchmarks.worker_kills
    python -m benchmarks.worker_kills --runs 3

PostgreSQL, workers and provider are processes. A worker is killed with `kill -9` inside
its first call, which the provider has accepted; two others begin right then. The time
counts until the whole campaign is over: with keys the batch is made once more, without
its recipients are listed as uncertain.
"""

import argparse
import signal
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.workers import SETTINGS
from newsletter.model.campaign import DeliveryState
from newsletter.providers.registry import provider_class
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from tests.conftest import copy_publication
from tests.e2e.fleet import Fleet, fleet
from tests.rig.postgres import server
from tests.store.databases import fresh_schema

PROVIDERS = ("resend", "mailgun")
"""One with keys, one without."""

BATCHES = 10


class Survived(NamedTuple):
    """What one kill cost: until when, and how many recipients it is not known of."""

    seconds: float
    uncertain: int


def main() -> None:
    """Print a row for a provider that honours keys, and for one that does not."""
    parser = argparse.ArgumentParser(description="kill a worker inside its call")
    parser.add_argument("--runs", type=int, default=5, help="of each row")
    runs = parser.parse_args().runs
    print("| provider | runs | seconds, median (most) | recipients of it | uncertain |")
    print("|---|---:|---:|---:|---:|")
    with server(**SETTINGS) as postgres:
        for name in PROVIDERS:
            size = provider_class(name).capabilities.batch_size
            found = [_run(postgres.url, name, size) for _ in range(runs)]
            seconds = [each.seconds for each in found]
            told = f"{statistics.median(seconds):.1f} ({max(seconds):.1f})"
            doubt = max(each.uncertain for each in found)
            print(f"| {name} | {runs} | {told} | {size} | {doubt} |", flush=True)


def _run(url: str, name: str, size: int) -> Survived:
    """Kill one; ends with an error when somebody was lost or got it twice."""
    with _crew(url, name, size) as crew:
        worker = crew.start("--concurrency", "1")
        crew.wait_until(partial(crew.has_called, 1))
        worker.send_signal(signal.SIGKILL)
        for _ in range(2):
            crew.start()
        seconds = crew.wait_until(crew.is_done)
        found = crew.standing()
        if not crew.everybody_once():
            sys.exit(f"{name}: somebody was lost, or got it twice: {found}")
        return Survived(seconds, found.count(DeliveryState.UNCERTAIN))


@contextmanager
def _crew(url: str, name: str, size: int) -> Iterator[Fleet]:
    """A campaign is planned; its first call never ends, all others do at once."""
    with (
        TemporaryDirectory(prefix="newsletter-bench-") as folder,
        Simulator(Plan(dialect=name, script=["hang-after"])) as simulator,
        fresh_schema(url) as store,
    ):
        home = Path(folder) / "publication"
        copy_publication(home)
        with fleet(home, store, name, simulator, BATCHES * size) as crew:
            crew.plan()
            yield crew


if __name__ == "__main__":
    main()
