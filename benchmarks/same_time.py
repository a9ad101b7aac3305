"""Whether the time of an answer tells if an address is known: a test with statistics.

`python -m benchmarks.same_time [EACH]` signs up addresses that get the letter, are
unknown, are suppressed, or have not confirmed yet, 2,000 of each in random order, over
HTTP at a process of its own (with NEWSLETTER_STORE at an empty PostgreSQL database, one
that shares it), and measures two times: that of the answer itself, and
that of a page asked for right after it, while the sign-up is still being worked on.

Each two kinds are compared by Mann and Whitney's test. They differ when p is below 0.01
divided by the number of comparisons (Bonferroni); ends with exit code 1 when any do.
`AUC` is how often one of the first kind took longer than one of the second: 0.5 when
nothing can be told. That the test can find something is shown by what it would have
found: the least delay of one kind that it tells apart.
"""

import json
import math
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from http.client import HTTPConnection
from itertools import combinations
from pathlib import Path

import uvicorn

from benchmarks.compile import ROOT
from benchmarks.serving import served
from newsletter.config.publication import load_publication
from newsletter.model.consent import NoticeKind
from newsletter.model.subscriber import (
    NewSubscriber,
    NewSuppression,
    SubscriberStatus,
    SuppressionReason,
)
from newsletter.store import notices, subscribers, suppressions
from newsletter.store.engine import Store
from newsletter.store.notices import NewNotice
from newsletter.web.app import make_app
from newsletter.web.limits import Buckets, Limit, SharedBuckets
from newsletter.web.patience import Patient
from newsletter.web.serving import open_service
from tests.web.running import free_port

EACH = 2000
KINDS = ("active", "unknown", "suppressed", "pending")
OTHERS = 50_000
"""Readers whom nobody asks about: the tables are as long as real ones."""

P = 0.01
_REST = 0.02
"""Seconds after which what came of a sign-up is done."""

_MANY = 1_000_000_000


def main() -> None:
    """Measure, compare and tell."""
    if sys.argv[1:2] == ["serve"]:
        _serve(Path(sys.argv[2]), int(sys.argv[3]))
        return
    each = int(sys.argv[1]) if len(sys.argv) > 1 else EACH
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _prepare(home, each)
        port = free_port()
        command = [sys.executable, "-m", "benchmarks.same_time", "serve"]
        with served([*command, folder, str(port)], port, ROOT):
            answers, after = _measure(port, each)
    print(f"{each:,} of each kind")
    differ = _tell("the answer", answers) + _tell("the page asked for next", after)
    sys.exit(1 if differ else 0)


def address(kind: str, number: int) -> str:
    """The address of somebody of a kind; all are of the same length."""
    return f"{kind:x<10}{number:06}@example.com"


def _prepare(home: Path, each: int) -> None:
    shutil.copytree(ROOT / "issues", home / "issues")
    shutil.copy(ROOT / "newsletter.yaml", home)
    publication = load_publication(home)
    with (
        Store.open(publication.store_path or publication.store) as store,
        store.bulk() as connection,
    ):
        people = [
            _person("other", n, SubscriberStatus.ACTIVE) for n in range(OTHERS)
        ] + [_person("active", n, SubscriberStatus.ACTIVE) for n in range(each)]
        waiting = [_person("pending", n, SubscriberStatus.PENDING) for n in range(each)]
        for some in (people, waiting):
            for first in range(0, len(some), 10_000):
                subscribers.upsert(connection, some[first : first + 10_000])
        suppressions.add_many(
            connection,
            [
                NewSuppression(
                    address_key=address("suppressed", n),
                    reason=SuppressionReason.COMPLAINT,
                )
                for n in range(each)
            ],
        )
        for n in range(each):
            # Asked a moment ago: they are not asked again today.
            new = NewNotice(
                uid=f"{n:032x}",
                kind=NoticeKind.CONFIRMATION,
                subscriber_id=len(people) + n + 1,
                address_key=address("pending", n),
                provider="outbox",
            )
            notices.plan(connection, new)


