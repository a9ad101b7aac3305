"""Dumps and clones of a PostgreSQL with a campaign: nobody sends from them."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from newsletter.sending import copies
from newsletter.store import workers
from newsletter.store.engine import Store
from tests.e2e.fleet import Fleet, fleet
from tests.rig.postgres import Server, server

COPY = "this may be a copy of the database: it was last sent from"


def restored_elsewhere(one: Server, two: Server) -> str:
    """A dump, in another server."""
    two.restore(one.dump())
    return two.url


def cloned(one: Server, _two: Server) -> str:
    """Another database of the same server."""
    return one.clone("clone")


@contextmanager
def planned(publication: Path, one: Server) -> Iterator[Fleet]:
    """Ten batches are to be sent, without keys."""
    with (
        Simulator(Plan(dialect="mailgun")) as simulator,
        fleet(publication, one.url, "mailgun", simulator, 10_000) as found,
    ):
        found.plan()
        yield found


def troubles(crew: Fleet) -> list[str]:
    with Store.open(crew.store_url) as store, store.read() as connection:
        return [each.trouble for each in workers.present(connection)]


@pytest.mark.parametrize("copy", [restored_elsewhere, cloned])
def test_a_worker_sends_nothing_from_a_copy_until_it_is_adopted(
    publication: Path, copy: Callable[[Server, Server], str]
) -> None:
    with server() as one, server() as two, planned(publication, one) as crew:
        crew.store_url = copy(one, two)
        worker = crew.start("--concurrency", "2")
        crew.wait_until(lambda: any(COPY in each for each in troubles(crew)))
        by_hand = crew.command("resume", "--yes")
        assert by_hand.returncode == 7
        assert COPY in by_hand.stderr
        assert crew.simulator.counts().calls == 0

        with Store.open(crew.store_url) as store:
            copies.confirm(store, adopt=True)
        crew.wait_until(crew.is_done)
        worker.send_signal(signal.SIGTERM)
        said = worker.communicate(timeout=60)[1]

        assert worker.returncode == 0, said
        assert said.count(COPY) == 1
        assert crew.everybody_once()


@pytest.mark.parametrize("command", ["resume", "worker"])
def test_a_copy_is_adopted_by_who_says_so(publication: Path, command: str) -> None:
    with server() as one, planned(publication, one) as crew:
        crew.store_url = one.clone("clone")

        if command == "resume":
            ended = crew.command("resume", "--yes", "--adopt")
            assert ended.returncode == 0, ended.stderr
        else:
            worker = crew.start("--adopt")
            crew.wait_until(crew.is_done)
            worker.send_signal(signal.SIGTERM)
            worker.communicate(timeout=60)

        assert crew.is_done()
        assert crew.everybody_once()


def test_the_original_is_none_whatever_became_of_its_copy(publication: Path) -> None:
    with server() as one, planned(publication, one) as crew:
        one.clone("clone")

        ended = crew.command("resume", "--yes")

        assert ended.returncode == 0, ended.stderr
        assert crew.everybody_once()


def test_what_is_put_in_the_place_of_the_original_is_not_sent_from(
    publication: Path,
) -> None:
    """The same database of the same server, but the tables are those of a dump."""
    with server() as one, planned(publication, one) as crew:
        one.restore(one.dump())

        ended = crew.command("resume", "--yes")

        assert ended.returncode == 7
        assert "its tables were put here since the last send" in ended.stderr
        assert crew.simulator.counts().calls == 0


def test_a_copy_does_not_become_the_original_by_being_moved(publication: Path) -> None:
    with server() as one, planned(publication, one) as crew:
        crew.store_url = one.clone("clone")

        moved = crew.command("db", "copy", "--to", "sqlite:///new.db", "--yes")

        assert moved.returncode == 7
        assert COPY in moved.stderr
        assert "worker --adopt" in moved.stderr


def test_what_was_moved_to_another_server_is_sent_from_there(publication: Path) -> None:
    with server() as one, server() as two, planned(publication, one) as crew:
        moved = crew.command("db", "copy", "--to", two.url, "--yes")
        assert moved.returncode == 0, moved.stderr
        assert crew.command("resume", "--yes").returncode == 6
        crew.store_url = two.url

        ended = crew.command("resume", "--yes")

        assert ended.returncode == 0, ended.stderr
        assert crew.everybody_once()
