"""Stores and CSV files for the tests of the audience."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from newsletter.model.erasure import Eraser
from newsletter.model.subscriber import Subscriber, Suppression
from newsletter.store import subscribers, suppressions
from newsletter.store.engine import Store

ERASER = Eraser(b"a secret of the tests")
NewStore = Callable[[], AbstractContextManager[Store]]
WriteCsv = Callable[[str | bytes], Path]


@pytest.fixture(scope="session")
def new_store(tmp_path_factory: pytest.TempPathFactory) -> NewStore:
    """Make an empty store, as often as a property needs one: `with new_store() as s`.

    The tables are made once and copied.
    """
    template = tmp_path_factory.mktemp("audience") / "empty.db"
    Store.open(f"sqlite:///{template}").close()

    @contextmanager
    def fresh() -> Iterator[Store]:
        with TemporaryDirectory() as home:
            path = Path(home) / "newsletter.db"
            shutil.copy(template, path)
            with Store.open(f"sqlite:///{path}") as store:
                yield store

    return fresh


@pytest.fixture
def store(new_store: NewStore) -> Iterator[Store]:
    """An empty store in a SQLite file."""
    with new_store() as store:
        yield store


@pytest.fixture
def write_csv(tmp_path: Path) -> WriteCsv:
    """Write a CSV file: text as UTF-8, or bytes as they are."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / "people.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def people_in(store: Store) -> dict[str, Subscriber]:
    """All subscribers by their addresses."""
    with store.read() as connection:
        return {person.address: person for person in subscribers.iterate(connection)}


def never_mailed(store: Store) -> dict[str, Suppression]:
    """All suppressions by their keys."""
    with store.read() as connection:
        return {item.address_key: item for item in suppressions.iterate(connection)}
