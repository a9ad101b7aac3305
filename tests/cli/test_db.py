"""`newsletter db`: what is in use, upgraded, checked, and moved for good."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from newsletter.sending.lock import sender_lock
from tests.cli.conftest import Newsletter
from tests.store.databases import fresh_schema

ISSUE = "pull-up-the-second-chair"
NOW = "sqlite:///.newsletter/newsletter.db"


@pytest.fixture
def server(postgres_url: str) -> Iterator[str]:
    """An empty PostgreSQL database."""
    with fresh_schema(postgres_url) as url:
        yield url


@pytest.fixture
def database(publication: Path, newsletter: Newsletter) -> Path:
    """The database of a publication with subscribers."""
    assert newsletter("subscribers", "import", "subscribers.csv").code == 0
    return publication / ".newsletter" / "newsletter.db"


def use(publication: Path, url: str) -> None:
    """Name another database in newsletter.yaml."""
    path = publication / "newsletter.yaml"
    text = path.read_text()
    assert "\nstore:" not in text
    path.write_text(f"{text}\nstore: {json.dumps(url)}\n")


def set_revision(database: Path, revision: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))


def test_status_makes_nothing(publication: Path, newsletter: Newsletter) -> None:
    ended = newsletter("db", "status")

    assert ended.code == 0
    assert "not made yet" in ended.out
    assert not (publication / ".newsletter").exists()


def test_status_tells_which_database_is_in_use(
    database: Path, newsletter: Newsletter
) -> None:
    ended = newsletter("db", "status")

    assert ended.code == 0
    assert str(database.name) in ended.out
    assert json.loads(newsletter("db", "status", "--json").out)["current"] is True


@pytest.mark.parametrize("revision", ["0003", "9999"])
def test_status_of_another_version_is_no_success(
    database: Path, newsletter: Newsletter, revision: str
) -> None:
    set_revision(database, revision)

    ended = newsletter("db", "status")

    assert ended.code == 6
    assert f"revision {revision}" in ended.out
    assert "newsletter db upgrade" in ended.err


def test_upgrade_says_that_there_was_nothing_to_do(
    database: Path, newsletter: Newsletter
) -> None:
    ended = newsletter("db", "upgrade")

    assert ended.code == 0
    assert "is up to date" in ended.out


def test_check_reads_everything(database: Path, newsletter: Newsletter) -> None:
    ended = newsletter("db", "check")

    assert ended.code == 0
    assert "everything can be read, and adds up" in ended.out
    assert json.loads(newsletter("db", "check", "--json").out)["damage"] == []


def test_check_finds_what_does_not_add_up(
    database: Path, newsletter: Newsletter
) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO subscriber_tags VALUES (4711, 'vip')")

    ended = newsletter("db", "check")

    assert ended.code == 9
    assert "wrong: 1 tags of nobody" in ended.out


def test_check_counts_anew_on_a_server(
    newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.store.soundness.mend", lambda _: 2)

    ended = newsletter("db", "check", "--mend")

    assert ended.code == 0
    assert "counted anew: 2 campaigns" in ended.err


def test_a_publication_moves_to_a_server_and_back(
    publication: Path, database: Path, newsletter: Newsletter, server: str
) -> None:
    before = newsletter("subscribers", "list", "--json").out

    moved = newsletter("db", "copy", "--to", server, "--yes")

    assert moved.code == 0, moved.err
    assert "each compared" in moved.out
    left = newsletter("subscribers", "list", "--json")
    assert left.code == 6
    assert "set `store:` in newsletter.yaml" in left.err
    use(publication, server)
    assert newsletter("subscribers", "list", "--json").out == before
    back = newsletter("db", "copy", "--to", "sqlite:///.newsletter/back.db", "--yes")
    assert back.code == 0, back.err
    settings = publication / "newsletter.yaml"
    settings.write_text(
        settings.read_text().replace(
            json.dumps(server), '"sqlite:///.newsletter/back.db"'
        )
    )
    assert newsletter("subscribers", "list", "--json").out == before
    # It came by our own doing, so that nobody has to adopt it.
    assert newsletter("send", ISSUE, "--yes").code == 0


def test_nothing_is_moved_without_a_yes(
    database: Path, newsletter: Newsletter, tmp_path: Path
) -> None:
    ended = newsletter("db", "copy", "--to", f"sqlite:///{tmp_path / 'new.db'}")

    assert ended.code != 0
    assert not (tmp_path / "new.db").exists()
    assert newsletter("db", "status").code == 0


def test_nothing_is_moved_onto_itself(database: Path, newsletter: Newsletter) -> None:
    ended = newsletter(
        "db", "copy", "--to", "sqlite:///.newsletter/newsletter.db", "-y"
    )

    assert ended.code == 2
    assert "names the database in use" in ended.err


def test_nothing_is_moved_while_somebody_sends(
    database: Path, newsletter: Newsletter, tmp_path: Path
) -> None:
    with sender_lock(database):
        ended = newsletter("db", "copy", "--to", f"sqlite:///{tmp_path / 'n.db'}", "-y")

    assert ended.code == 7
    assert "is sending" in ended.err
