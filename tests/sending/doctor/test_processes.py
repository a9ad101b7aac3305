"""What the doctor says of the processes that serve from one PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter import __version__
from newsletter.config.secret import FILE
from newsletter.model.token import Signer
from newsletter.sending.doctor.finding import Finding
from newsletter.sending.doctor.processes import process_findings
from newsletter.store import key_names, service_processes
from newsletter.store.engine import Store
from newsletter.store.service_processes import Process
from tests.providers.contract import a_publication
from tests.sending.doctor.conftest import told
from tests.store.databases import fresh_schema

SECRET = "a secret of the tests"
OURS = Signer(SECRET.encode()).key_name


@pytest.fixture
def store(postgres_url: str) -> Iterator[Store]:
    """An empty store on PostgreSQL."""
    with fresh_schema(postgres_url) as url, Store.open(url) as opened:
        yield opened


def look(store: Store, root: Path, secret: str = SECRET) -> list[Finding]:
    publication = a_publication({}).model_copy(
        update={"store": store.url, "root": root}
    )
    return list(process_findings(publication, {"NEWSLETTER_SECRET": secret}))


def serve(store: Store, name: str, key: str = OURS, version: str = __version__) -> None:
    with store.at_once() as connection:
        service_processes.seen(connection, Process(name, version, key))


def test_of_a_file_nothing_is_found(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
        assert look(store, tmp_path) == []
    (tmp_path / "store.db").unlink()
    assert look(store, tmp_path) == []


def test_those_who_serve_are_counted(store: Store, tmp_path: Path) -> None:
    assert [each.message for each in look(store, tmp_path)] == [
        "0 processes serve from this database"
    ]
    serve(store, "a:1")
    serve(store, "b:1")

    (found,) = look(store, tmp_path)

    assert found.message == "2 processes serve from this database"


def test_another_version_is_a_warning(store: Store, tmp_path: Path) -> None:
    serve(store, "a:1", version="0.0.1")

    _, found = look(store, tmp_path)

    assert told([found]) == ["service warning"]
    assert found.message.startswith("a:1 is version 0.0.1")


def test_different_secrets_are_a_problem(store: Store, tmp_path: Path) -> None:
    serve(store, "a:1")
    serve(store, "b:1", key="00000000")

    _, found = look(store, tmp_path)

    assert told([found]) == ["service problem"]
    assert "a:1, b:1" in found.message


def test_a_secret_that_is_not_ours_is_a_problem(store: Store, tmp_path: Path) -> None:
    serve(store, "a:1")

    _, found = look(store, tmp_path, "another secret of tests")

    assert told([found]) == ["service problem"]
    assert "another secret than this machine" in found.message


@pytest.mark.parametrize("secret", ["", "short"])
def test_without_a_secret_here_none_is_made(
    store: Store, tmp_path: Path, secret: str
) -> None:
    serve(store, "a:1")

    assert told(look(store, tmp_path, secret)) == ["service ok"]

    assert not (tmp_path / FILE).exists()


def remember(store: Store, secret: str) -> None:
    with store.write() as connection:
        key_names.remember(connection, Signer(secret.encode()).key_name)


def test_another_secret_than_that_of_what_was_sent_is_a_problem(
    store: Store, tmp_path: Path
) -> None:
    remember(store, "quite another secret")

    _, found = look(store, tmp_path)

    assert found.verdict == "problem"
    assert "links in it do not work here" in found.message
    remember(store, SECRET)
    assert told(look(store, tmp_path)) == ["service ok"]


def test_no_secret_where_others_have_sent_is_a_problem(
    store: Store, tmp_path: Path
) -> None:
    remember(store, SECRET)

    _, found = look(store, tmp_path, "")

    assert found.verdict == "problem"
    assert "there is no secret here" in found.message
