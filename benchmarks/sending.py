"""Send to many subscribers from SQLite through a provider that does nothing.

`python -m benchmarks.sending 1000000` for another number than 100,000;
`--without-ids` for a provider that gives its messages no ids.
"""

import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.compile import ISSUE, ROOT
from benchmarks.null_provider import NullProvider
from newsletter.config.publication import load_publication
from newsletter.model.subscriber import NewSubscriber
from newsletter.model.token import Signer
from newsletter.sending.compose import compose
from newsletter.sending.controls import Controls
from newsletter.sending.order import Order
from newsletter.sending.plan import plan
from newsletter.sending.run import run
from newsletter.store import subscribers
from newsletter.store.engine import Store

PAGE = 10_000
SIGNER = Signer(b"benchmark" * 4)


def main() -> None:
    """Print the rates of planning and of sending, and the process's memory."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    number = numbers[0] if numbers else 100_000
    runs = 3 if number <= 100_000 else 1
    plans, sends, wholes = [], [], []
    with_ids = "--without-ids" not in sys.argv
    for _ in range(runs):
        planned, sent = _once(number, with_ids=with_ids)
        plans.append(number / planned)
        sends.append(number / sent)
        wholes.append(number / (planned + sent))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{number:,} subscribers (median of {runs}): "
        f"plan {statistics.median(plans):,.0f}/s, "
        f"send {statistics.median(sends):,.0f}/s, "
        f"both {statistics.median(wholes):,.0f}/s; {memory} MiB"
    )


def _once(number: int, *, with_ids: bool) -> tuple[float, float]:
    publication = load_publication(ROOT)
    order = Order(composed=compose(publication, ISSUE), publication=publication)
    provider = NullProvider(with_ids=with_ids)
    with (
        tempfile.TemporaryDirectory() as folder,
        Store.open(f"sqlite:///{Path(folder) / 'bench.db'}") as store,
    ):
        _fill(store, number)
        start = time.perf_counter()
        campaign = plan(store, order, provider, SIGNER)
        between = time.perf_counter()
        finished = run(store, campaign, provider, SIGNER, Controls(alone=True))
        end = time.perf_counter()
    if not finished or provider.messages != number:
        sys.exit(f"only {provider.messages:,} of {number:,} were sent")
    return between - start, end - between


def _fill(store: Store, number: int) -> None:
    for first in range(0, number, PAGE):
        rows = [
            NewSubscriber(
                address=f"reader{n}@example.com",
                address_key=f"reader{n}@example.com",
                attributes={"first_name": f"Zoë {n % 100}"},
            )
            for n in range(first, min(number, first + PAGE))
        ]
        with store.bulk() as connection:
            subscribers.upsert(connection, rows)


if __name__ == "__main__":
    main()
