"""Importing a list: so many rows into an empty store, and the same file once more."""

import gc
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from newsletter.audience.importing import import_file
from newsletter.model.erasure import Eraser
from newsletter.store.engine import Store

ERASER = Eraser(b"a secret of the benchmarks")
ONE = "--one"


def main() -> None:
    """Print seconds and peak memory: [ROWS] [URL of an empty PostgreSQL database].

    Each import is a process of its own, as it is in life. With `--leavers` every row is
    of somebody who unsubscribed.
    """
    if ONE in sys.argv:
        _import(Path(sys.argv[2]), sys.argv[3])
        return
    arguments = [text for text in sys.argv[1:] if not text.startswith("--")]
    rows = int(arguments[0]) if arguments else 100_000
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        path = write(home / "people.csv", rows, leavers="--leavers" in sys.argv)
        url = arguments[1] if len(arguments) > 1 else f"sqlite:///{home / 'x.db'}"
        for _ in ("first", "second"):
            command = [sys.executable, "-m", "benchmarks.importing", ONE]
            subprocess.run([*command, str(path), url], check=True)


def _import(path: Path, url: str) -> None:
    gc.set_threshold(100_000)  # as the command does
    with Store.open(url) as store:
        start, spent = time.perf_counter(), time.process_time()
        report = import_file(store, ERASER, path)
        seconds = time.perf_counter() - start
        spent = time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{store.dialect}, {report.rows:,} rows: {report.added:,} added, "
        f"{report.unchanged:,} unchanged, {report.suppressed:,} suppressed; "
        f"{seconds:.1f} s, {spent:.1f} s of CPU in this process, peak {peak} MiB",
        flush=True,
    )


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
