"""A whole `newsletter send` through a simulated provider, as its readers would see it.

    python -m benchmarks.provider_http 50000 --latency 0.05 --runs 5
    python -m benchmarks.provider_http 1000000 --runs 1

The command is a process of its own; time counts from its start, and with it Python's.
The simulator is another one: what it costs is not counted, but it takes its share of
the processors.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.compile import ISSUE, ROOT
from newsletter.model.subscriber import NewSubscriber
from newsletter.providers.simulator.counts import Counts
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from newsletter.sending.rehearsal.simulated import made_up_keys
from newsletter.store import subscribers
from newsletter.store.engine import Store

PAGE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one send: recipients by the second, of the whole and of the calls alone."""

    per_second: float
    per_second_of_calls: float
    first_call: float
    cpu_per_thousand: float
    bytes_each: float
    peak_mib: float


def main() -> None:
    """Print the medians, and the least and greatest."""
    options = _options()
    with TemporaryDirectory(prefix="newsletter-bench-") as folder:
        home = Path(folder) / "publication"
        _publication(home, options.subscribers)
        found = [_once(home, options) for _ in range(options.runs)]
    print(
        f"{options.subscribers:,} recipients, {options.provider}, "
        f"{options.latency * 1000:g} ms a call, {options.runs} runs; load "
        f"{os.getloadavg()[0]:.1f}"
    )
    for name, what, digits in (
        ("per_second", "recipients/s, from the command to the last accepted", 0),
        ("per_second_of_calls", "recipients/s, from the first call on", 0),
        ("first_call", "s until the first call", 2),
        ("cpu_per_thousand", "CPU s per 1,000 recipients", 4),
        ("bytes_each", "bytes per recipient", 0),
        ("peak_mib", "MiB at most", 0),
    ):
        values = sorted(getattr(each, name) for each in found)
        middle = statistics.median(values)
        least, most = values[0], values[-1]
        print(f"{middle:12,.{digits}f} {what} ({least:,.{digits}f}–{most:,.{digits}f})")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="time a send over HTTP")
    parser.add_argument("subscribers", type=int, nargs="?", default=50_000)
    parser.add_argument("--provider", default="mailgun")
    parser.add_argument("--latency", type=float, default=0.05, help="seconds")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--at-once", type=int, default=0, help="calls")
    return parser.parse_args()


def _publication(home: Path, people: int) -> None:
    shutil.copytree(ROOT / "issues", home / "issues")
    with Store.open(home / "full.db") as store:
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


def _once(home: Path, options: argparse.Namespace) -> Figures:
    """Send to everybody from a fresh copy of the database."""
    folder = home / ".newsletter"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(home / "full.db", folder / "newsletter.db")
    provider = options.provider
    with Simulator(Plan(dialect=provider, latency=options.latency)) as simulator:
        settings = (ROOT / "newsletter.yaml").read_text()
        at_once = f"    at_once: {options.at_once}\n" if options.at_once else ""
        (home / "newsletter.yaml").write_text(
            f"{settings}\nproviders:\n  {provider}:\n    api_url: {simulator.url}\n"
            f"    per_second: 100000\n{at_once}"
        )
        began = time.monotonic()
        usage = _send(home, provider)
        counts = simulator.counts()
    if (counts.recipients, counts.twice) != (options.subscribers, 0):
        sys.exit(f"{counts.recipients:,} of {options.subscribers:,} were sent to")
    return _figures(counts, began, *usage)


def _send(home: Path, provider: str) -> tuple[float, float]:
    """Run the command; gives its CPU seconds and its greatest size in MiB."""
    words = ["send", ISSUE, "--provider", provider, "--yes", "--json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "newsletter", *words],
        cwd=home,
        env={**os.environ, **made_up_keys(provider)},
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    if process.returncode is None:
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"newsletter send ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def _figures(counts: Counts, began: float, cpu: float, peak: float) -> Figures:
    people = counts.recipients
    return Figures(
        per_second=people / (counts.last_at - began),
        per_second_of_calls=people / (counts.last_at - counts.first_at),
        first_call=counts.first_at - began,
        cpu_per_thousand=1000 * cpu / people,
        bytes_each=counts.bytes_in / people,
        peak_mib=peak,
    )


if __name__ == "__main__":
    main()
