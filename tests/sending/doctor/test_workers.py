"""What the doctor says of PostgreSQL, its queue and its workers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from newsletter import __version__
from newsletter.model.publication import Publication
from newsletter.sending.doctor.finding import Finding
from newsletter.sending.doctor.workers import _server, _standbys, worker_findings
from newsletter.store import batches, workers
from newsletter.store.engine import Store
from newsletter.store.server import Server, Standbys, examine_server
from tests.providers.contract import a_publication
from tests.rig.postgres import server as cluster
from tests.rig.postgres import standby
from tests.sending.doctor.conftest import told
from tests.store.databases import fresh_schema
from tests.store.ledger import plan, subscribe

FIT = Server(keeps=True, connections=10, room=100, due=0, failed=0)


@pytest.fixture
def store(postgres_url: str) -> Iterator[Store]:
    """An empty store on PostgreSQL."""
    with fresh_schema(postgres_url) as url, Store.open(url) as opened:
        yield opened


def look(store: Store) -> list[Finding]:
    publication = a_publication({}).model_copy(update={"store": store.url})
    return [each for each in worker_findings(publication) if each.check == "workers"]


def see(store: Store, name: str, version: str = __version__) -> None:
    with store.write() as connection:
        workers.seen(connection, name, version, 4)


def test_of_a_file_nothing_is_found(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    publication: Publication = a_publication({}).model_copy(update={"store": url})
    assert list(worker_findings(publication)) == []
    Store.open(url).close()
    assert list(worker_findings(publication)) == []


def test_nobody_is_needed_while_nothing_waits(store: Store) -> None:
    assert told(look(store)) == ["workers ok"]


def test_campaigns_that_wait_for_nobody_are_a_warning(store: Store) -> None:
    plan(store, subscribe(store, 3))

    (found,) = look(store)

    assert found.message == "nobody works, and campaigns wait: 1"
    assert "newsletter worker" in found.hint


@pytest.mark.parametrize(
    ("minutes", "said"), [(1, " 1 min ago"), (119, "119 min ago"), (180, " 3 h ago")]
)
def test_for_how_long_nobody_has_worked_is_told(
    store: Store, minutes: int, said: str
) -> None:
    plan(store, subscribe(store, 3))
    see(store, "here:1")
    see(store, "there:1")
    ago = f"now() - interval '{minutes} minutes'"
    change(store, f"UPDATE workers SET seen_at = {ago} - interval '1 day'")
    change(store, f"UPDATE workers SET seen_at = {ago} WHERE name = 'there:1'")

    (found,) = look(store)

    assert said in found.message


def test_workers_are_counted_and_other_versions_named(store: Store) -> None:
    see(store, "here:1")
    see(store, "there:2", "0.0.1")

    first, second = look(store)

    assert first.message == "2 at work, 8 calls at once"
    assert second.message == f"there:2 is version 0.0.1, this is {__version__}"


def test_what_keeps_a_worker_from_sending_is_a_warning(store: Store) -> None:
    with store.write() as connection:
        workers.seen(connection, "here:1", __version__, 4, "no key")

    _, found = look(store)

    assert found.message == "here:1 cannot send: no key"


def test_failed_jobs_are_a_warning(store: Store) -> None:
    with store.write() as connection:
        connection.execute(
            text(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, status) "
                "VALUES ('newsletter_batches', 'newsletter.send', 'failed')"
            )
        )
    publication = a_publication({}).model_copy(update={"store": store.url})

    (found,) = (e for e in worker_findings(publication) if e.check == "queue")

    assert found.message == "1 jobs have failed"


@pytest.mark.parametrize(
    ("server", "said"),
    [
        (FIT, ["server ok", "queue ok"]),
        (
            Server(keeps=False, connections=1, room=9, due=0, failed=0),
            ["server problem", "queue ok"],
        ),
        (
            Server(keeps=True, connections=90, room=100, due=0, failed=0),
            ["server warning", "queue ok"],
        ),
    ],
)
def test_a_server_has_to_keep_what_it_is_told_and_have_room(
    server: Server, said: list[str]
) -> None:
    assert told(_server(server)) == said


@pytest.mark.parametrize(
    ("standbys", "said"),
    [
        (Standbys(), []),
        (Standbys(count=2, awaited=1), ["standby ok"]),
        (Standbys(count=2), ["standby warning"]),
        (Standbys(count=2, hidden=2), ["standby not checked"]),
    ],
)
def test_a_standby_has_to_know_all_before_it_takes_over(
    standbys: Standbys, said: list[str]
) -> None:
    assert told(_standbys(standbys)) == said


def seen(url: str, user: str = "postgres") -> Standbys:
    """What a user of a server may see of its standbys."""
    there = make_url(url).set(username=user)
    with (
        Store.open(there.render_as_string(hide_password=False)) as store,
        store.read() as connection,
    ):
        found = examine_server(connection)
    assert found
    return found.standbys


def test_whether_commits_wait_is_seen_by_who_may() -> None:
    with cluster(synchronous_commit="on") as primary:
        Store.open(primary.url).close()
        primary.change("CREATE ROLE nobody LOGIN")
        primary.change("GRANT SELECT ON ALL TABLES IN SCHEMA public TO nobody")
        assert seen(primary.url) == Standbys()
        with standby(primary):
            assert seen(primary.url) == Standbys(count=1)
            assert seen(primary.url, "nobody") == Standbys(count=1, hidden=1)

            primary.change("ALTER SYSTEM SET synchronous_standby_names = '*'")
            primary.wait_for("SELECT sync_state = 'sync' FROM pg_stat_replication")
            assert seen(primary.url) == Standbys(count=1, awaited=1)

            # Then a commit waits for this machine's disk only.
            primary.change("ALTER ROLE postgres SET synchronous_commit = 'local'")
            assert seen(primary.url) == Standbys(count=1)


def queue_findings(store: Store) -> list[str]:
    """What is said of the queue beside how many jobs are due."""
    publication = a_publication({}).model_copy(update={"store": store.url})
    found = worker_findings(publication)
    return [e.message for e in found if e.check == "queue" and e.verdict != "ok"]


def change(store: Store, statement: str) -> None:
    with store.write() as connection:
        connection.execute(text(statement))


def offered(store: Store, *, seconds: int) -> None:
    """Two batches were hinted at so long ago, while a worker lives."""
    made = plan(store, subscribe(store, 4), size=2)
    see(store, "here:1")
    with store.write() as connection:
        batches.offer(connection, made.id)
    change(store, f"UPDATE procrastinate_events SET at = at - interval '{seconds} s'")


def test_hints_that_nobody_follows_are_a_warning(store: Store) -> None:
    offered(store, seconds=100)
    (found,) = queue_findings(store)
    assert found.startswith("what was due 10")

    change(store, "UPDATE workers SET seen_at = seen_at - interval '1 hour'")
    assert queue_findings(store) == []


@pytest.mark.parametrize(
    "progress",
    [
        "UPDATE procrastinate_jobs SET status = 'doing' WHERE args->>'number' = '1'",
        "UPDATE batches SET first_sent_at = now() WHERE number = 1",
        "UPDATE procrastinate_jobs SET scheduled_at = now() + interval '9 s'",
        "UPDATE procrastinate_jobs SET scheduled_at = now() - interval '9 s'",
    ],
)
def test_hints_that_wait_while_others_are_followed_are_none(
    store: Store, progress: str
) -> None:
    """With 10,000 batches the last ones wait for long."""
    offered(store, seconds=100)
    change(store, progress)

    assert queue_findings(store) == []


def test_a_look_that_does_not_end_is_a_warning(store: Store) -> None:
    see(store, "here:1")
    change(
        store,
        "INSERT INTO procrastinate_jobs (queue_name, task_name) "
        "VALUES ('newsletter_looks', 'newsletter.look')",
    )
    assert queue_findings(store) == []

    change(store, "UPDATE procrastinate_events SET at = at - interval '100 s'")
    (found,) = queue_findings(store)
    assert found.startswith("no look at the ledger has ended for 10")


def test_batches_of_which_the_queue_knows_nothing_are_a_warning(store: Store) -> None:
    offered(store, seconds=0)
    assert queue_findings(store) == []

    change(store, "DELETE FROM procrastinate_jobs WHERE args->>'number' = '2'")
    (found,) = queue_findings(store)
    assert found == "due batches of which the queue does not know: 1"

    change(store, "UPDATE batches SET not_before = now() WHERE number = 2")
    assert queue_findings(store) == []
