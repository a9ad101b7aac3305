"""Every trouble a database can be in is told to a person, with what to do."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from newsletter.errors import StoreError
from newsletter.model.subscriber import SuppressionReason
from newsletter.store import subscribers, suppressions
from newsletter.store.engine import Store
from tests.store.ledger import person

MANUAL = SuppressionReason.MANUAL

# As another user than root, for whom every door is open; imports come before that.
RESTRICTED = """
import os, resource, sys
import sqlalchemy.dialects.sqlite
from newsletter.errors import StoreError
from newsletter.model.subscriber import SuppressionReason
from newsletter.store import suppressions
from newsletter.store.engine import Store

{restrict}
try:
    with Store.open(sys.argv[1]) as store:
        with store.read() as connection:
            list(suppressions.iterate(connection))
        print("read")
        with store.write() as connection:
            for number in range(3000):
                key = f"{{number}}@example.com"
                suppressions.add(connection, key, SuppressionReason.MANUAL, "x" * 99)
        print("written")
except StoreError as error:
    print(error)
    print(error.hint)
"""
AS_NOBODY = RESTRICTED.format(restrict="os.getuid() or os.setuid(65534)")
WITH_SMALL_FILES = RESTRICTED.format(
    restrict="resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))"
)


@pytest.fixture
def open_house() -> Iterator[Path]:
    """A directory that every user may enter."""
    home = Path(tempfile.mkdtemp(prefix="newsletter-store-"))
    home.chmod(0o755)
    yield home
    home.chmod(0o755)
    shutil.rmtree(home)


def told(program: str, path: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", program, f"sqlite:///{path}"],
        # Coverage could not write its own file either.
        env={key: value for key, value in os.environ.items() if "COVERAGE" not in key},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def filled(url: str) -> Path:
    """Make a store with 2,000 people and no write-ahead log."""
    with Store.open(url) as store, store.write() as connection:
        subscribers.upsert(connection, [person(each) for each in range(2000)])
    return Path(str(make_url(url).database))


def test_a_directory_is_not_a_database(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a directory") as caught:
        Store.open(f"sqlite:///{tmp_path}")

    assert f"sqlite:///{tmp_path}/" in caught.value.hint


def test_a_file_cannot_be_a_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="cannot be created") as caught:
        Store.open(f"sqlite:///{tmp_path / 'file' / 'newsletter.db'}")

    assert caught.value.hint


def test_a_directory_that_may_not_be_written_to(open_house: Path) -> None:
    open_house.chmod(0o555)
    path = open_house / "newsletter.db"

    message, hint = told(AS_NOBODY, path)

    assert message == f"{path} cannot be created: Permission denied."
    assert "permissions" in hint


def test_a_file_that_may_only_be_read_can_be_read(open_house: Path) -> None:
    path = open_house / "newsletter.db"
    Store.open(f"sqlite:///{path}").close()
    path.chmod(0o444)
    open_house.chmod(0o777)

    read, message, hint = told(AS_NOBODY, path)

    assert read == "read"
    assert message == f"{path} cannot be written to."
    assert "permissions" in hint


def test_a_file_that_may_not_be_read(open_house: Path) -> None:
    path = open_house / "newsletter.db"
    Store.open(f"sqlite:///{path}").close()
    path.chmod(0o000)

    message, hint = told(AS_NOBODY, path)

    assert message == f"{path} cannot be opened."
    assert "permissions" in hint


def test_a_file_that_is_no_database(sqlite_url: str, tmp_path: Path) -> None:
    path = tmp_path / "newsletter.db"
    path.write_bytes(b"Dear diary, " * 1000)

    with pytest.raises(StoreError, match="is not a database") as caught:
        Store.open(sqlite_url)

    assert "restore a backup" in caught.value.hint
    assert path.read_bytes() == b"Dear diary, " * 1000


def test_a_file_that_was_cut_off(sqlite_url: str) -> None:
    path = filled(sqlite_url)
    os.truncate(path, path.stat().st_size // 2 // 4096 * 4096)

    with (
        pytest.raises(StoreError, match="is damaged") as caught,
        Store.open(sqlite_url) as store,
        store.read() as connection,
    ):
        list(subscribers.iterate(connection))

    assert ".recover" in caught.value.hint


def test_a_file_with_noise_in_it(sqlite_url: str) -> None:
    path = filled(sqlite_url)
    noisy = bytearray(path.read_bytes())
    noisy[4096:] = bytes(255 - byte for byte in noisy[4096:])
    path.write_bytes(noisy)

    with pytest.raises(StoreError, match="is damaged") as caught:
        Store.open(sqlite_url)

    assert caught.value.hint


def test_a_file_that_another_process_writes_to(sqlite: Store, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "newsletter.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    with (
        pytest.raises(StoreError, match="locked by another process") as caught,
        Store.open(sqlite.url, busy_seconds=0.1) as store,
        store.write(),
    ):
        raise AssertionError
    other.close()

    assert "try again" in caught.value.hint
    with sqlite.write() as connection:
        assert suppressions.add(connection, "ann@example.com", MANUAL)


def test_a_file_that_another_process_has_for_itself(
    sqlite_url: str, tmp_path: Path
) -> None:
    Store.open(sqlite_url).close()
    other = sqlite3.connect(tmp_path / "newsletter.db", isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")

    with pytest.raises(StoreError, match="locked by another process"):
        Store.open(sqlite_url, busy_seconds=0.1)
    other.close()


def test_a_full_disk_loses_only_what_was_not_committed(sqlite: Store) -> None:
    with sqlite.write() as connection:
        suppressions.add(connection, "ann@example.com", MANUAL)

    with sqlite.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1")
    everybody = [person(each) for each in range(2000)]
    full = pytest.raises(StoreError, match="disk is full")
    with full as caught, sqlite.write() as connection:
        subscribers.upsert(connection, everybody)

    assert "free some space" in caught.value.hint
    with sqlite.read() as connection:
        assert suppressions.get(connection, "ann@example.com")
        assert sum(subscribers.count(connection).values()) == 0


def test_a_file_that_may_not_grow(sqlite_url: str, tmp_path: Path) -> None:
    Store.open(sqlite_url).close()

    read, message, hint = told(WITH_SMALL_FILES, tmp_path / "newsletter.db")

    assert read == "read"
    assert "could not" in message
    assert hint
    with Store.open(sqlite_url) as store, store.read() as connection:
        assert list(suppressions.iterate(connection)) == []


def test_a_server_that_is_not_there() -> None:
    with pytest.raises(StoreError, match=r"cannot be used: .*refused") as caught:
        Store.open("postgresql://ann:hunter2@127.0.0.1:1/news")

    assert "PostgreSQL database news at 127.0.0.1:1" in caught.value.message
    assert "hunter2" not in caught.value.message
    assert "runs there" in caught.value.hint


@pytest.mark.parametrize(
    ("user", "database"), [("nobody_knows", "postgres"), ("postgres", "nothing_here")]
)
def test_a_server_that_does_not_let_in(
    postgres_url: str, user: str, database: str
) -> None:
    url = make_url(postgres_url)
    url = url.set(username=user, password="hunter2", database=database)

    with pytest.raises(StoreError, match="cannot be used") as caught:
        Store.open(url.render_as_string(hide_password=False))

    assert "hunter2" not in caught.value.message
    assert "user, password and database" in caught.value.hint


def test_a_password_is_left_out_even_where_the_server_repeats_it(
    postgres_url: str,
) -> None:
    url = make_url(postgres_url).set(username="hunter2", password="hunter2")

    with pytest.raises(StoreError) as caught:
        Store.open(url.render_as_string(hide_password=False))

    assert "hunter2" not in caught.value.message
    assert "***" in caught.value.message


def test_a_server_that_goes_away(postgres: Store) -> None:
    end = text("SELECT pg_terminate_backend(pg_backend_pid())")

    gone = pytest.raises(StoreError, match="cannot be used")
    with gone, postgres.write() as connection:
        connection.execute(end)

    with postgres.write() as connection:
        assert suppressions.add(connection, "ann@example.com", MANUAL)


def test_a_server_that_only_reads(postgres_schema: str) -> None:
    Store.open(postgres_schema).close()
    url = make_url(postgres_schema)
    options = f"{url.query['options']} -cdefault_transaction_read_only=on"
    url = url.update_query_dict({"options": options})

    with (
        pytest.raises(StoreError, match="is read-only") as caught,
        Store.open(url.render_as_string(hide_password=False)) as store,
        store.write() as connection,
    ):
        suppressions.add(connection, "ann@example.com", MANUAL)

    assert caught.value.hint


def test_a_schema_that_is_not_there(postgres_url: str) -> None:
    url = make_url(postgres_url).update_query_dict({"options": "-csearch_path=none"})

    with pytest.raises(StoreError, match="no schema to write to") as caught:
        Store.open(url.render_as_string(hide_password=False))

    assert "search_path" in caught.value.hint


def test_a_transaction_that_another_one_blocks(postgres: Store) -> None:
    lock = text("LOCK TABLE suppressions")

    with postgres.write() as first:
        first.execute(lock)
        busy = pytest.raises(StoreError, match="is busy")
        with busy as caught, postgres.write() as second:
            second.execute(text("SET LOCAL lock_timeout = '50ms'; LOCK suppressions"))

    assert "try again" in caught.value.hint


def test_the_postgresql_driver_may_be_missing() -> None:
    program = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from newsletter.errors import StoreError\n"
        "from newsletter.store.engine import Store\n"
        "try:\n"
        "    Store.open('postgresql://here/there')\n"
        "except StoreError as error:\n"
        "    print(error)\n"
        "    print(error.hint)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines() == [
        "What PostgreSQL needs is not installed.",
        "pip install 'friday-letter[postgres]'",
    ]


def test_a_mistake_of_ours_keeps_its_own_name(store: Store) -> None:
    with pytest.raises(IntegrityError), store.write() as connection:
        connection.execute(text("INSERT INTO suppressions (address_key) VALUES ('a')"))
    with pytest.raises(SQLAlchemyError), store.read() as connection:
        connection.execute(text("SELECT nonsense"))


def test_no_traceback_shows_peoples_addresses(store: Store) -> None:
    broken = text("INSERT INTO suppressions (address_key) VALUES (:key)")

    with pytest.raises(IntegrityError) as caught, store.write() as connection:
        connection.execute(broken, {"key": "ann@example.com"})

    assert "[SQL parameters hidden" in str(caught.value)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("58030", "trouble with its disk"),
        ("XX001", "damaged data"),
        ("25P03", "took too long"),
    ],
)
def test_a_server_in_trouble_is_told_as_such(
    postgres: Store, code: str, words: str
) -> None:
    """Not as a mistake of ours: workers wait, and write down what was answered."""
    raising = f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$"

    with pytest.raises(StoreError, match=words), postgres.write() as connection:
        connection.execute(text(raising))
