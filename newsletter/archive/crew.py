"""Shares work among processes: this one, and copies of it that know all it knows."""

import gc
import traceback
from collections.abc import Callable, Iterator, MutableSequence, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from newsletter.errors import UsageError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

Seen = Callable[[str, int, int], None]
"""Is told, by the process that began: what is done, how much of it, out of how much."""

Tell = Callable[[], None]
"""Is told by any process that one more piece of work is done."""

Work = Callable[[str, Any, Tell], Any]
"""Does what it is asked for by name, with an argument."""


class _Copy(NamedTuple):
    """A process that works for us, and our end of the pipe to it."""

    process: "ForkProcess"
    pipe: "Connection[Any, Any]"


class Crew:
    """This process and its copies; each keeps what it did for what it is asked next.

    `seen` is called by this process as work goes on.
    """

    def __init__(self, work: Work, seen: Seen, size: int) -> None:
        """Begin without copies."""
        self.size = size
        self._work, self._seen = work, seen
        self._copies: list[_Copy] = []
        self._counts: MutableSequence[int] = [0]

    def start(self) -> None:
        """Make the copies; the counts are shared with them."""
        # It takes a while to load, and most builds are of few pages.
        from multiprocessing import get_context  # noqa: PLC0415

        gc.freeze()  # What is not looked at is not copied.
        fork = get_context("fork")
        self._counts = fork.RawArray("Q", self.size)
        for number in range(1, self.size):
            ours, theirs = fork.Pipe()
            process = fork.Process(target=self._serve, args=(number, theirs, ours))
            process.start()
            theirs.close()
            self._copies.append(_Copy(process, ours))

    def end(self) -> None:
        """Let the copies end: those that still work do when they want to tell us."""
        for copy in self._copies:
            copy.pipe.close()
        for copy in self._copies:
            copy.process.join()
        gc.unfreeze()

    def run(self, name: str, arguments: Sequence[Any], pieces: int = 0) -> list[Any]:
        """Do something with each argument, one for each of the crew; the results.

        All is done when it was told of so many `pieces`. Raises what was raised in any
        of them.
        """
        self._counts[:] = [0] * self.size
        for copy, argument in zip(self._copies, arguments[1:], strict=True):
            copy.pipe.send((name, argument))
        mine = self._work(name, arguments[0], lambda: self._tell(name, pieces))
        return [mine, *(_result(copy.pipe) for copy in self._copies)]

    def _tell(self, name: str, pieces: int) -> None:
        self._counts[0] += 1
        self._seen(name, sum(self._counts), pieces)

    def _serve(
        self,
        number: int,
        pipe: "Connection[Any, Any]",
        others: "Connection[Any, Any]",
    ) -> None:
        """In a copy: work until there are no more orders."""
        others.close()

        def tell() -> None:
            self._counts[number] += 1

        # Ctrl-C reaches every process; the one that began says so.
        with suppress(EOFError, OSError, KeyboardInterrupt):
            while True:
                name, argument = pipe.recv()
                pipe.send(self._done(name, argument, tell))

    def _done(
        self, name: str, argument: Any, tell: Tell
    ) -> tuple[Any, Exception | None]:
        try:
            return self._work(name, argument, tell), None
        except Exception as error:  # noqa: BLE001  # raised again by who asked
            error.add_note(traceback.format_exc())
            return None, error


@contextmanager
def open_crew(size: int, work: Work, seen: Seen) -> Iterator[Crew]:
    """A crew of `size`, this process among them; the copies end with the context."""
    crew = Crew(work, seen, size)
    try:
        if size > 1:
            crew.start()
        yield crew
    finally:
        crew.end()


def _result(pipe: "Connection[Any, Any]") -> Any:
    try:
        result, error = pipe.recv()
    except EOFError:
        message = "a process of this build was ended from outside"
        raise UsageError(message, hint="is memory short? try --jobs 1") from None
    if error is not None:
        raise error
    return result
