"""The kill table: campaigns killed with `kill -9` at every place and at any moment.

    python -m benchmarks.kills --provider resend --faults 0.05

prints a table in Markdown; each run is one campaign to 10,000 people, killed three
times. `benchmarks/faults.md` keeps the tables with their commands.
"""

import argparse
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence

from benchmarks.killing import FAILPOINTS, RANDOM, Survived, ground, kills, survive
from newsletter.providers.registry import provider_class
from newsletter.providers.simulator.faults import FAULTS
from newsletter.providers.simulator.plan import Plan

KILLS = 3
"""Of one campaign, one after the other."""

LATENCY = 0.005
"""Seconds: so that a hundred campaigns take minutes, and calls still overlap."""

COLUMNS = (
    "killed at",
    "runs",
    "kills",
    "lost",
    "twice",
    "uncertain",
    "in flight at the kills",
    "calls in doubt by a fault",
    "listed",
    "ledger sound",
)


def main() -> None:
    """Print the table; end with an error when a promise was broken."""
    options = _options()
    places = (*FAILPOINTS, RANDOM)
    began = time.monotonic()
    found: dict[str, list[Survived]] = defaultdict(list)
    for number, each in enumerate(run(options)):
        place = places[number % len(places)]
        found[place].append(each)
        if not each.kept_the_promise:
            sys.stderr.write(f"run {number}, {place}: {each}\n")
    rows = [_row(place, found[place]) for place in places]
    everything = [each for runs in found.values() for each in runs]
    for row in (COLUMNS, ["---"] * len(COLUMNS), *rows, _row("all", everything)):
        print("| " + " | ".join(map(str, row)) + " |")
    print(f"\n{time.monotonic() - began:.0f} s")
    if not all(each.kept_the_promise for each in everything):
        sys.exit("a promise was broken")


def run(options: argparse.Namespace) -> Iterator[Survived]:
    """The campaigns, one after the other, their places in turn."""
    places = (*FAILPOINTS, RANDOM)
    share = options.faults / len(FAULTS)
    faults = dict.fromkeys(FAULTS, share) if options.faults else {}
    size = provider_class(options.provider).capabilities.batch_size
    calls = -(-options.subscribers // size)
    with ground(options.subscribers, options.provider) as (site, simulator):
        for number in range(options.runs):
            seed = options.seed + number
            plan = Plan(
                dialect=options.provider, latency=LATENCY, faults=faults, seed=seed
            )
            dice = random.Random(seed)
            place = places[number % len(places)]
            yield survive(site, simulator, plan, kills(place, KILLS, calls, dice))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="kill sends, and count")
    parser.add_argument("--subscribers", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--faults", type=float, default=0.0, help="share of calls")
    parser.add_argument("--provider", choices=["resend", "mailgun"], default="resend")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def _row(place: str, runs: Sequence[Survived]) -> list[object]:
    listed = all(each.listed == each.uncertain for each in runs)
    return [
        place,
        len(runs),
        sum(each.kills for each in runs),
        sum(each.compared.lost + each.compared.denied for each in runs),
        sum(each.compared.twice for each in runs),
        f"{sum(each.uncertain for each in runs):,}",
        f"{sum(each.in_flight for each in runs):,}",
        sum(each.doubtful for each in runs),
        "all" if listed else "NO",
        "yes" if all(each.sound for each in runs) else "NO",
    ]


if __name__ == "__main__":
    main()
