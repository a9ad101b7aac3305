"""A whole process: `newsletter check` on 100 issues and 20 roundtables."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import corpus

RUNS = 7


def main() -> None:
    """Print the median, least and greatest wall time in seconds."""
    command = str(Path(sys.executable).with_name("newsletter"))
    with tempfile.TemporaryDirectory() as folder:
        home = corpus.make(Path(folder) / "publication")
        # Once before: it makes the images that the mails show, and keeps them.
        subprocess.run([command, "check"], cwd=home, check=True, capture_output=True)
        times = []
        for _ in range(RUNS):
            start = time.perf_counter()
            ended = subprocess.run(
                [command, "check"], cwd=home, check=True, capture_output=True, text=True
            )
            times.append(time.perf_counter() - start)
    times.sort()
    print(
        f"newsletter check, {ended.stdout.strip()}: median "
        f"{statistics.median(times):.2f} s, min {times[0]:.2f}, max {times[-1]:.2f} "
        f"({RUNS} runs)"
    )


if __name__ == "__main__":
    main()
