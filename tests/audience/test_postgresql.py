"""The same on PostgreSQL: import, dry run, removal, export."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from newsletter.audience import people
from newsletter.audience.address import normalise
from newsletter.audience.confirming import confirm
from newsletter.audience.exporting import export_csv
from newsletter.audience.importing import import_file
from newsletter.audience.joining import ask
from newsletter.audience.leaving import Leaving, leave
from newsletter.audience.preferences import change
from newsletter.errors import StoreBusy
from newsletter.model.consent import Consent, ConsentKind
from newsletter.model.subscriber import SubscriberStatus, SuppressionReason
from newsletter.model.token import Meant
from newsletter.store import notices, subscribers, suppressions, tags
from newsletter.store.engine import Store
from tests.audience.conftest import ERASER, WriteCsv, never_mailed, people_in
from tests.conftest import ROOT
from tests.rig.meanwhile import Meanwhile
from tests.store.databases import fresh_schema


@pytest.fixture
def server(postgres_url: str) -> Iterator[Store]:
    """An empty store in PostgreSQL."""
    with fresh_schema(postgres_url) as url, Store.open(url) as store:
        yield store


def test_subscribers_move_from_postgresql_to_sqlite(
    server: Store, store: Store, tmp_path: Path
) -> None:
    import_file(server, ERASER, ROOT / "subscribers.csv")
    people.remove(server, "zoe@example.com")
    people.remove(server, "stranger@example.com")
    export_csv(server, tmp_path / "all.csv")
    import_file(store, ERASER, tmp_path / "all.csv")

    there, here = people_in(server), people_in(store)
    assert here.keys() == there.keys()
    assert all(here[a].attributes == there[a].attributes for a in here)
    assert all(here[a].status is there[a].status for a in here)
    assert never_mailed(store).keys() == never_mailed(server).keys()


def test_a_dry_run_is_taken_back(server: Store, write_csv: WriteCsv) -> None:
    path = write_csv("email,status\na@x.test,\nb@x.test,no\nA@X.test,no\nc,\n")

    rehearsed = import_file(server, ERASER, path, dry_run=True)
    assert people_in(server) == {}
    done = import_file(server, ERASER, path)

    assert rehearsed.skipped == done.skipped
    assert (done.added, done.suppressed, len(done.skipped)) == (1, 2, 1)
    assert never_mailed(server).keys() == {"a@x.test", "b@x.test"}


def begin_to_erase(store: Store) -> None:
    with store.write() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '50ms'"))
        suppressions.hold_back_imports(connection)


def test_nobody_is_erased_in_the_instant_in_which_they_join(
    server: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = 0

    def erase(*_: object) -> None:
        nonlocal tried
        tried += 1
        with pytest.raises(StoreBusy):
            begin_to_erase(server)

    monkeypatch.setattr(notices, "lock", erase)
    said = Consent(kind=ConsentKind.REQUESTED)

    found = ask(server, ERASER, normalise("ann@example.com"), said, "outbox")
    assert found is not None
    meant = Meant(found.person.uid, found.number)
    assert confirm(server, ERASER, meant, said) is not None
    assert tried == 2


ANN = "ann@example.com"


def ann(server: Store) -> Meant:
    """Who has asked for the letter, and the link in the mail to confirm."""
    said = Consent(kind=ConsentKind.REQUESTED)
    found = ask(server, ERASER, normalise(ANN), said, "outbox")
    assert found is not None
    return Meant(found.person.uid, found.number)


def test_who_leaves_while_they_are_confirmed_has_left(server: Store) -> None:
    meant = ann(server)
    yes = Consent(kind=ConsentKind.CONFIRMED)

    with server.write() as connection:
        person = subscribers.by_uid(connection, meant.uid, held=True)
        assert person
        subscribers.leave(connection, [ANN])
        suppressions.add(connection, ANN, SuppressionReason.UNSUBSCRIBE)
        other = Meanwhile(server, lambda: confirm(server, ERASER, meant, yes))

    assert other.end() is None
    assert people_in(server)[ANN].status is SubscriberStatus.UNSUBSCRIBED
    assert never_mailed(server).keys() == {ANN}


@pytest.mark.parametrize("what", ["leave", "change"])
def test_what_is_erased_meanwhile_leaves_nothing(server: Store, what: str) -> None:
    meant = ann(server)
    hiring = ["hiring"]
    work: dict[str, Callable[[], object]] = {
        "leave": lambda: leave(server, [Leaving(uid=meant.uid)]),
        "change": lambda: change(
            server, meant.uid, name="Ann", topics=hiring, offered=hiring
        ),
    }
    with server.write() as connection:
        suppressions.hold_back_imports(connection)
        person = subscribers.by_uid(connection, meant.uid, held=True)
        assert person
        other = Meanwhile(server, work[what])
        connection.execute(text("DELETE FROM subscribers"))

    other.end()
    with server.read() as connection:
        assert tags.of_subscriber(connection, person.id) == ()
    assert never_mailed(server) == {}
