"""The disk fails at the N-th thing asked of the database, for every N of a send."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from newsletter.errors import NewsletterError
from newsletter.model.campaign import DeliveryState
from newsletter.sending.order import Order
from newsletter.sending.plan import plan
from newsletter.sending.run import run
from newsletter.store import campaigns, history, subscribers
from newsletter.store.engine import Store
from tests.sending.conftest import SIGNER, at_once, people
from tests.sending.simulators import KeyedSimulator, Simulator

PEOPLE = 25
STATEMENTS = 400
"""More than a send of three batches asks for; the test says so when it is not."""


class Disk:
    """Counts what is asked of it, and fails at one place."""

    def __init__(self, fails_at: int | None = None) -> None:
        """Fail at that place; None for a disk that is sound."""
        self.asked = 0
        self._fails_at = fails_at

    def __call__(self, *_: Any) -> None:
        """One statement, or one commit."""
        self.asked += 1
        if self.asked == self._fails_at:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
            raise error


@contextmanager
def watched(disk: Disk) -> Iterator[None]:
    """Every statement and every commit of every store passes by the disk."""
    event.listen(Engine, "do_execute", disk)
    event.listen(Engine, "do_executemany", disk)
    event.listen(Engine, "do_execute_no_params", disk)
    event.listen(Engine, "commit", disk)
    try:
        yield
    finally:
        event.remove(Engine, "do_execute", disk)
        event.remove(Engine, "do_executemany", disk)
        event.remove(Engine, "do_execute_no_params", disk)
        event.remove(Engine, "commit", disk)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with readers, to be copied."""
    path = tmp_path_factory.mktemp("prepared") / "store.db"
    with Store.open(path) as store, store.write() as connection:
        subscribers.upsert(connection, people(PEOPLE))
    return path


def send(database: Path, order: Order, provider: Simulator, disk: Disk) -> None:
    """Send, or go on, with a disk that may fail; what fails is told in our words."""
    with (
        Store.open(database) as store,
        watched(disk),
        suppress(NewsletterError),
    ):
        with store.read() as connection:
            begun = campaigns.find(connection, order.composed.issue.slug)
        campaign = begun[0] if begun else plan(store, order, provider, SIGNER)
        run(store, campaign, provider, SIGNER, at_once(1))


def states(database: Path) -> dict[str, DeliveryState]:
    with Store.open(database) as store, store.read() as connection:
        return {
            person.address: history.history(connection, person.address_key)[0].state
            for person in people(PEOPLE)
        }


@pytest.mark.parametrize("kind", [KeyedSimulator, Simulator])
def test_wherever_the_disk_fails_nobody_is_lost_or_mailed_twice(
    prepared: Path, tmp_path: Path, order: Order, kind: type[Simulator]
) -> None:
    database = tmp_path / "store.db"
    for place in range(1, STATEMENTS):
        shutil.copy(prepared, database)
        provider, disk = kind(), Disk(place)
        send(database, order, provider, disk)
        if disk.asked < place:
            break
        send(database, order, provider, Disk())

        found = states(database)
        missing = {address for address in found if provider.mailboxes[address] == 0}
        doubted = {
            address
            for address, state in found.items()
            if state is DeliveryState.UNCERTAIN
        }
        assert set(provider.mailboxes.values()) <= {1}, place
        assert missing <= doubted, place
        assert len(doubted) <= (0 if kind is KeyedSimulator else 10), place
        for suffix in ("", "-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
    else:
        pytest.fail("the send asked for more than was tried")
    assert place > 30
