"""One campaign on PostgreSQL, sent by 1, 2 and 4 workers through a simulated provider.

    python -m benchmarks.workers
    python -m benchmarks.workers --people 100000 --workers 1 4 --concurrency 2 --runs 3

PostgreSQL is one of our own on this machine, with fsync; the provider takes a thousand
recipients a call and answers after 50 ms. Workers and provider are processes. Time
counts from the first call to the last one accepted, as the provider saw it, and that of
processors from when the campaign is planned. Each number of workers has its turn
`--runs` times, and a row has the medians.
"""

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from sqlalchemy import text

from benchmarks.compile import ISSUE, ROOT
from newsletter.config.publication import load_publication
from newsletter.model.campaign import CampaignState
from newsletter.model.subscriber import NewSubscriber
from newsletter.model.token import Signer
from newsletter.providers.registry import open_provider
from newsletter.providers.simulator.counts import Counts
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from newsletter.sending.compose import compose
from newsletter.sending.order import Order
from newsletter.sending.plan import plan
from newsletter.sending.rehearsal.simulated import made_up_keys
from newsletter.store import campaigns, subscribers, workers
from newsletter.store.engine import Store
from tests.rig.postgres import server

PAGE = 10_000
PROVIDER = "mailgun"
BATCH = 1000
"""Recipients that it takes in a call."""

SECRET = "of the benchmark, which nobody keeps"
_WAL = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')"
# Of the deliveries, with their index.
_SIZE = """
SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('deliveries')
"""
SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
}


class Run(NamedTuple):
    """What one send took: seconds, of the clock and of processors, calls and bytes.

    `cpu` is the workers', `server` PostgreSQL's and `provider` the simulator's, without
    the plan, which is in `wal`.
    """

    plan: float
    rate: float
    calls: float
    cpu: float
    server: float
    provider: float
    wal: float
    size: float


def main() -> None:
    """Print a row for each number of workers."""
    options = _options()
    with (
        TemporaryDirectory(prefix="newsletter-bench-") as folder,
        server(**SETTINGS) as postgres,
        Simulator(Plan(dialect=PROVIDER, latency=options.latency)) as simulator,
        Store.open(postgres.url) as store,
    ):
        os.environ.update(
            made_up_keys(PROVIDER),
            NEWSLETTER_SECRET=SECRET,
            NEWSLETTER_STORE=postgres.url,
        )
        home = _publication(Path(folder), simulator.url)
        _fill(store, options.people)
        print(f"{options.people:,} people, {options.latency * 1000:g} ms a call")
        rows = [
            (number, _run(store, home, simulator, number, options))
            for _ in range(options.runs)
            for number in options.workers
        ]
    print(
        "workers  slots  plan s  recipients/s    calls"
        "  worker CPU s  server CPU s  provider CPU s  CPU s  WAL MB  MB"
    )
    for number in options.workers:
        runs = [run for which, run in rows if which == number]
        middle = Run(*map(statistics.median, zip(*runs, strict=True)))
        print(
            f"{number:7} {options.concurrency:6} {middle.plan:7.1f}"
            f" {middle.rate:13,.0f} {middle.calls:8,.0f}"
            f" {middle.cpu:13.1f} {middle.server:13.1f} {middle.provider:15.1f}"
            f" {middle.cpu + middle.server + middle.provider:6.1f}"
            f" {middle.wal / 1e6:7,.0f} {middle.size / 1e6:,.0f}"
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="time a send by several workers")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--concurrency", type=int, default=4, help="of each worker")
    parser.add_argument("--runs", type=int, default=1, help="of each row")
    parser.add_argument("--latency", type=float, default=0.05, help="seconds")
    return parser.parse_args()


def _publication(folder: Path, url: str) -> Path:
    shutil.copytree(ROOT / "issues", folder / "issues")
    settings = (ROOT / "newsletter.yaml").read_text()
    (folder / "newsletter.yaml").write_text(
        f"{settings}\nproviders:\n  {PROVIDER}:\n    api_url: {url}\n"
        "    per_second: 100000\n    at_once: 64\n"
    )
    return folder


