"""The faults that Ghost was measured with, met by this package: the same shape.

    python -m benchmarks.beside_ghost

50,000 people, Mailgun's interface, 1,000 recipients and 200 ms a call. Ghost's figures
are of version 6.65 on MariaDB, on a machine like this one, and stand beside ours in
`benchmarks/faults.md`.
"""

import sys
from dataclasses import replace

from benchmarks.compile import ISSUE, ROOT
from benchmarks.killing import Kill, ground, survive
from newsletter.config.publication import load_publication
from newsletter.model.campaign import DeliveryState
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from newsletter.sending.compose import compose
from newsletter.sending.rehearsal.rehearse import Conditions, play, ready

PEOPLE = 50_000
LATENCY = 0.2

USUAL = Plan(dialect="mailgun", latency=LATENCY)
NETWORK = {
    "500 on 30 % of the calls": replace(USUAL, faults={"500": 0.3}),
    "429 with Retry-After: 1, six times": replace(USUAL, script=("429-seconds*6",)),
    "accepted, then the answer hangs, twice": replace(
        USUAL, script=("ok*5", "hang-after*2")
    ),
}
KILLED = {
    "kill -9 inside call 20, accepted": "after_write",
    "kill -9 inside call 20, not accepted": "before_post",
}


def main() -> None:
    """Print a row for each; end with an error when a promise was broken."""
    print(
        "| fault | seconds | lost | twice | uncertain, listed |\n|---|---|---|---|---|"
    )
    kept = [_killed(), _network()]
    if not all(kept):
        sys.exit("a promise was broken")


def _killed() -> bool:
    kept = True
    with ground(PEOPLE, "mailgun") as (site, simulator):
        for name, place in KILLED.items():
            found = survive(site, simulator, USUAL, [Kill(place=place, hit=20)])
            kept = kept and found.kept_the_promise and found.kills == 1
            compared = found.compared
            _row(name, "", compared.lost, compared.twice, found.uncertain)
    return kept


def _network() -> bool:
    publication = load_publication(ROOT, {})
    order = ready(compose(publication, ISSUE), publication)
    kept = True
    with Simulator(USUAL) as simulator:
        for name, plan in NETWORK.items():
            simulator.begin(plan)
            found = play(order, Conditions(plan=plan, subscribers=PEOPLE), simulator)
            kept = kept and found.compared.kept_the_promise
            uncertain = found.report.count(DeliveryState.UNCERTAIN)
            compared = found.compared
            seconds = f"{found.seconds:.0f}"
            _row(name, seconds, compared.lost, compared.twice, uncertain)
    return kept


def _row(name: str, seconds: str, lost: int, twice: int, uncertain: int) -> None:
    print(f"| {name} | {seconds} | {lost} | {twice} | {uncertain:,} |", flush=True)


if __name__ == "__main__":
    main()
