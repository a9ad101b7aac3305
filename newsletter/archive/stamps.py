"""Tells whether files are as they were, without reading them."""

import os
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import newsletter
from newsletter.config.home import DEFAULT_TEMPLATES, FILE_NAME
from newsletter.content.listing import ISSUES, ROUNDTABLES, texts_in

Stamp = tuple[int, int, int, int]
"""When a file was written and when that was noted, in ns; its size; its number."""

UNSETTLED: Stamp = (0, 0, 0, 0)
"""The stamp of a file that may change once more without its stamp changing."""

ABOUT = "about.md"

# A file system counts time in ticks: of some ms, or of 2 s where it has no fractions.
_TICK, _LONG_TICK = 20_000_000, 2_000_000_000


class Inputs(NamedTuple):
    """The stamps of all that a site is made of, but its images.

    `settings` are newsletter.yaml and the templates: every page may show any of them.
    """

    settings: dict[str, Stamp]
    issues: dict[str, Stamp]
    roundtables: dict[str, Stamp]


def look(root: Path) -> Inputs:
    """Stamp everything of the publication in `root`; paths are seen from there."""
    now = time.time_ns()
    files = [root / FILE_NAME, root / ABOUT]
    settings = {str(path): stamp for path in files if (stamp := stamp_of(path, now))}
    for templates in (root / "templates", DEFAULT_TEMPLATES):
        for path in files_below(templates):
            settings[path] = stamp_of(path, now) or UNSETTLED
    return Inputs(
        settings,
        _texts(root, ISSUES, now),
        _texts(root, ROUNDTABLES, now),
    )


def stamp_of(path: str | Path, now: int) -> Stamp | None:
    """The stamp of a file, symbolic links followed; None where there is none."""
    try:
        return _stamp(os.stat(path), now)  # noqa: PTH116  # for thousands
    except OSError:
        return None


@cache
def program() -> str:
    """Names this program, its libraries and its Python: pages may differ with each.

    As they were when it was asked first: what runs was loaded then.
    """
    home = Path(newsletter.__file__).parent
    # Beside Python, what is bundled for browsers: it may be built at any time.
    code = sorted(path for path in files_below(home) if path.endswith((".py", ".js")))
    libraries = [path for path in sys.path if path.endswith("-packages")]
    stamps = [(path, (stamp_of(path, 0) or UNSETTLED)[0]) for path in code + libraries]
    return repr((newsletter.__version__, sys.version, stamps))


def _texts(root: Path, folder: str, now: int) -> dict[str, Stamp]:
    found = {}
    for item in texts_in(root / folder):
        try:
            found[f"{folder}/{item.name}"] = _stamp(item.stat(), now)
        except OSError:  # a link to nowhere: who reads it says so
            found[f"{folder}/{item.name}"] = UNSETTLED
    return found


def files_below(folder: Path) -> Iterator[str]:
    """The files in a folder and in those in it; links to folders are not followed."""
    left: list[str | Path] = [folder]
    while left:
        try:
            items = [*os.scandir(left.pop())]
        except OSError:
            continue
        for item in items:
            if item.is_dir(follow_symlinks=False):
                left.append(item.path)
            else:
                yield item.path


def _stamp(status: os.stat_result, now: int) -> Stamp:
    noted = status.st_ctime_ns
    tick = _TICK if noted % 1_000_000 else _LONG_TICK
    if now and now - noted < tick:
        return UNSETTLED
    return status.st_mtime_ns, noted, status.st_size, status.st_ino
