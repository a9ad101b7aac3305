"""Opening a store, and its ways to read and to write."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from newsletter.errors import SchemaOutOfDate, StoreError
from newsletter.model.subscriber import SuppressionReason
from newsletter.store import suppressions, upgrade
from newsletter.store.connect import require_sqlite
from newsletter.store.engine import Store

MANUAL = SuppressionReason.MANUAL


def keys(store: Store) -> list[str]:
    with store.read() as connection:
        return [each.address_key for each in suppressions.iterate(connection)]


def test_a_new_sqlite_store_is_for_its_owner_only(tmp_path: Path) -> None:
    home = tmp_path / "publication" / ".newsletter"

    Store.open(f"sqlite:///{home / 'newsletter.db'}").close()

    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / "newsletter.db").stat().st_mode & 0o777 == 0o600


def test_a_directory_that_is_there_keeps_its_permissions(tmp_path: Path) -> None:
    home = tmp_path / ".newsletter"
    home.mkdir(mode=0o755)

    Store.open(f"sqlite:///{home / 'newsletter.db'}").close()

    assert home.stat().st_mode & 0o777 == 0o755


def test_closing_leaves_one_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'newsletter.db'}"

    with Store.open(url) as store, store.write() as connection:
        suppressions.add(connection, "ann@example.com", MANUAL)

    assert [each.name for each in tmp_path.iterdir()] == ["newsletter.db"]


def test_a_store_knows_its_url_and_dialect(store_url: str) -> None:
    with Store.open(store_url) as store:
        assert store.url == store_url
        assert store.dialect == store_url.partition("+")[0].partition(":")[0]


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_any_postgresql_url_uses_psycopg(postgres_schema: str, scheme: str) -> None:
    url = postgres_schema.replace("postgresql+psycopg", scheme, 1)

    with Store.open(url) as store:
        assert store.url == postgres_schema


@pytest.mark.parametrize("way", ["write", "bulk"])
def test_what_is_written_stays(store_url: str, way: str) -> None:
    with Store.open(store_url) as store, getattr(store, way)() as connection:
        suppressions.add(connection, "ann@example.com", MANUAL)

    with Store.open(store_url) as store:
        assert keys(store) == ["ann@example.com"]


@pytest.mark.parametrize("way", ["write", "bulk"])
def test_when_something_is_raised_nothing_is_written(store: Store, way: str) -> None:
    def fail(connection: Connection) -> None:
        suppressions.add(connection, "ann@example.com", MANUAL)
        raise KeyError

    with pytest.raises(KeyError), getattr(store, way)() as connection:
        fail(connection)

    assert keys(store) == []
    with getattr(store, way)() as connection:
        suppressions.add(connection, "bob@example.com", MANUAL)
    assert keys(store) == ["bob@example.com"]


def test_a_reader_keeps_its_view_while_others_write(store: Store) -> None:
    with store.read() as reader:
        before = list(suppressions.iterate(reader))
        with store.write() as writer:
            suppressions.add(writer, "ann@example.com", MANUAL)
        after = list(suppressions.iterate(reader))

    assert before == after == []
    assert keys(store) == ["ann@example.com"]


def test_what_is_sent_is_on_disk_when_it_is_committed(sqlite: Store) -> None:
    full, normal = 2, 1

    with sqlite.bulk() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == normal
    with sqlite.write() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == full


def test_only_an_import_does_without_waiting_for_the_disk(postgres: Store) -> None:
    show = text("SELECT current_setting('synchronous_commit')")

    with postgres.bulk() as connection:
        bulk = connection.execute(show).scalar()
    with postgres.write() as connection:
        write = connection.execute(show).scalar()
    with postgres.read() as connection:
        usual = connection.execute(show).scalar()

    assert bulk == "off"
    assert write == usual


@pytest.mark.parametrize("way", ["write", "bulk", "hold"])
def test_who_waits_for_an_upgrade_sees_it(postgres: Store, way: str) -> None:
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")

    def use() -> None:
        with getattr(postgres, way)():
            pass

    with ThreadPoolExecutor(1) as threads, postgres.read() as watcher:
        with postgres.hold() as connection:
            waiting = threads.submit(use)
            while not watcher.scalar(waits):
                connection.exec_driver_sql("SELECT pg_sleep(0.01)")
            upgrade.mark(connection, "0000")
        with pytest.raises(SchemaOutOfDate):
            waiting.result()
    with postgres.at_once() as connection:
        upgrade.mark(connection, upgrade.OURS.head)


def test_threads_write_one_after_the_other(store: Store) -> None:
    def write(number: int) -> None:
        for each in range(5):
            with store.write() as connection:
                suppressions.add(connection, f"{number}-{each}@example.com", MANUAL)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(keys(store)) == 40


def test_writing_inside_of_writing_is_noticed(sqlite: Store) -> None:
    said = pytest.raises(RuntimeError, match="wait for itself")

    with sqlite.write(), said, sqlite.bulk():
        raise AssertionError


def test_one_process_waits_for_another_to_finish(sqlite_url: str) -> None:
    with (
        Store.open(sqlite_url) as one,
        Store.open(sqlite_url) as other,
        one.write() as connection,
    ):
        suppressions.add(connection, "ann@example.com", MANUAL)
        thread = threading.Thread(target=lambda: _add(other, "bob@example.com"))
        thread.start()
        time.sleep(0.1)
        assert thread.is_alive()
    thread.join()

    with Store.open(sqlite_url) as store:
        assert keys(store) == ["ann@example.com", "bob@example.com"]


def _add(store: Store, key: str) -> None:
    with Store.open(store.url) as again, again.write() as connection:
        suppressions.add(connection, key, MANUAL)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://me@here/there", "mysql is not a database that newsletter can use"),
        ("not a url", "cannot be read"),
        ("", "cannot be read"),
        ("sqlite://", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
    ],
)
def test_an_url_of_no_use_is_refused_with_an_example(url: str, said: str) -> None:
    with pytest.raises(StoreError, match=said) as caught:
        Store.open(url)

    assert "sqlite:///" in caught.value.hint
    assert "postgresql://" in caught.value.hint


def test_an_old_sqlite_is_refused_before_it_fails_in_the_middle() -> None:
    require_sqlite((3, 35, 0))

    with pytest.raises(StoreError, match=r"SQLite 3\.26\.0 is too old"):
        require_sqlite((3, 26, 0))
