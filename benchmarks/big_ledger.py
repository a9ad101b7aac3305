"""What a big ledger on PostgreSQL answers: ten campaigns to a million people each.

    python -m benchmarks.big_ledger
    python -m benchmarks.big_ledger --people 100000 --campaigns 20 --small 500

The ledger is made by the server itself, the newest campaign half sent; `--small` adds
campaigns to a hundred people. Of what was sent nearly all was told to be delivered, two
fifths were opened, a hundredth bounced; some opened twice. PostgreSQL is one of our
own on this machine, with fsync.
Printed are medians: of the question on a connection of its own each time, on one that
is kept, and of the whole command; what it takes to plan one campaign more to all; and
how many events a second are kept, in webhooks of a thousand and of one.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, text

from benchmarks.compile import ROOT
from benchmarks.workers import SETTINGS
from newsletter.model.campaign import Campaign, NewCampaign
from newsletter.model.event import Event, EventKind
from newsletter.sending.report import reports
from newsletter.sending.status import overview
from newsletter.sending.why import explain
from newsletter.store import batches, campaigns, event_counts, events, planning
from newsletter.store.engine import Store
from tests.rig.postgres import server

SIZE = 1000
FEW = 100
HOOKS = 50
ONE = "reader77@example.com"

_PEOPLE = text(
    "INSERT INTO subscribers (address, address_key, name, attributes, status, source,"
    " created_at, updated_at, uid) SELECT address, address, 'Zoë', '{}', 'active', '',"
    " now(), now(), n FROM (SELECT n, 'reader' || n || '@example.com' AS address"
    " FROM generate_series(1, :people) AS n) AS made"
)
_DELIVERIES = text(
    "INSERT INTO deliveries (campaign_id, subscriber_id, batch, address, merge, state,"
    " reason, provider_message_id, updated_at)"
    " SELECT :campaign, n, CASE WHEN n % 20 > 0 THEN (n - 1) / :size + 1 END,"
    " 'reader' || n || '@example.com', '{\"name\": \"Zoë\", \"attributes\": {}}',"
    " CASE WHEN n % 20 = 0 THEN 'skipped' WHEN n > :sent THEN 'pending'"
    " WHEN n % 97 = 0 THEN 'bounced' WHEN n % 3 = 0 THEN 'delivered'"
    " ELSE 'accepted' END,"
    " CASE WHEN n % 40 = 0 THEN 'unsubscribed' WHEN n % 20 = 0 THEN 'not confirmed'"
    " ELSE '' END, '', now() FROM generate_series(1, :people) AS n"
)
_BATCHES = text(
    "INSERT INTO batches (campaign_id, number, key, lo, hi, size, state, attempt,"
    " in_doubt, reason) SELECT :campaign, n, :campaign || '-' || n,"
    " (n - 1) * :size + 1, n * :size, :size * 19 / 20,"
    " CASE WHEN n * :size > :sent THEN 'pending' ELSE 'accepted' END, 1, false, ''"
    " FROM generate_series(1, :people / :size) AS n"
)
_EVENTS = text(
    "INSERT INTO events (provider, event, kind, bounce, at, received_at, campaign_id,"
    " subscriber_id, reason) SELECT 'outbox', :campaign || ' ' || kind || ' ' || n"
    " || ' ' || again, kind, bounce, now(), now(), :campaign, n, ''"
    " FROM (SELECT n FROM generate_series(1, :sent) AS n WHERE n % 20 > 0) AS people,"
    " (VALUES ('delivered', NULL, 0, 0, 98), ('bounced', 'hard', 0, 99, 99),"
    " ('opened', NULL, 0, 0, 39), ('opened', NULL, 1, 0, 9))"
    " AS kinds (kind, bounce, again, lo, hi)"
    " WHERE n / 20 % 100 BETWEEN lo AND hi"
)
_DONE = text("UPDATE campaigns SET state = 'done', ended_at = now() WHERE id = :id")


def main() -> None:
    """Print a row for each question."""
    options = _options()
    with (
        TemporaryDirectory(prefix="newsletter-bench-") as folder,
        server(**SETTINGS) as postgres,
        Store.open(postgres.url) as store,
    ):
        began = time.monotonic()
        _fill(store, options)
        print(f"made in {time.monotonic() - began:.0f} s", flush=True)
        home = Path(folder)
        shutil.copy(ROOT / "newsletter.yaml", home)
        os.environ["NEWSLETTER_STORE"] = postgres.url
        print("question           new connection ms   kept ms   whole command ms")
        _row(postgres.url, home, "why", lambda each: explain(each, ONE), ONE)
        _row(postgres.url, home, "status", overview)
        newest = overview(store)[0].campaign
        _row(postgres.url, home, "report", _reported(newest.issue), newest.issue)
        print(f"what was told of a campaign is known in {_watch(store, newest):.1f} ms")
        print(f"one campaign more is planned in {_plan(store):.1f} s")
        for size in (1, SIZE):
            print(f"{_told(store, newest, size):,.0f} events a second, {size} at once")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="ask a big ledger")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--campaigns", type=int, default=10)
    parser.add_argument("--small", type=int, default=0)
    return parser.parse_args()


def _fill(store: Store, options: argparse.Namespace) -> None:
    with store.bulk() as connection:
        connection.execute(_PEOPLE, {"people": options.people})
    for number in range(options.small):
        with store.bulk() as connection:
            _campaign(connection, f"small-{number}", FEW, FEW)
    for number in range(options.campaigns):
        newest = number == options.campaigns - 1
        sent = options.people // 2 if newest else options.people
        with store.bulk() as connection:
            _campaign(connection, f"issue-{number}", options.people, sent)
    with store.bulk() as connection:
        event_counts.count_all(connection)
    with store.driver() as driver:
        driver.execute("VACUUM ANALYZE")


def _campaign(connection: Connection, issue: str, people: int, sent: int) -> None:
    made = campaigns.create(connection, _new(issue))
    size = min(SIZE, people)
    given = {"campaign": made.id, "people": people, "sent": sent, "size": size}
    connection.execute(_DELIVERIES, given)
    connection.execute(_BATCHES, given)
    connection.execute(_EVENTS, given)
    if sent == people:
        connection.execute(_DONE, {"id": made.id})


def _new(issue: str) -> NewCampaign:
    return NewCampaign(
        uid=uuid.uuid4().hex,
        issue=issue,
        segment="all",
        part=1,
        provider="outbox",
        email="{}",
        email_hash="0123",
    )


def _plan(store: Store) -> float:
    """Seconds to plan a campaign to everybody, its batches and their hints included."""
    began = time.monotonic()
    with store.write() as connection:
        made = campaigns.create(connection, _new("planned"))
        cut = planning.add_deliveries(connection, made.id, made.issue, SIZE)
        keyed = [(each, made.batch_key(each.number)) for each in cut]
        planning.add_batches(connection, made.id, keyed)
        batches.offer(connection, made.id)
    return time.monotonic() - began


def _watch(store: Store, campaign: Campaign) -> float:
    """Milliseconds for what each worker asks every few seconds."""
    with store.read() as connection:
        ask = partial(event_counts.of_campaign, connection, campaign.id)
        return _median(ask, 15)


def _told(store: Store, campaign: Campaign, size: int) -> float:
    """Events kept in a second, in webhooks of `size` of them, one after the other."""
    now = datetime.now(UTC)
    names = [[f"{size} {hook} {n}" for n in range(size)] for hook in range(HOOKS)]
    began = time.monotonic()
    for hook, ids in enumerate(names):
        told = [
            (_complaint(id, now), (campaign.id, hook * size + n + 1))
            for n, id in enumerate(ids)
        ]
        with store.write() as connection:
            events.add(connection, f"outbox {size}", now, told)
    return HOOKS * size / (time.monotonic() - began)


def _complaint(id: str, at: datetime) -> Event:
    return Event(kind=EventKind.COMPLAINED, id=id, at=at, address="")


def _reported(issue: str) -> Callable[[Store], object]:
    """Ask for the report of an issue."""
    return lambda store: reports(store, issue)


def _row(
    url: str,
    home: Path,
    name: str,
    ask: Callable[[Store], object],
    *arguments: str,
) -> None:
    def anew() -> None:
        with Store.open(url) as store:
            ask(store)

    fresh = _median(anew, 15)
    with Store.open(url) as store:
        kept = _median(lambda: ask(store), 15)
    words = [sys.executable, "-m", "newsletter", name, *arguments]
    whole = _median(lambda: _run(words, home), 5)
    print(f"{name:<18} {fresh:17.1f} {kept:9.1f} {whole:18.0f}", flush=True)


def _run(words: list[str], home: Path) -> None:
    kept = os.environ.copy()
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run(words, cwd=home, env=kept, check=True, capture_output=True)


def _median(what: Callable[[], object], times: int) -> float:
    """Milliseconds; the first time, which warms the caches, is not counted."""
    taken = []
    for _ in range(times + 1):
        began = time.perf_counter()
        what()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken[1:])


if __name__ == "__main__":
    main()
