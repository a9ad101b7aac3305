"""Shares work among processes: this one, and copies of it that know all it knows."""

import gc
import os
import pickle
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from mmap import mmap
from typing import IO, Any

from newsletter.errors import UsageError

Seen = Callable[[str, int, int], None]
"""Is told, by the process that began: what is done, how much of it, out of how much."""

Tell = Callable[[], None]
"""Is told by any process that one more piece of work is done."""

Work = Callable[[str, Any, Tell], Any]
"""Does what it is asked for by name, with an argument."""

_BYTES = 8
"""As many has each process's count."""


@dataclass(frozen=True, slots=True)
class _Copy:
    """A process that works for us, and the ends of the pipes to and from it."""

    pid: int
    orders: IO[bytes]
    results: IO[bytes]


class Crew:
    """This process and its copies; each keeps what it did for what it is asked next.

    `seen` is called by this process as work goes on.
    """

    def __init__(self, work: Work, seen: Seen, size: int) -> None:
        """Begin without copies; the counts are shared with those to come."""
        self.size = size
        self._work, self._seen = work, seen
        self._copies: list[_Copy] = []
        self._counts = memoryview(mmap(-1, size * _BYTES)).cast("Q")

    def start(self) -> None:
        """Make the copies."""
        gc.freeze()  # What is not looked at is not copied.
        for number in range(1, self.size):
            self._copies.append(self._copy(number))

    def end(self) -> None:
        """Let the copies end: those that still work do when they want to tell us."""
        for copy in self._copies:
            with suppress(OSError):
                copy.orders.close()
            copy.results.close()
        for copy in self._copies:
            os.waitpid(copy.pid, 0)
        gc.unfreeze()

    def run(self, name: str, arguments: Sequence[Any], pieces: int = 0) -> list[Any]:
        """Do something with each argument, one for each of the crew; the results.

        All is done when it was told of so many `pieces`. Raises what was raised in any
        of them.
        """
        for number in range(self.size):
            self._counts[number] = 0
        for copy, argument in zip(self._copies, arguments[1:], strict=True):
            pickle.dump((name, argument), copy.orders, pickle.HIGHEST_PROTOCOL)
            copy.orders.flush()

        def tell() -> None:
            self._counts[0] += 1
            self._seen(name, sum(self._counts), pieces)

        mine = self._work(name, arguments[0], tell)
        return [mine, *map(_result, self._copies)]

    def _copy(self, number: int) -> _Copy:
        orders, ours = os.pipe()
        results, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(ours)
            os.close(results)
            with suppress(BaseException):
                self._serve(number, _open(orders, "rb"), _open(theirs, "wb"))
            os._exit(0)
        os.close(orders)
        os.close(theirs)
        return _Copy(pid, _open(ours, "wb"), _open(results, "rb"))

    def _serve(self, number: int, orders: IO[bytes], results: IO[bytes]) -> None:
        """Work until there are no more orders."""

        def tell() -> None:
            self._counts[number] += 1

        while True:
            name, argument = pickle.load(orders)  # noqa: S301  # from whom we copy
            answer: tuple[Any, Exception | None]
            try:
                answer = self._work(name, argument, tell), None
            except Exception as error:  # noqa: BLE001  # raised again by who asked
                error.add_note(traceback.format_exc())
                answer = None, error
            pickle.dump(answer, results, pickle.HIGHEST_PROTOCOL)
            results.flush()


@contextmanager
def open_crew(size: int, work: Work, seen: Seen) -> Iterator[Crew]:
    """A crew of `size`, this process among them; the copies end with the context."""
    crew = Crew(work, seen, size)
    crew.start()
    try:
        yield crew
    finally:
        crew.end()


def _open(fd: int, mode: str) -> IO[bytes]:
    return open(fd, mode)  # a descriptor has no path


def _result(copy: _Copy) -> Any:
    try:
        result, error = pickle.load(copy.results)  # noqa: S301  # from a copy of ours
    except EOFError:
        message = "a process of this build was ended from outside"
        raise UsageError(message, hint="is memory short? try --jobs 1") from None
    if error is not None:
        raise error
    return result
