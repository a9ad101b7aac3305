"""The tables: made by migrations, all or nothing, and never by a wrong version."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect, text

from newsletter.errors import SchemaOutOfDate, StoreError
from newsletter.store import partitions, subscribers
from newsletter.store.engine import Store
from newsletter.store.passing import passing
from newsletter.store.queue import install
from newsletter.store.schema import metadata
from newsletter.store.upgrade import OURS, config
from tests.store.databases import catalogue, fresh_schema, revisions
from tests.store.ledger import person, plan, subscribe

ADD_TABLE = "op.create_table('extra', sa.Column('id', sa.Integer, primary_key=True))"
FAIL = f"{ADD_TABLE}; raise RuntimeError('on purpose')"


@contextmanager
def plain(url: str) -> Iterator[Connection]:
    """Connect without any of the store's own doing."""
    engine: Engine = create_engine(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def write_revision(url: str, revision: str) -> None:
    with plain(url) as connection:
        connection.execute(
            text("UPDATE alembic_version SET version_num = :revision"),
            {"revision": revision},
        )


def tables(url: str) -> set[str]:
    with plain(url) as connection:
        return set(inspect(connection).get_table_names())


def test_the_last_migration_is_the_one_that_opening_expects() -> None:
    scripts = ScriptDirectory.from_config(config(OURS))

    assert scripts.get_heads() == [OURS.head]


def test_migrations_make_the_tables_that_the_code_knows(store: Store) -> None:
    with store.read() as connection:
        ours = {"include_object": _is_ours}
        context = MigrationContext.configure(connection, opts=ours)

        assert compare_metadata(context, metadata) == []


def _is_ours(thing: object, name: str, kind: str, reflected: bool, to: object) -> bool:
    """Whether it is neither of the queue nor only of PostgreSQL."""
    del kind, reflected, to
    table = getattr(thing, "table", None)
    whose = f"{table if table is not None else name}"
    if whose in passing.tables:
        return False
    return not whose.startswith(("procrastinate", "tallies"))


def test_sqlite_migrations_equal_the_schema_to_the_letter(
    sqlite: Store, tmp_path: Path
) -> None:
    with plain(f"sqlite:///{tmp_path / 'other.db'}") as connection:
        metadata.create_all(connection)
        expected = catalogue(connection)

    with sqlite.read() as connection:
        assert catalogue(connection) == expected


def test_postgresql_migrations_equal_the_schema_to_the_letter(
    postgres_url: str, postgres_schema: str
) -> None:
    with fresh_schema(postgres_url) as url, plain(url) as connection:
        metadata.create_all(connection)
        passing.create_all(connection)
        install(connection)
        partitions.install(connection)
        expected = catalogue(connection)

    with Store.open(postgres_schema) as store, store.read() as connection:
        assert catalogue(connection) == expected


def test_a_new_database_needs_no_backup(sqlite: Store, tmp_path: Path) -> None:
    assert sqlite.backup is None
    assert not list(tmp_path.glob("*backup*"))


def test_an_older_sqlite_file_is_upgraded_after_a_backup(
    sqlite_url: str, tmp_path: Path
) -> None:
    with Store.open(sqlite_url) as store, store.write() as connection:
        subscribers.upsert(connection, [person(1)])

    later = revisions(tmp_path / "later", ADD_TABLE)
    with Store.open(sqlite_url, revisions=later) as store:
        backup = store.backup

    assert backup == tmp_path / f"newsletter.db.backup-{OURS.head}.db"
    assert backup.stat().st_mode & 0o777 == 0o600
    assert "extra" in tables(sqlite_url)
    with Store.open(f"sqlite:///{backup}") as old, old.read() as connection:
        assert [each.address_key for each in subscribers.iterate(connection)] == [
            person(1).address_key
        ]
    assert "extra" not in tables(f"sqlite:///{backup}")


def test_an_upgrade_is_done_once(sqlite_url: str, tmp_path: Path) -> None:
    Store.open(sqlite_url).close()
    later = revisions(tmp_path / "later", ADD_TABLE)
    Store.open(sqlite_url, revisions=later).close()

    with Store.open(sqlite_url, revisions=later) as store:
        assert store.backup is None


def test_a_backup_is_never_overwritten(sqlite_url: str, tmp_path: Path) -> None:
    Store.open(sqlite_url).close()
    first = tmp_path / f"newsletter.db.backup-{OURS.head}.db"
    first.write_text("precious")

    later = revisions(tmp_path / "later", ADD_TABLE)
    with Store.open(sqlite_url, revisions=later) as store:
        assert store.backup == tmp_path / f"newsletter.db.backup-{OURS.head}-2.db"

    assert first.read_text() == "precious"


def test_backups_can_go_to_a_directory_of_their_own(
    sqlite_url: str, tmp_path: Path
) -> None:
    Store.open(sqlite_url).close()

    later = revisions(tmp_path / "later", ADD_TABLE)
    with Store.open(
        sqlite_url, backup_dir=tmp_path / "backups", revisions=later
    ) as store:
        name = f"newsletter.db.backup-{OURS.head}.db"
        assert store.backup == tmp_path / "backups" / name


def test_without_a_backup_nothing_is_upgraded(sqlite_url: str, tmp_path: Path) -> None:
    Store.open(sqlite_url).close()
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a directory")

    later = revisions(tmp_path / "later", ADD_TABLE)
    with pytest.raises(StoreError, match="cannot be written") as caught:
        Store.open(sqlite_url, backup_dir=in_the_way, revisions=later)

    assert caught.value.hint
    assert "extra" not in tables(sqlite_url)


def test_rows_that_refer_to_a_rebuilt_table_stay(
    sqlite_url: str, tmp_path: Path
) -> None:
    with Store.open(sqlite_url) as store:
        made = plan(store, subscribe(store, 2))

    rebuild = (
        "op.get_bind();"
        "batch = op.batch_alter_table('campaigns', recreate='always');"
        "batch.__enter__().alter_column('provider', nullable=True);"
        "batch.__exit__(None, None, None)"
    )
    later = revisions(tmp_path / "later", rebuild)
    with Store.open(sqlite_url, revisions=later) as store:
        with store.read() as connection:
            count = text("SELECT count(*) FROM batches WHERE campaign_id = :id")
            assert connection.execute(count, {"id": made.id}).scalar_one() == 1
        with store.write() as connection:
            on = connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one()
    assert on == 1


def test_a_failing_migration_leaves_nothing_behind(
    store_url: str, tmp_path: Path
) -> None:
    Store.open(store_url).close()

    later = revisions(tmp_path / "later", ADD_TABLE.replace("extra", "kept"), FAIL)
    with pytest.raises(RuntimeError, match="on purpose"):
        Store.open(store_url, upgrade=True, revisions=later)

    assert not {"extra", "kept"} & tables(store_url)
    Store.open(store_url).close()


def test_a_failing_first_migration_leaves_an_empty_database(
    store_url: str, tmp_path: Path
) -> None:
    broken = revisions(tmp_path / "broken", FAIL)

    with pytest.raises(RuntimeError, match="on purpose"):
        Store.open(store_url, revisions=broken)

    assert tables(store_url) == set()


def test_a_database_of_a_newer_version_is_refused(store_url: str) -> None:
    Store.open(store_url).close()
    write_revision(store_url, "9999")

    with pytest.raises(SchemaOutOfDate, match=r"newer newsletter .*9999") as caught:
        Store.open(store_url, upgrade=True)

    assert "upgrade newsletter" in caught.value.hint
    assert "backup" in caught.value.hint


def test_an_older_postgresql_database_waits_for_a_person(
    postgres_schema: str, tmp_path: Path
) -> None:
    Store.open(postgres_schema).close()
    later = revisions(tmp_path / "later", ADD_TABLE)

    with pytest.raises(SchemaOutOfDate, match="older newsletter") as caught:
        Store.open(postgres_schema, revisions=later)
    assert "newsletter db upgrade" in caught.value.hint
    assert "extra" not in tables(postgres_schema)

    Store.open(postgres_schema, upgrade=True, revisions=later).close()
    assert "extra" in tables(postgres_schema)


@pytest.mark.parametrize("name", ["subscribers", "bookmarks"])
def test_the_sqlite_file_of_another_program_is_left_alone(
    sqlite_url: str, name: str
) -> None:
    with plain(sqlite_url) as connection:
        connection.execute(text(f"CREATE TABLE {name} (id INTEGER)"))

    with pytest.raises(StoreError, match="another program"):
        Store.open(sqlite_url)

    assert tables(sqlite_url) == {name}


def test_a_postgresql_database_may_hold_other_tables_but_not_ours(
    postgres_schema: str,
) -> None:
    with plain(postgres_schema) as connection:
        connection.execute(text("CREATE TABLE batches (id INTEGER)"))

    with pytest.raises(StoreError, match="another program"):
        Store.open(postgres_schema)

    with plain(postgres_schema) as connection:
        connection.execute(text("ALTER TABLE batches RENAME TO bookmarks"))
    Store.open(postgres_schema).close()
    assert {"bookmarks", "batches"} <= tables(postgres_schema)


OPEN = "import sys; from newsletter.store.engine import Store; Store.open(sys.argv[1])"


def test_several_processes_may_make_the_same_database_at_once(store_url: str) -> None:
    commands = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, store_url],
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]

    errors = [command.communicate()[1] for command in commands]

    assert [command.returncode for command in commands] == [0, 0, 0], errors
    Store.open(store_url).close()


