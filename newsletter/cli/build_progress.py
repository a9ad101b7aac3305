"""A progress bar for builds that take long, on a terminal and nowhere else."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

_PATIENCE = 0.7
"""Seconds that nobody minds."""

_PACE = 0.1
"""Seconds between two looks at it."""

_WORDS = {"read": "reading", "make": "building"}


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """Show how much is done, once that has taken a while.

    It is drawn by the build itself, between two pages: a thread of its own would be in
    the way of the processes that the build makes.
    """
    bar = _Bar()
    try:
        yield bar.show if sys.stderr.isatty() else _show_nothing
    finally:
        bar.end()


class _Bar:
    """The bar, made when it is first drawn."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _PATIENCE
        self._progress: Progress | None = None

    def show(self, what: str, done: int, total: int) -> None:
        """Draw it, if it is time."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _PACE
        if self._progress is None:
            self._progress = _progress()
            self._progress.add_task("")
            self._progress.start()
        (task,) = self._progress.task_ids
        text = _WORDS[what]
        self._progress.update(task, description=text, completed=done, total=total)
        self._progress.refresh()

    def end(self) -> None:
        """Take it away."""
        if self._progress is not None:
            self._progress.stop()


def _progress() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    console = Console(stderr=True)
    return Progress(*columns, console=console, auto_refresh=False, transient=True)


def _show_nothing(what: str, done: int, total: int) -> None:
    """Show nothing."""