def _fill(store: Store, people: int) -> None:
    for first in range(0, people, PAGE):
        rows = [
            NewSubscriber(
                address=f"reader{n}@example.com",
                address_key=f"reader{n}@example.com",
                attributes={"first_name": f"Zoë {n % 100}"},
            )
            for n in range(first, min(people, first + PAGE))
        ]
        with store.bulk() as connection:
            subscribers.upsert(connection, rows)


def _run(
    store: Store,
    home: Path,
    simulator: Simulator,
    number: int,
    options: argparse.Namespace,
) -> Run:
    simulator.begin(Plan(dialect=PROVIDER, latency=options.latency))
    wal = _number(store, _WAL)
    with _crew(store, home, number, options.concurrency) as processes:
        crew = [process.pid for process in processes]
        planned = _plan(store, home)
        before = _spent(store, crew, simulator)
        while not _is_done(store):
            time.sleep(0.1)
        after = _spent(store, crew, simulator)
        counts = simulator.counts()
    cpu, served, provided = (b - a for a, b in zip(before, after, strict=True))
    wal, size = _number(store, _WAL) - wal, _number(store, _SIZE)
    _empty(store)
    said = counts.copies, counts.twice, counts.calls
    if said != (options.people, 0, ceil(options.people / BATCH)):
        sys.exit(f"copies, twice and calls were {said}, of {options.people:,} people")
    rate = _rate(counts)
    run = Run(planned, rate, counts.calls, cpu, served, provided, wal, size)
    print(f"{number} workers: {run.rate:,.0f}/s", file=sys.stderr, flush=True)
    return run


def _rate(counts: Counts) -> float:
    return counts.copies / (counts.last_at - counts.first_at)


@contextmanager
def _crew(
    store: Store, home: Path, number: int, slots: int
) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Workers that wait for something to do."""
    words = [sys.executable, "-m", "newsletter", "worker", "--concurrency", str(slots)]
    processes = [
        subprocess.Popen(words, cwd=home, stdout=subprocess.DEVNULL)
        for _ in range(number)
    ]
    try:
        while _present(store) < number:
            time.sleep(0.1)
        yield processes
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait()


def _present(store: Store) -> int:
    with store.read() as connection:
        return len(workers.present(connection))


def _plan(store: Store, home: Path) -> float:
    """Plan the campaign; how many seconds that took."""
    publication = load_publication(home)
    order = Order(composed=compose(publication, ISSUE), publication=publication)
    provider = open_provider(PROVIDER, publication)
    began = time.monotonic()
    plan(store, order, provider, Signer(SECRET.encode()))
    provider.close()
    return time.monotonic() - began


def _is_done(store: Store) -> bool:
    with store.read() as connection:
        (campaign,) = campaigns.latest(connection, 1)
    return campaign.state is CampaignState.DONE


def _number(store: Store, query: str) -> int:
    with store.read() as connection:
        return int(connection.execute(text(query)).scalar_one())


def _empty(store: Store) -> None:
    """Forget the campaign, so that it can be sent once more."""
    with store.write() as connection:
        connection.execute(
            text("TRUNCATE campaigns, campaign_emails, batches, deliveries CASCADE")
        )


def _spent(
    store: Store, crew: Sequence[int], simulator: Simulator
) -> tuple[float, float, float]:
    """Seconds of processors, so far, of workers, PostgreSQL and provider."""
    workers = sum(map(_cpu_seconds, crew))
    return workers, _server_seconds(store), _cpu_seconds(simulator.pid)


def _server_seconds(store: Store) -> float:
    """Of PostgreSQL, with its processes that have ended and those that have not."""
    parent = int(_stat(_number(store, "SELECT pg_backend_pid()"))[1])
    of_it = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    ended = sum(map(int, _stat(parent)[13:15])) / os.sysconf("SC_CLK_TCK")
    return ended + sum(_cpu_seconds(pid) for pid in (parent, *map(int, of_it)))


def _cpu_seconds(pid: int) -> float:
    """User and system time of a process, none of one that has ended meanwhile."""
    with suppress(OSError):
        return sum(map(int, _stat(pid)[11:13])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _stat(pid: int) -> list[str]:
    """From its third field on: https://man7.org/linux/man-pages/man5/proc.5.html"""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


if __name__ == "__main__":
    main()
