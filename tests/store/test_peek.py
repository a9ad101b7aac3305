"""Looking into a store: nothing is made, nothing is upgraded."""

import sqlite3
from pathlib import Path

import pytest

from newsletter.errors import StoreError
from newsletter.store import subscribers
from newsletter.store.engine import Store
from newsletter.store.peek import peek


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "newsletter.db"

    assert peek(path) is None
    assert not path.parent.exists()


def test_a_store_of_this_version_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "newsletter.db"
    Store.open(path).close()

    store = peek(path)

    assert store is not None
    with store, store.read() as connection:
        assert not any(subscribers.count(connection).values())


@pytest.mark.parametrize("found", ["0000", None])
def test_a_store_of_another_version_is_left_alone(
    found: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "newsletter.db"
    with sqlite3.connect(path) as connection:
        if found:
            connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
            connection.execute("INSERT INTO alembic_version VALUES (?)", (found,))
        else:
            connection.execute("CREATE TABLE other (a TEXT)")
    connection.close()

    assert peek(path) is None
    assert [item.name for item in tmp_path.iterdir() if "backup" in item.name] == []


def test_what_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "newsletter.db"
    path.write_bytes(b"this is no database, whatever its name may promise you all")

    with pytest.raises(StoreError):
        peek(path)


def test_a_server_is_looked_into_as_well(
    postgres_schema: str, migrated_schema: str
) -> None:
    assert peek(postgres_schema) is None

    store = peek(migrated_schema)
    assert store is not None
    with store, store.read() as connection:
        assert not any(subscribers.count(connection).values())
