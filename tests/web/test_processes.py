"""Two processes that serve from one PostgreSQL: what one knows, both know."""

import base64
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.client import HTTPException
from itertools import cycle, takewhile
from pathlib import Path

import pytest
from sqlalchemy import text

from newsletter.model.subscriber import Subscriber, SubscriberStatus
from newsletter.sending.personalise import UNSUBSCRIBE
from newsletter.store import service_processes
from newsletter.store.engine import Store
from newsletter.store.schema import events
from newsletter.web.service import JOINING
from tests.rig.postgres import server
from tests.store.databases import fresh_schema, revisions
from tests.web.processes import SIGNER, Served, Services, kill, wait_until

WHO = base64.b64encode(b"postmark:secret").decode()
ADD_TABLE = "op.create_table('extra', sa.Column('id', sa.Integer, primary_key=True))"


@pytest.fixture
def services(publication: Path, postgres_url: str) -> Iterator[Services]:
    """A publication with readers in a schema of its own."""
    with fresh_schema(postgres_url) as url:
        made = Services(publication, url)
        made.fill()
        yield made
        made.end()


@pytest.fixture
def both(services: Services) -> tuple[Served, Served]:
    """Two that serve it."""
    return services.start(), services.start()


def has_left(services: Services, number: int) -> bool:
    found = services.readers()[f"reader{number}@example.com"]
    return found.status is SubscriberStatus.UNSUBSCRIBED


def test_limits_hold_in_common(services: Services, both: tuple[Served, Served]) -> None:
    with ThreadPoolExecutor(8) as hands:
        asked = [hands.submit(both[n % 2].join, f"a{n}@example.com") for n in range(24)]
        found = [each.result().status for each in asked]

    assert sorted(found) == [202] * 10 + [429] * 14
    refused = both[0].join("b@example.com")
    assert refused.status == both[1].join("b@example.com").status == 429
    assert 0 < int(refused.headers["retry-after"]) <= 60
    # Nobody else is kept out, and nobody is kept from leaving.
    assert both[1].join("b@example.com", ip="198.51.100.1").status == 202
    assert both[0].press(f"/u/{services.token(1)}").status == 200
    assert has_left(services, 1)


def test_a_flood_of_sign_ups_keeps_nobody_from_leaving(services: Services) -> None:
    """Here each of them waits for a limit that is held: they have their own threads."""
    one = services.start()
    path = f"/u/{services.token(1)}"
    with ThreadPoolExecutor(40) as hands, Store.open(services.store_url) as store:
        with store.write() as connection:
            connection.execute(text("LOCK TABLE join_limits IN EXCLUSIVE MODE"))
            asked = [
                hands.submit(one.join, f"a{n}@example.com", f"198.51.100.{n}")
                for n in range(40)
            ]
            wait_until(lambda: waiting(store) >= JOINING)

            assert one.press(path).status == 200
            assert not any(each.done() for each in asked)
        assert {each.result().status for each in asked} == {202}


def waiting(store: Store) -> int:
    """How many connections wait for a lock."""
    query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with store.at_once() as connection:
        return int(connection.scalar(text(query)) or 0)


def test_one_mailbox_is_asked_once_by_both(
    services: Services, both: tuple[Served, Served]
) -> None:
    with ThreadPoolExecutor(4) as hands:
        asked = [
            hands.submit(both[n % 2].join, "nia@example.com", f"198.51.100.{n}")
            for n in range(8)
        ]
        assert {each.result().status for each in asked} == {202}

    def all_done() -> bool:
        # More, where one that rested for long was taken up by the other, too.
        return sum(number for _, number in joins(both[0])) >= 8

    wait_until(all_done)
    assert services.mails() == ["nia@example.com"]
    assert dict(joins(both[1]))["mailed"] == 1


def joins(served: Served) -> list[tuple[str, float]]:
    """Sign-ups by outcome, as Prometheus is told."""
    name = 'newsletter_joins_total{outcome="'
    return [
        (key.removeprefix(name).removesuffix('"}'), number)
        for key, number in served.metrics().items()
        if key.startswith(name)
    ]


def test_a_link_works_at_either(
    services: Services, both: tuple[Served, Served]
) -> None:
    one, other = both
    assert one.join("nia@example.com").status == 202
    wait_until(lambda: bool(services.links()))
    (link,) = services.links()

    assert other.ask("GET", link).status == 200
    assert [each.press(link).status for each in (other, one)] == [200, 200]
    assert services.readers()["nia@example.com"].status is SubscriberStatus.ACTIVE

    path = f"/u/{services.token(1)}"
    barrier = threading.Barrier(2)

    def leave(served: Served) -> int:
        barrier.wait(30)
        return served.press(path, **{"List-Unsubscribe": "One-Click"}).status

    with ThreadPoolExecutor(2) as hands:
        assert list(hands.map(leave, both)) == [200, 200]
    assert has_left(services, 1)


