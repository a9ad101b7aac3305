"""Several calls to the provider at a time; the ledger stays in one thread's hands."""

import queue
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Generic, Self, TypeVar

Job = TypeVar("Job")
Done = TypeVar("Done")


class Crew(Generic[Job, Done]):
    """Runs jobs in threads of its own, at most `size` at a time, in a `with` statement.

    The threads end with the statement, each after the job in its hands. With a size of
    one there are none: a job is done when `start` returns. They are daemons, so that a
    process that is told to stop at once does: what was under way then is for the
    recovery, as after any crash.
    """

    def __init__(self, work: Callable[[Job], Done], size: int) -> None:
        """Let each job be done by `work`."""
        self._work = work
        self._size = size
        self._busy = 0
        # None sends a thread home.
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Done | BaseException] = queue.SimpleQueue()
        self._threads = 0
        self.failed: BaseException | None = None

    def __enter__(self) -> Self:
        """Threads start with the first jobs."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let the threads go: a process that sends for weeks must not collect them."""
        for _ in range(self._threads):
            self._jobs.put(None)

    @property
    def free(self) -> int:
        """How many more jobs can be started now; none once one has failed."""
        return 0 if self.failed else self._size - self._busy

    @property
    def busy(self) -> int:
        """How many jobs are under way, or done and not asked for yet."""
        return self._busy

    def start(self, job: Job) -> None:
        """Begin a job; only while there is somebody free."""
        self._busy += 1
        if self._size == 1:
            self._do(job)
            return
        if self._threads < min(self._busy, self._size):
            self._threads += 1
            threading.Thread(target=self._run, daemon=True).start()
        self._jobs.put(job)

    def finished(self, timeout: float | None = None) -> list[Done]:
        """What is done; waits for the first, at most `timeout` seconds.

        What a job has raised is kept in `failed`: what the others have done is worth
        writing down first.
        """
        found: list[Done] = []
        try:
            while self._busy:
                item = self._done.get(timeout=timeout)
                self._busy -= 1
                if isinstance(item, BaseException):
                    self.failed = self.failed or item
                else:
                    found.append(item)
                if self._done.empty():
                    break
        except queue.Empty:
            pass
        return found

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._do(job)

    def _do(self, job: Job) -> None:
        try:
            self._done.put(self._work(job))
        except BaseException as error:  # noqa: BLE001  raised when the others are done
            self._done.put(error)
