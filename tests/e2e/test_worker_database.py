"""Workers whose PostgreSQL goes away, has no room for them, or answers no more."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from sqlalchemy import make_url

from newsletter.model.campaign import DeliveryState
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from newsletter.store.listening import conninfo
from tests.e2e.fleet import Fleet, fleet
from tests.rig.machine import Machine, Relayed, another
from tests.rig.postgres import Server, server
from tests.rig.proxy import link
from tests.store.databases import fresh_schema

PEOPLE = {"resend": 1_000, "mailgun": 10_000}
CALLS = 10


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A cluster that no other test uses."""
    with server(synchronous_commit="on") as running:
        yield running


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    """One process for all tests here."""
    with Simulator(Plan(dialect="resend")) as simulator:
        yield simulator


@pytest.fixture(params=sorted(PEOPLE))
def crew(
    request: pytest.FixtureRequest,
    publication: Path,
    own_server: Server,
    running: Simulator,
) -> Iterator[Fleet]:
    """A campaign is planned, and nobody works yet."""
    name = request.param
    running.begin(Plan(dialect=name, latency=0.3))
    with (
        fresh_schema(own_server.url) as url,
        fleet(publication, url, name, running, PEOPLE[name]) as found,
    ):
        found.plan()
        yield found


def nobody_is_in_doubt(crew: Fleet) -> bool:
    found = crew.standing()
    return crew.everybody_once() and found.count(DeliveryState.ACCEPTED) == crew.people


def test_a_server_that_restarts_loses_and_repeats_nobody(
    crew: Fleet, own_server: Server
) -> None:
    """Not even without keys: what was answered meanwhile is written down afterwards."""
    crew.simulator.follow(Plan(dialect=crew.provider, latency=1.0))
    workers = [crew.start("--concurrency", "2") for _ in range(2)]
    # One that is still starting would not wait for a database that is away.
    crew.wait_until(partial(crew.all_here, len(workers)))
    crew.wait_until(partial(crew.has_called, 4))

    own_server.stop()
    own_server.start()

    crew.wait_until(crew.is_done)
    assert nobody_is_in_doubt(crew)
    assert crew.simulator.counts().calls == CALLS
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    errors = [worker.communicate(timeout=60)[1] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0], errors
    assert "Traceback" not in "".join(errors)


def take_all_room(server: Server, held: ExitStack) -> None:
    """Others take each connection there is, and each that somebody lets go: one that
    was closed just now is not free at once."""
    full = (
        "SELECT count(*) >= current_setting('max_connections')::int "
        "FROM pg_stat_activity WHERE backend_type = 'client backend'"
    )
    first = held.enter_context(psycopg.connect(conninfo(server.url), autocommit=True))
    while first.execute(full).fetchone() != (True,):
        with suppress(psycopg.OperationalError):
            held.enter_context(psycopg.connect(conninfo(server.url)))


def test_a_server_without_room_is_waited_for(crew: Fleet, own_server: Server) -> None:
    crew.start("--concurrency", "2")
    crew.wait_until(partial(crew.has_called, 2))
    with ExitStack() as held:
        take_all_room(own_server, held)
        second = crew.start("--concurrency", "2")
        crew.simulator.follow(Plan(dialect=crew.provider, latency=0.1))
        _, err = second.communicate(timeout=120)
        assert second.returncode == 6
        assert "has run out of disk, memory or connections" in err or "too many" in err
    crew.start("--concurrency", "2")

    crew.wait_until(crew.is_done)

    assert nobody_is_in_doubt(crew)


def test_connections_lost_in_a_commit_lose_and_repeat_nobody(
    crew: Fleet, own_server: Server
) -> None:
    """Half of them were committed and half were not, and nobody was told which."""
    with link(own_server.port) as way:
        way.before_commit = lambda number: number % 14 == 9
        way.after_commit = lambda number: number % 14 == 13
        store = make_url(crew.store_url).set(port=way.port)
        url = store.render_as_string(hide_password=False)
        crew.start("--concurrency", "2", store=url)
        crew.start("--concurrency", "2", store=url)

        crew.wait_until(crew.is_done)

        assert way.commits > 2 * CALLS
    assert nobody_is_in_doubt(crew)
    assert crew.simulator.counts().calls == CALLS


def cut_in_a_call(crew: Fleet, machine: Machine) -> None:
    """Of two machines one is cut off while its call is under way, and comes back."""
    crew.plan()
    # Long enough to be cut off within, and over before it is taken for dead.
    crew.simulator.follow(Plan(dialect=crew.provider, latency=6))
    cut_off = crew.start("--concurrency", "1", machine=machine)
    crew.wait_until(partial(crew.has_called, 1))
    machine.cut()
    crew.simulator.follow(Plan(dialect=crew.provider))
    crew.start()
    crew.wait_until(crew.is_done)
    machine.mend()

    # Its answer is waiting; the ledger hears of it when the link is back.
    crew.wait_until(lambda: nobody_is_in_doubt(crew))
    cut_off.send_signal(signal.SIGTERM)
    _, err = cut_off.communicate(timeout=60)
    assert cut_off.returncode == 0, err
    assert "Traceback" not in err


@pytest.mark.parametrize("name", sorted(PEOPLE))
def test_a_link_to_the_database_that_breaks_in_a_call_and_is_mended(
    name: str, publication: Path, own_server: Server, running: Simulator
) -> None:
    running.begin(Plan(dialect=name))
    with (
        fresh_schema(own_server.url) as url,
        link(own_server.port) as way,
        fleet(publication, url, name, running, PEOPLE[name]) as crew,
    ):
        crew.hasty = True
        cut_in_a_call(crew, Relayed(way))


@pytest.mark.parametrize("name", sorted(PEOPLE))
def test_a_machine_that_is_cut_off_in_a_call_and_comes_back(
    name: str, publication: Path, own_server: Server, running: Simulator
) -> None:
    """It is a namespace with a cable of its own, where the system allows that: then
    its provider is out of reach as well, and the answer that it waits for."""
    running.begin(Plan(dialect=name))
    port = urlsplit(running.url).port or 0
    with (
        fresh_schema(own_server.url) as url,
        another(own_server.port, port) as machine,
        fleet(publication, url, name, running, PEOPLE[name]) as crew,
    ):
        crew.hasty = True
        cut_in_a_call(crew, machine)
