"""Looking at a database changes nothing in it."""

from pathlib import Path

import pytest

from newsletter.errors import StoreError
from newsletter.store.engine import Store
from newsletter.store.health import examine
from newsletter.store.upgrade import OURS


def test_a_whole_file(tmp_path: Path) -> None:
    Store.open(tmp_path / "a b?#.db").close()

    found = examine(tmp_path / "a b?#.db")

    assert found.exists
    assert (found.revision, found.damage) == (OURS.head, "")
    assert found.now is None


def test_nothing_is_created(tmp_path: Path) -> None:
    found = examine(f"sqlite:///{tmp_path}/folder/x.db")

    assert not found.exists
    assert list(tmp_path.iterdir()) == []


def test_a_server(postgres_url: str) -> None:
    found = examine(postgres_url)

    assert found.exists
    assert found.now is not None
    assert found.now.tzinfo is not None


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(StoreError):
        examine("postgresql://nobody@127.0.0.1:9/nothing")
