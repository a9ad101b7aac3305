"""Importing a list: so many rows into an empty store, and the same file once more."""

import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from benchmarks.workers import SETTINGS
from newsletter.audience.importing import import_file
from newsletter.model.erasure import Eraser
from newsletter.store.engine import Store
from tests.rig import postgres

ERASER = Eraser(b"a secret of the benchmarks")
ONE = "--one"
DATABASES = ("sqlite", "postgresql")


def main() -> None:
    """Print a table: [ROWS] [sqlite | postgresql] [--leavers].

    Each import is a process of its own, as it is in life. With `--leavers` every row is
    of somebody who unsubscribed. PostgreSQL is one of our own on this machine, with
    fsync; there the same rows are copied into a table with the same indexes as well.
    """
    if ONE in sys.argv:
        _import(Path(sys.argv[2]), sys.argv[3])
        return
    arguments = [text for text in sys.argv[1:] if not text.startswith("--")]
    rows = int(arguments[0]) if arguments else 100_000
    wanted = arguments[1:] or DATABASES
    print("| database | import | rows | seconds | CPU here | peak |")
    print("|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        path = write(home / "people.csv", rows, leavers="--leavers" in sys.argv)
        for name in wanted:
            with _database(name, home) as url:
                for which in ("first", "second"):
                    print(f"| {name} | {which} {_told(path, url)}", flush=True)
                if name == "postgresql":
                    print(f"| {name} | raw COPY {_raw(url)}", flush=True)


@contextmanager
def _database(name: str, home: Path) -> Iterator[str]:
    if name == "sqlite":
        yield f"sqlite:///{home / 'x.db'}"
        return
    with postgres.server(**SETTINGS) as server:
        yield server.url


def _raw(url: str) -> str:
    """The same rows as they are in the end, into a table with the same indexes."""
    engine = create_engine(url)
    with engine.begin() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("CREATE TABLE raw (LIKE subscribers INCLUDING ALL)")
        with driver.cursor() as cursor:
            with cursor.copy("COPY subscribers TO STDOUT") as out:
                rows = [bytes(row) for row in out]
            start = time.perf_counter()
            with cursor.copy("COPY raw FROM STDIN") as copy:
                for row in rows:
                    copy.write(row)
            seconds = time.perf_counter() - start
    engine.dispose()
    return f"| {len(rows):,} | {seconds:.1f} s | | |"


def _told(path: Path, url: str) -> str:
    command = [sys.executable, "-m", "benchmarks.importing", ONE, str(path), url]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told = json.loads(done.stdout)
    return (
        f"| {told['rows']:,}: {told['outcomes']} | {told['seconds']:.1f} s "
        f"| {told['cpu']:.1f} s | {told['peak']} MiB |"
    )


def _import(path: Path, url: str) -> None:
    gc.set_threshold(100_000)  # as the command does
    with Store.open(url) as store:
        start, spent = time.perf_counter(), time.process_time()
        report = import_file(store, ERASER, path)
        seconds = time.perf_counter() - start
        spent = time.process_time() - spent
    outcomes = {
        "added": report.added,
        "unchanged": report.unchanged,
        "suppressed": report.suppressed,
    }
    told = {
        "rows": report.rows,
        "outcomes": ", ".join(f"{n:,} {name}" for name, n in outcomes.items() if n),
        "seconds": seconds,
        "cpu": spent,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(told))


def write(path: Path, rows: int, *, leavers: bool = False) -> Path:
    """Write a list as a service exports it: names, a company, tags and times."""
    left = "2025-01-02 03:04:05" if leavers else ""
    with path.open("w", encoding="utf-8") as file:
        file.write("email,first_name,last_name,company,tags,created_at,unsub_time\n")
        for n in range(rows):
            tag = "vip" if n % 10 == 0 else ""
            day = f"2024-{n % 12 + 1:02}-{n % 28 + 1:02} 10:00:00"
            file.write(
                f"person.{n}@mail{n % 500}.example.com,Ána{n},"
                f'"Smith, Jr.",Company {n % 900},{tag},{day},{left}\n'
            )
    return path


if __name__ == "__main__":
    main()
