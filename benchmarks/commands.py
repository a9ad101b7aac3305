"""Whole processes: `newsletter --help` and `newsletter render ISSUE`."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.compile import ISSUE, ROOT

RUNS = 11


def main() -> None:
    """Print the median wall time of each command in seconds."""
    command = str(Path(sys.executable).with_name("newsletter"))
    with tempfile.TemporaryDirectory() as folder:
        for arguments in (["--help"], ["render", ISSUE, "-o", folder]):
            times = sorted(_time([command, *arguments]) for _ in range(RUNS))
            print(
                f"newsletter {arguments[0]}: median {statistics.median(times):.3f} s, "
                f"min {times[0]:.3f}, max {times[-1]:.3f} ({RUNS} runs)"
            )


def _time(command: Sequence[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
