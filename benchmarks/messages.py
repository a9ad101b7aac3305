"""Personalise and build complete MIME messages of the sample issue, in one process."""

import json
import resource
import statistics
import time
from datetime import UTC, datetime

from benchmarks.compile import ISSUE, ROOT
from newsletter.config.publication import load_publication
from newsletter.model.campaign import DueDelivery
from newsletter.model.frozen import FrozenEmail
from newsletter.model.token import Signer
from newsletter.render.message import MessageBuilder
from newsletter.sending.compose import compose
from newsletter.sending.personalise import Personaliser

MESSAGES = 100_000
RUNS = 5
BATCH = 1_000
NAMES = ("Ana", "Zoë", "山田", "O'Brien", "José María")


def main() -> None:
    """Print messages per second and the growth of memory."""
    publication = load_publication(ROOT)
    frozen = FrozenEmail.freeze(compose(publication, ISSUE).email, publication)
    builder = MessageBuilder(frozen, "0" * 32)
    personaliser = Personaliser(frozen, "0" * 32, Signer(b"benchmark" * 4))
    names = [
        json.dumps({"name": "", "attributes": {"first_name": name}}) for name in NAMES
    ]
    moment = datetime.now(UTC)
    before = _memory()
    rates = []
    size = 0
    for _ in range(RUNS):
        start = time.perf_counter()
        for first in range(0, MESSAGES, BATCH):
            deliveries = [
                DueDelivery(n, f"reader{n}@example.com", names[n % len(names)], n)
                for n in range(first, first + BATCH)
            ]
            for recipient in personaliser.recipients(deliveries):
                size = len(builder.build(recipient, moment))
        rates.append(MESSAGES / (time.perf_counter() - start))
    print(
        f"messages of {size:,} bytes: median {statistics.median(rates):,.0f}/s, "
        f"min {min(rates):,.0f}, max {max(rates):,.0f} ({RUNS} × {MESSAGES:,}); "
        f"memory grew by {_memory() - before} MiB"
    )


def _memory() -> int:
    """The process's greatest size so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
