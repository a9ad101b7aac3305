"""A primary that dies in the middle of a campaign, and a standby in its place."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from newsletter.model.campaign import DeliveryState
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from newsletter.sending.rehearsal.invented import addresses
from newsletter.store import origin
from newsletter.store.engine import Store
from tests.e2e.fleet import Fleet, fleet
from tests.rig.postgres import Server, server, standby
from tests.rig.proxy import link

PEOPLE = {"resend": 1_000, "mailgun": 10_000}
CALLS = 10
_HAS_ALL = "SELECT replay_lsn = pg_current_wal_lsn() FROM pg_stat_replication"


@contextmanager
def planned(
    name: str, publication: Path, primary: Server, second: Server
) -> Iterator[Fleet]:
    """A campaign is planned; all know both hosts, and which of them takes writes."""
    hosts = ",".join(f"127.0.0.1:{each.port}" for each in (primary, second))
    url = (
        f"postgresql+psycopg://postgres@{hosts}/postgres"
        "?target_session_attrs=read-write"
    )
    with (
        Simulator(Plan(dialect=name, latency=1.0)) as simulator,
        fleet(publication, url, name, simulator, PEOPLE[name]) as found,
    ):
        found.plan()
        yield found


def has_seen_the_turn(crew: Fleet) -> bool:
    """Whether a worker has looked since the standby took over."""
    with Store.open(crew.store_url) as store, store.read() as connection:
        return origin.known(connection).timeline == 2


def fail_over(crew: Fleet, primary: Server, second: Server) -> None:
    """The primary dies while two workers have calls in hand; they end the campaign."""
    workers = [crew.start("--concurrency", "2") for _ in range(2)]
    # One that is still starting would not wait for a database that is away.
    crew.wait_until(partial(crew.all_here, len(workers)))
    crew.wait_until(partial(crew.has_called, 5))

    primary.kill()
    second.promote()

    crew.wait_until(crew.is_done)
    crew.wait_until(partial(has_seen_the_turn, crew))
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    errors = [worker.communicate(timeout=60)[1] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0], errors
    assert "Traceback" not in "".join(errors)
    # All that they agree about is said by one of them, and is no reason to stop.
    assert "".join(errors).count("it is on timeline 2 now") == 1
    doctor = crew.command("doctor", "--offline")
    assert re.search(r"ok +copy ", doctor.stdout)
    assert re.search(r"warning +timeline +PostgreSQL was promoted", doctor.stdout)
    assert crew.standing().count(DeliveryState.ACCEPTED) == crew.people


@pytest.mark.parametrize("name", sorted(PEOPLE))
def test_a_standby_that_commits_wait_for_loses_and_repeats_nobody(
    name: str, publication: Path
) -> None:
    """Not even without keys, and whatever was being committed: what a worker was told
    is on the standby, and what it was not told it asks for, or writes once more."""
    with server(synchronous_commit="on") as primary, standby(primary) as second:
        primary.change("ALTER SYSTEM SET synchronous_standby_names = '*'")
        primary.wait_for("SELECT sync_state = 'sync' FROM pg_stat_replication")
        with planned(name, publication, primary, second) as crew:
            fail_over(crew, primary, second)

            assert crew.everybody_once()
            assert crew.simulator.counts().calls == CALLS
            assert crew.command("db", "check").returncode == 0


@pytest.mark.parametrize("name", sorted(PEOPLE))
def test_a_standby_that_lags_loses_nobody_and_repeats_where_there_are_no_keys(
    name: str, publication: Path
) -> None:
    """It knows of the plan, and of nothing that was sent before it took over."""
    with (
        server(synchronous_commit="on") as primary,
        link(primary.port) as way,
        standby(primary, way.port) as second,
        planned(name, publication, primary, second) as crew,
    ):
        primary.wait_for(_HAS_ALL)
        way.cut()
        fail_over(crew, primary, second)

        assert crew.simulator.counts().calls > CALLS
        assert set(crew.simulator.recipients()) == set(addresses(crew.people))
        assert crew.everybody_once() is (name == "resend")
