"""The fault table: each fault of a provider by itself, and what became of the send.

    python -m benchmarks.faults --provider mailgun

prints a table in Markdown. A fault meets every fifth call; the last row mixes all of
them, at a tenth of the calls. The same simulator, seed and people for every row.
"""

import argparse
import sys
from collections.abc import Iterator

import newsletter.sending.judging
from benchmarks.compile import ISSUE, ROOT
from newsletter.config.publication import load_publication
from newsletter.model.campaign import DeliveryState
from newsletter.model.publication import Publication
from newsletter.providers.simulator.faults import FAULTS
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from newsletter.sending.compose import compose
from newsletter.sending.rehearsal.rehearse import Conditions, Rehearsal, play, ready

SHARE = 0.2
MIXED = 0.1
LATENCY = 0.05
CALL_SECONDS = 5.0
LONGEST_PAUSE = 2.0
"""Seconds, where in earnest a call may take 60 and a pause as many."""

COLUMNS = (
    "fault",
    "met",
    "calls",
    "paused",
    "seconds",
    "accepted",
    "rejected",
    "uncertain",
    "lost",
    "twice",
)


def main() -> None:
    """Print the table; end with an error when a promise was broken."""
    options = _options()
    newsletter.sending.judging.LONGEST_PAUSE = LONGEST_PAUSE
    kept = True
    for row in (COLUMNS, ["---"] * len(COLUMNS)):
        _print(*row)
    for name, found in run(options):
        kept = kept and found.compared.kept_the_promise
        _print(name, *_cells(found))
    if not kept:
        sys.exit("a promise was broken")


def run(options: argparse.Namespace) -> Iterator[tuple[str, Rehearsal]]:
    """Each fault by its words, and then all of them."""
    publication = _unlimited(load_publication(ROOT, {}), options.provider)
    order = ready(compose(publication, ISSUE), publication)
    share = MIXED / len(FAULTS)
    rows = {FAULTS[kind].says: {kind: SHARE} for kind in FAULTS}
    rows["all of them"] = dict.fromkeys(FAULTS, share)
    with Simulator(Plan(dialect=options.provider)) as simulator:
        for name, faults in rows.items():
            plan = Plan(
                dialect=options.provider,
                latency=LATENCY,
                faults=faults,
                seed=options.seed,
            )
            simulator.begin(plan)
            conditions = Conditions(
                plan=plan, subscribers=options.subscribers, call_seconds=CALL_SECONDS
            )
            yield name, play(order, conditions, simulator)


def _unlimited(publication: Publication, provider: str) -> Publication:
    """Without the provider's limit of calls per second, so that rows are comparable."""
    known = publication.providers
    fast = known.of(provider).model_copy(update={"per_second": 10_000})
    providers = known.model_copy(update={provider: fast})
    return publication.model_copy(update={"providers": providers})


def _cells(found: Rehearsal) -> list[object]:
    outcome = found.report
    return [
        sum(found.counts.faults.values()),
        found.counts.calls,
        found.stops,
        f"{found.seconds:.1f}",
        f"{outcome.count(DeliveryState.ACCEPTED):,}",
        outcome.count(DeliveryState.REJECTED),
        f"{outcome.count(DeliveryState.UNCERTAIN):,}",
        found.compared.lost + found.compared.denied,
        found.compared.twice,
    ]


def _print(*cells: object) -> None:
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="meet every fault, and count")
    parser.add_argument("--provider", default="mailgun")
    parser.add_argument("--subscribers", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
