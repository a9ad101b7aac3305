"""A store on either database, empty and on its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.store.engine import Store
from newsletter.store.passing import passing
from tests.store.databases import empty, fresh_schema


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'newsletter.db'}"


@pytest.fixture
def postgres_schema(postgres_url: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL schema."""
    with fresh_schema(postgres_url) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, of either kind."""
    name = {"sqlite": "sqlite_url", "postgres": "postgres_schema"}[request.param]
    return str(request.getfixturevalue(name))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to be copied: migrating takes far longer."""
    path = tmp_path_factory.mktemp("template") / "newsletter.db"
    Store.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def migrated_schema(postgres_url: str) -> Iterator[str]:
    """The URL of a PostgreSQL schema with all tables, to be emptied by each test."""
    with fresh_schema(postgres_url) as url:
        Store.open(url).close()
        yield url


@pytest.fixture
def sqlite(sqlite_url: str, sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    """An empty store in a SQLite file."""
    shutil.copy(sqlite_template, tmp_path / "newsletter.db")
    with Store.open(sqlite_url) as opened:
        yield opened


@pytest.fixture
def postgres(migrated_schema: str) -> Iterator[Store]:
    """An empty store on PostgreSQL."""
    with Store.open(migrated_schema) as opened:
        yield opened
        with opened.write() as connection:
            empty(connection, *passing.tables)


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest) -> Store:
    """An empty store, on either database."""
    opened = request.getfixturevalue(request.param)
    assert isinstance(opened, Store)
    return opened