def test_several_processes_may_upgrade_the_same_file_at_once(
    sqlite_url: str, tmp_path: Path
) -> None:
    Store.open(sqlite_url).close()
    later = revisions(tmp_path / "later", ADD_TABLE)
    program = (
        "import sys; from newsletter.store.engine import Store;"
        "from newsletter.store.upgrade import Revisions;"
        "Store.open(sys.argv[1], revisions=Revisions(*sys.argv[2:]))"
    )
    arguments = [sys.executable, "-c", program, sqlite_url, later.location, later.head]
    commands = [
        subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]

    errors = [command.communicate()[1] for command in commands]

    assert [command.returncode for command in commands] == [0, 0, 0], errors
    assert len(list(tmp_path.glob("*backup*"))) == 1


def test_opening_a_database_that_is_up_to_date_imports_no_alembic(
    store_url: str,
) -> None:
    Store.open(store_url).close()
    program = f"{OPEN}; assert 'alembic' not in sys.modules"

    subprocess.run([sys.executable, "-c", program, store_url], check=True)


def test_an_upgrade_on_sqlite_does_not_wait_for_readers(
    sqlite_url: str, tmp_path: Path
) -> None:
    later = revisions(tmp_path / "later", ADD_TABLE)
    with Store.open(sqlite_url) as old, old.read() as connection:
        assert list(subscribers.iterate(connection)) == []

        Store.open(sqlite_url, busy_seconds=1, revisions=later).close()

    assert "extra" in tables(sqlite_url)
