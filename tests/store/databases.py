"""Databases to test on: a fresh PostgreSQL schema, and histories of migrations."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url, text

from newsletter.store import migrations
from newsletter.store.schema import metadata
from newsletter.store.upgrade import OURS, Revisions


@contextmanager
def fresh_schema(server: str) -> Iterator[str]:
    """Give the URL of a schema of its own, which is dropped at the end."""
    name = f"test_{uuid.uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
    with engine.connect() as connection:
        connection.execute(text(f'CREATE SCHEMA "{name}"'))
    try:
        options = {"options": f"-csearch_path={name}"}
        url = make_url(server).update_query_dict(options)
        yield url.render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f'DROP SCHEMA "{name}" CASCADE'))
        engine.dispose()


def empty(connection: Connection, *more: str) -> None:
    """Empty all tables of a schema, and `more` of it; campaigns count from 1 again."""
    names = ", ".join(("tallies", *metadata.tables, *more))
    connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
    connection.execute(text(_DROP_PARTITIONS))


_DROP_PARTITIONS = """
DO $$ DECLARE part regclass; BEGIN
  FOR part IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'deliveries'::regclass
  LOOP EXECUTE format('DROP TABLE %s', part); END LOOP;
END $$
"""


def revisions(folder: Path, *upgrades: str) -> Revisions:
    """Write a history into `folder`: the real one, then one revision per upgrade."""
    source = Path(next(iter(migrations.__path__)))
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("__pycache__"))
    previous = OURS.head
    for number, body in enumerate(upgrades, start=int(previous) + 1):
        revision = f"{number:04}"
        (folder / "versions" / f"{revision}_test.py").write_text(
            f'"""A revision made by a test."""\n'
            f"import sqlalchemy as sa\n"
            f"from alembic import op\n"
            f"revision = {revision!r}\n"
            f"down_revision = {previous!r}\n"
            f"def upgrade() -> None:\n"
            f"    {body}\n"
        )
        previous = revision
    return Revisions(location=str(folder), head=previous)


def catalogue(connection: Connection) -> list[tuple[object, ...]]:
    """Give all that the database knows of its tables, in a form to compare."""
    if connection.dialect.name == "sqlite":
        statement = (
            "SELECT type, name, tbl_name, sql FROM sqlite_master "
            "WHERE tbl_name NOT IN ('alembic_version', 'sqlite_sequence')"
        )
        return sorted(
            (kind, name, table, _parts(str(sql)))
            for kind, name, table, sql in connection.execute(text(statement))
        )
    found: list[tuple[object, ...]] = []
    for statement in _POSTGRESQL:
        found += sorted(map(tuple, connection.execute(text(statement))), key=repr)
    return found


def _parts(sql: str) -> tuple[str, ...]:
    """The definitions in a statement; SQLite puts an added column where it likes."""
    return tuple(sorted(" ".join(part.split()) for part in sql.strip(")").split(",")))


_POSTGRESQL = (
    "SELECT table_name, column_name, ordinal_position, data_type, is_nullable,"
    " regexp_replace(column_default, '[a-z0-9_]+\\.', '')"
    " FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND table_name <> 'alembic_version'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
    " FROM pg_constraint WHERE connamespace = current_schema()::regnamespace"
    " AND conrelid::regclass::text <> 'alembic_version'",
    "SELECT tablename, indexname, replace(indexdef, schemaname || '.', '')"
    " FROM pg_indexes WHERE schemaname = current_schema()"
    " AND tablename <> 'alembic_version'",
    "SELECT relname, reloptions FROM pg_class"
    " WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
    " AND relname <> 'alembic_version'",
)