def test_a_webhook_that_both_are_told_counts_once(services: Services) -> None:
    services.keys = {
        "POSTMARK_SERVER_TOKEN": "token",
        "POSTMARK_WEBHOOK_PASSWORD": "postmark:secret",
    }
    both = services.start(), services.start()
    barrier = threading.Barrier(2)

    def tell(served: Served, number: int) -> dict[str, int]:
        bounced = {
            "RecordType": "Bounce",
            "Type": "HardBounce",
            "TypeCode": 1,
            "ID": number,
            "MessageID": f"id-{number}",
            "Email": "reader1@example.com",
            "BouncedAt": "2026-11-20T10:00:00Z",
        }
        barrier.wait(30)
        answer = served.ask(
            "POST",
            "/webhooks/postmark",
            json.dumps(bounced),
            **{"Authorization": f"Basic {WHO}", "Content-Type": "application/json"},
        )
        found: dict[str, int] = answer.json()
        return found

    with ThreadPoolExecutor(2) as hands:
        for number in range(20):
            told = list(hands.map(tell, both, [number, number]))
            assert sorted(each for one in told for each in one) == [
                "not ours",
                "repeated",
            ]
    with Store.open(services.store_url) as store, store.read() as connection:
        rows = connection.execute(events.select()).all()
    assert len(rows) == 20


def test_one_that_is_killed_takes_nothing_along_that_it_said_yes_to(
    services: Services, both: tuple[Served, Served]
) -> None:
    """Requests are under way, and sign-ups rest, when it is gone.

    Nobody is mailed until then, however long it takes.
    """
    doomed, other = both
    asked = [f"new{number}@example.com" for number in range(20)]

    def join(number: int) -> int:
        return doomed.join(asked[number], f"198.51.100.{number}").status

    with Store.open(services.store_url) as store, store.write() as connection:
        connection.execute(text("LOCK TABLE notices IN EXCLUSIVE MODE"))
        with leaving(doomed, services) as left, ThreadPoolExecutor(8) as hands:
            assert set(hands.map(join, range(20))) == {202}
            doomed.kill()
        assert services.mails() == []

    assert left
    found = services.readers()
    assert {found[address].status for address in left} == {"unsubscribed"}
    wait_until(lambda: services.mails() == sorted(asked))
    assert other.join("last@example.com").status == 202
    wait_until(lambda: services.mails() == sorted([*asked, "last@example.com"]))


@contextmanager
def leaving(served: Served, services: Services) -> Iterator[list[str]]:
    """Readers who leave, four at a time, until it ends; those of them told yes.

    Again and again, so that some are about to leave whenever it ends.
    """
    told: list[str] = []
    some, ended = threading.Event(), threading.Event()

    def leave(readers: list[Subscriber]) -> None:
        with suppress(OSError, HTTPException):  # it said nothing
            for reader in takewhile(lambda _: not ended.is_set(), cycle(readers)):
                link = f"/u/{SIGNER.sign(UNSUBSCRIBE, reader.uid)}"
                if served.press(link).status == 200:
                    told.append(reader.address)
                    some.set()

    everybody = [*services.readers().values()]
    with ThreadPoolExecutor(4) as hands:
        for number in range(4):
            hands.submit(leave, everybody[number::4])
        try:
            assert some.wait(60)
            yield told
        finally:
            ended.set()


def test_tables_that_are_upgraded_under_them_stop_them_with_a_sentence(
    services: Services, both: tuple[Served, Served], tmp_path: Path
) -> None:
    later = revisions(tmp_path / "later", ADD_TABLE)
    path = f"/u/{services.token(1)}"
    Store.open(services.store_url, revisions=later, upgrade=True).close()

    for each in both:
        asked = each.join("nia@example.com"), each.press(path)
        assert [answer.status for answer in asked] == [503, 503]
        assert asked[0].headers["retry-after"] == "30"
        assert each.ask("GET", "/healthz").status == 503
        assert "was upgraded meanwhile" in each.log.read_text()


def test_without_the_database_nobody_is_told_yes_and_it_recovers(
    publication: Path,
) -> None:
    with server(synchronous_commit="on") as database:
        services = Services(publication, database.url)
        services.fill()
        one = services.start()
        path = f"/u/{services.token(1)}"
        database.stop()

        assert one.join("nia@example.com").status == 503
        assert one.press(path).status == 503
        assert one.ask("GET", "/subscribe").status == 200

        database.start()
        assert one.join("nia@example.com").status == 202
        assert one.press(path).status == 200
        wait_until(lambda: services.mails() == ["nia@example.com"])
        services.end()


def test_processes_that_share_a_port_are_counted_together(services: Services) -> None:
    one = services.start("--processes", "2")
    for _ in range(30):
        assert one.ask("GET", "/healthz").status == 200
    counted = 'newsletter_answers_total{route="healthz",status="200"}'

    def all_told() -> bool:
        found = one.metrics()
        here = found["newsletter_service_processes"] == 2
        return here and found.get(counted) == 30

    wait_until(all_told)
    with Store.open(services.store_url) as store, store.read() as connection:
        present = service_processes.present(connection)
    first, second = (int(each.name.rpartition(":")[2]) for each in present)
    assert first != second
    kill(first)

    def another_came() -> bool:
        with Store.open(services.store_url) as store, store.read() as connection:
            found = service_processes.present(connection)
        return len({each.name for each in found} - {each.name for each in present}) == 1

    wait_until(another_came)
    assert one.metrics()[counted] >= 30
