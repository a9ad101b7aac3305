"""Provider, store, pages and clocks."""

import sqlite3
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from newsletter.errors import OutcomeUnknown, ProviderStopped, ProviderUnavailable
from newsletter.model.publication import Publication
from newsletter.model.service import ServiceSettings
from newsletter.providers.outbox import Outbox
from newsletter.sending.doctor.finding import Finding
from newsletter.sending.doctor.services import (
    page_findings,
    provider_findings,
    store_findings,
)
from newsletter.store.engine import Store
from newsletter.store.upgrade import OURS
from tests.providers.contract import a_publication
from tests.providers.recorder import Recorded, Recorder, Reply
from tests.providers.relays import a_provider
from tests.rig.certificates import Certificates
from tests.rig.smtp import Relay, relay
from tests.sending.doctor.conftest import the, told


def test_a_provider_that_answers() -> None:
    with relay(Relay()) as running:
        found = list(provider_findings(a_provider(running.port), offline=False))

    assert told(found) == ["provider ok"]
    assert "takes commands in groups" in found[0].message


def test_offline_only_the_outbox_is_asked(tmp_path: Path) -> None:
    assert told(provider_findings(a_provider(25), offline=True)) == [
        "provider not checked"
    ]
    assert told(provider_findings(Outbox(tmp_path), offline=True)) == ["provider ok"]


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (ProviderStopped("no", hint="mend it"), "provider problem"),
        (ProviderUnavailable("no", hint="mend it"), "provider not checked"),
        (OutcomeUnknown("no", hint="mend it"), "provider not checked"),
    ],
)
def test_a_provider_that_does_not(
    error: Exception, verdict: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(_: Outbox) -> str:
        raise error

    monkeypatch.setattr(Outbox, "check", check)
    found = list(provider_findings(Outbox(tmp_path), offline=False))

    assert told(found) == [verdict]
    assert found[0].hint == "mend it"


def at(path: Path) -> Publication:
    return a_publication({}).model_copy(update={"store": f"sqlite:///{path}"})


def look_at_store(path: Path) -> list[Finding]:
    return list(store_findings(at(path)))


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    found = look_at_store(tmp_path / "folder" / "x.db")

    assert told(found) == ["store ok"]
    assert "when it is first needed" in found[0].message
    assert list(tmp_path.iterdir()) == []


def test_a_store_in_use(tmp_path: Path) -> None:
    with Store.open(tmp_path / "x.db") as store, store.write():
        found = look_at_store(tmp_path / "x.db")

    assert told(found) == ["store ok"]
    assert f"revision {OURS.head}" in found[0].message


def test_a_store_of_another_version_is_left_as_it_is(tmp_path: Path) -> None:
    Store.open(tmp_path / "x.db").close()
    connection = sqlite3.connect(tmp_path / "x.db")
    connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.commit()
    connection.close()
    before = (tmp_path / "x.db").read_bytes()

    found = look_at_store(tmp_path / "x.db")

    assert told(found) == ["store warning"]
    assert "is of revision 0000" in found[0].message
    assert (tmp_path / "x.db").read_bytes() == before


def test_an_empty_store(tmp_path: Path) -> None:
    (tmp_path / "x.db").touch()

    found = look_at_store(tmp_path / "x.db")

    assert told(found) == ["store ok"]
    assert "is empty" in found[0].message


def test_a_damaged_store(tmp_path: Path) -> None:
    Store.open(tmp_path / "x.db").close()
    data = bytearray((tmp_path / "x.db").read_bytes())
    data[4096 * 2 + 8 : 4096 * 12] = bytes(4096 * 10 - 8)
    (tmp_path / "x.db").write_bytes(data)

    assert told(look_at_store(tmp_path / "x.db")) == ["store problem"]


def test_a_store_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"not a database, but long enough" * 40)

    found = look_at_store(tmp_path / "x.db")

    assert told(found) == ["store problem"]
    assert "is not a database" in found[0].message


def test_a_locked_store_is_not_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.store.health._BUSY_SECONDS", 0.1)
    connection = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    connection.execute("CREATE TABLE t (x)")
    connection.execute("BEGIN EXCLUSIVE")
    try:
        assert told(look_at_store(tmp_path / "x.db")) == ["store not checked"]
    finally:
        connection.close()


def test_a_server_tells_its_clock(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publication = a_publication({}).model_copy(update={"store": postgres_url})

    found = list(store_findings(publication))

    assert told(found) == ["store ok", "clock ok"]


def answers(status: int, one_click: int, **headers: str) -> Recorder:
    def answer(request: Recorded) -> Reply:
        wanted = one_click if request.method == "POST" else status
        return Reply(status=wanted, headers=headers)

    recorder = Recorder()
    recorder.answer(answer)
    return recorder


def pages(recorder: Recorder) -> list[Finding]:
    publication = a_publication({}).model_copy(update={"base_url": recorder.url})
    return list(page_findings(publication, offline=False))


def test_pages_that_are_there() -> None:
    with answers(200, 400, Date=format_datetime(datetime.now(UTC))) as recorder:
        found = pages(recorder)

    assert told(found) == ["archive ok", "one-click ok", "clock ok"]
    get, post = recorder.requests
    assert (get.path, post.path) == ("/", "/u/doctor")
    assert post.body == b"List-Unsubscribe=One-Click"


def test_one_click_is_asked_of_the_service_and_not_of_the_archive() -> None:
    with answers(200, 405) as archive, answers(404, 400) as served:
        changes = {"base_url": archive.url, "service": ServiceSettings(url=served.url)}
        publication = a_publication({}).model_copy(update=changes)
        found = list(page_findings(publication, offline=False))

    assert told(found)[:2] == ["archive ok", "one-click ok"]
    assert [each.method for each in archive.requests] == ["GET"]
    assert [each.path for each in served.requests] == ["/u/doctor"]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, "one-click ok"),
        (302, "one-click problem"),
        (308, "one-click problem"),
        (404, "one-click warning"),
        (405, "one-click warning"),
        (502, "one-click warning"),
    ],
)
def test_a_redirect_ends_one_click(status: int, expected: str) -> None:
    with answers(200, status) as recorder:
        assert told(pages(recorder))[1] == expected


def test_an_archive_that_is_elsewhere() -> None:
    with answers(404, 404, Date="not a date") as recorder:
        assert told(pages(recorder)) == ["archive warning", "one-click warning"]


@pytest.mark.parametrize(
    ("ahead", "word"), [(timedelta(hours=2), "behind"), (-timedelta(days=2), "ahead")]
)
def test_a_clock_that_is_wrong(ahead: timedelta, word: str) -> None:
    moment = format_datetime(datetime.now(UTC) + ahead)
    with answers(200, 200, Date=moment) as recorder:
        found = the(pages(recorder), "clock")

    assert found.verdict == "problem"
    assert word in found.message


def test_pages_that_cannot_be_reached_are_not_checked() -> None:
    with Recorder() as recorder:
        pass

    assert told(pages(recorder)) == ["archive not checked", "one-click not checked"]


def test_pages_of_somebody_else_are_a_problem(tmp_path: Path) -> None:
    with Recorder(tls=Certificates(tmp_path).self_signed()) as recorder:
        found = pages(recorder)

    assert told(found) == ["archive problem", "one-click not checked"]