def _person(kind: str, number: int, status: SubscriberStatus) -> NewSubscriber:
    name = address(kind, number)
    return NewSubscriber(address=name, address_key=name, status=status)


def _serve(home: Path, port: int) -> None:
    service = open_service(load_publication(home))
    service.fill_seconds = 0
    service.limits.network = _wide(service.limits.network)
    service.limits.everybody = _wide(service.limits.everybody)
    app = make_app(service, home / "site")
    uvicorn.run(app, port=port, http=Patient, ws="none", log_level="error")


def _wide(limit: Limit) -> Limit:
    """One that never refuses, kept where it was."""
    if isinstance(limit, SharedBuckets):
        return replace(limit, burst=_MANY, seconds=1)
    return Buckets(_MANY, 1)


Times = dict[str, list[float]]


def _measure(port: int, each: int) -> tuple[Times, Times]:
    """Milliseconds of the answers and of the pages after them, by kind."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/subscribe/moment")
    moment = json.loads(connection.getresponse().read())["moment"]
    order = [(kind, number) for kind in KINDS for number in range(each)]
    random.Random(1).shuffle(order)
    answers: Times = {kind: [] for kind in KINDS}
    after: Times = {kind: [] for kind in KINDS}
    kind_of_body = {"Content-Type": "application/json"}
    for kind, number in order:
        asked = {"address": address(kind, number), "moment": moment}
        body = json.dumps(asked)
        start = time.perf_counter()
        connection.request("POST", "/subscribe", body, kind_of_body)
        answer = connection.getresponse()
        answer.read()
        between = time.perf_counter()
        connection.request("GET", "/subscribe/moment")
        connection.getresponse().read()
        end = time.perf_counter()
        if answer.status != 202:
            sys.exit(f"the service answered {answer.status}")
        answers[kind].append((between - start) * 1000)
        after[kind].append((end - between) * 1000)
        time.sleep(_REST)
    connection.close()
    return answers, after


def _tell(what: str, times: Times) -> int:
    """Print the comparisons; gives the number of those that differ."""
    pairs = list(combinations(KINDS, 2))
    least = P / len(pairs)
    medians = ", ".join(
        f"{kind} {statistics.median(found):.3f}" for kind, found in times.items()
    )
    print(f"{what}: medians in ms: {medians}")
    differ = 0
    for one, other in pairs:
        auc, p = mann_whitney(times[one], times[other])
        found = p < least
        differ += found
        print(
            f"  {one} / {other}: AUC {auc:.3f}, p {p:.3g}"
            + (f", below {least:.2g}: THEY DIFFER" if found else "")
        )
    delay = _least_delay(times["unknown"], least)
    print(f"  a delay of {delay * 1000:.0f} µs of one kind would have been found")
    return differ


def _least_delay(times: Sequence[float], p: float) -> float:
    """The least delay in ms of one half of these that is told from the other half."""
    one, other = times[::2], times[1::2]
    delay = 0.001
    while mann_whitney([each + delay for each in one], other)[1] >= p:
        delay *= 1.25
    return delay


def mann_whitney(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    """AUC and two-sided p by the normal approximation; for hundreds of values each."""
    ranked = sorted([(t, 1) for t in one] + [(t, 0) for t in other])
    rank_sum = 0.0
    at = 0
    while at < len(ranked):
        end = at
        while end < len(ranked) and ranked[end][0] == ranked[at][0]:
            end += 1
        # Equal values share the mean of their ranks.
        rank_sum += (at + end + 1) / 2 * sum(mine for _, mine in ranked[at:end])
        at = end
    n, m = len(one), len(other)
    u = rank_sum - n * (n + 1) / 2
    z = (u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return u / (n * m), math.erfc(abs(z) / math.sqrt(2))


if __name__ == "__main__":
    main()
