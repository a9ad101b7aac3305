"""The archive beside Hugo and Pelican, in turn, on the same made-up issues.

    python -m benchmarks.archive HUGO PELICAN [ISSUES …]

HUGO is the binary itself (the package `hugo` has it in hugo/binaries), PELICAN the
command. Without the search and the pictures to share, as the others have none.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from benchmarks.archive_corpus import make_hugo, make_ours, make_pelican

SIZES = (1000, 5000)
PAIRS = 5

_UNLIKE_INSTALLED = "PYTHONDONTWRITEBYTECODE"
"""Where it is set, Python compiles the program each time, as no installed one is."""


class Cost(NamedTuple):
    """What a process and its children took: seconds on the clock, of processors."""

    wall: float
    cpu: float


class Tool(NamedTuple):
    """A builder: where it runs, its command, and what a build leaves there."""

    name: str
    home: Path
    command: Sequence[str]
    leaves: Sequence[str]


def main() -> None:
    """Print a table for each number of issues."""
    hugo, pelican, *sizes = sys.argv[1:]
    for issues in map(int, sizes) if sizes else SIZES:
        with tempfile.TemporaryDirectory() as folder:
            _compare(_tools(Path(folder), issues, hugo, pelican), issues)
            _rebuild(Path(folder) / "ours")


def _tools(folder: Path, issues: int, hugo: str, pelican: str) -> list[Tool]:
    makers: dict[str, Callable[[Path, int], None]]
    makers = {"ours": make_ours, "hugo": make_hugo, "pelican": make_pelican}
    for name, make in makers.items():
        make(folder / name, issues)
    quiet = [pelican, "content", "-s", "pelicanconf.py", "-o", "out", "-q"]
    return [
        Tool("newsletter", folder / "ours", _build(), ["out", ".newsletter"]),
        Tool("hugo", folder / "hugo", [hugo, "--quiet", "-d", "out"], ["out"]),
        Tool("pelican", folder / "pelican", quiet, ["out"]),
    ]


def _build() -> list[str]:
    return [str(Path(sys.executable).with_name("newsletter")), "build", "-o", "out"]


def _compare(tools: Sequence[Tool], issues: int) -> None:
    costs: dict[str, list[Cost]] = {tool.name: [] for tool in tools}
    for number in range(PAIRS):
        for tool in tools:
            if tool.name != "pelican" or number == 0:
                _clean(tool)
                costs[tool.name].append(_cost(tool.command, tool.home))
    yardstick = costs["hugo"]
    print(f"\n{issues:,} issues | wall | CPU | peak | wall, CPU beside Hugo, paired")
    for tool in tools:
        mine = costs[tool.name]
        wall, cpu = (_ratio(mine, yardstick, of) for of in ("wall", "cpu"))
        peak = _peak(tool) / 2**20
        print(
            f"{tool.name} | {_median(mine, 'wall'):.2f} s | "
            f"{_median(mine, 'cpu'):.2f} s | {peak:.0f} MiB | {wall:.2f}, {cpu:.2f}",
            flush=True,
        )


def _rebuild(home: Path) -> None:
    """The same command again, after nothing, a body and the newest title changed."""
    *_, older, newest = sorted((home / "issues").glob("*.md"))[-500::499]

    def body(number: int) -> None:
        older.write_text(f"{older.read_text('utf-8')}\nx{number}\n", "utf-8")

    def title(number: int) -> None:
        text = newest.read_text("utf-8")
        newest.write_text(text.replace('title: "', f'title: "{number} ', 1), "utf-8")

    def nothing(number: int) -> None:
        """Let the last change settle; the first build after one looks twice."""
        if number == 0:
            time.sleep(0.1)
            _cost(_build(), home)

    for change in (body, title, nothing):
        costs = []
        for number in range(PAIRS):
            change(number)
            costs.append(_cost(_build(), home))
        print(
            f"again, {change.__name__} changed: {_median(costs, 'wall'):.2f} s, "
            f"CPU {_median(costs, 'cpu'):.2f} s",
            flush=True,
        )


def _clean(tool: Tool) -> None:
    """Put what a build left aside; all of it is deleted when the comparison is over.

    Where thousands of files were just deleted, ext4 takes seconds for as many new ones.
    """
    for name in tool.leaves:
        with suppress(FileNotFoundError):
            aside = tempfile.mkdtemp(prefix="aside-", dir=tool.home.parent)
            (tool.home / name).rename(Path(aside) / name)


def _cost(command: Sequence[str], home: Path) -> Cost:
    before, begun = os.times(), time.perf_counter()
    subprocess.run(
        command, cwd=home, env=_environment(), check=True, stdout=subprocess.DEVNULL
    )
    wall, after = time.perf_counter() - begun, os.times()
    return Cost(wall, sum(after[2:4]) - sum(before[2:4]))


def _peak(tool: Tool) -> int:
    """The most memory of a build and its processes, what they share counted once."""
    _clean(tool)
    highest = 0
    with subprocess.Popen(
        tool.command, cwd=tool.home, env=_environment(), stdout=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            highest = max(highest, sum(map(_share, _family(process.pid))))
            time.sleep(0.005)
    return highest


def _environment() -> dict[str, str]:
    kept = os.environ.items()
    return {name: value for name, value in kept if name != _UNLIKE_INSTALLED}


def _family(pid: int) -> list[int]:
    with suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *(one for child in children for one in _family(int(child)))]
    return []


def _share(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _median(costs: Sequence[Cost], of: str) -> float:
    return statistics.median(float(getattr(cost, of)) for cost in costs)


def _ratio(mine: Sequence[Cost], theirs: Sequence[Cost], of: str) -> float:
    pairs = zip(mine, theirs, strict=False)
    return statistics.median(
        float(getattr(a, of)) / float(getattr(b, of)) for a, b in pairs
    )


if __name__ == "__main__":
    main()
