"""The crew: jobs side by side, results in one place, errors where they are due."""

import threading

import pytest

from newsletter.sending.crew import Crew


class Stop(BaseException):
    """What no ordinary handler catches."""


def test_alone_a_job_is_done_when_it_was_started() -> None:
    crew = Crew[int, int](lambda job: job * 2, 1)

    crew.start(21)

    assert (crew.free, crew.busy) == (0, 1)
    assert crew.finished() == [42]
    assert crew.finished() == []
    assert crew.free == 1


def test_several_jobs_run_at_the_same_time() -> None:
    together = threading.Barrier(3, timeout=30)
    crew = Crew[int, int](lambda _: together.wait(), 3)
    for job in range(3):
        crew.start(job)
    done: list[int] = []

    while crew.busy:
        done += crew.finished()

    assert sorted(done) == [0, 1, 2]


def test_nothing_done_in_time_is_nothing() -> None:
    gate = threading.Event()
    crew = Crew[int, bool](lambda _: gate.wait(30), 2)
    crew.start(1)

    assert crew.finished(0.01) == []
    assert crew.busy == 1
    gate.set()
    assert crew.finished() == [True]


@pytest.mark.parametrize("size", [1, 2])
def test_what_a_job_raises_is_kept_and_ends_the_work(size: int) -> None:
    def work(job: int) -> int:
        if job == 2:
            raise Stop
        return job

    crew = Crew[int, int](work, size)
    crew.start(1)
    done = crew.finished()
    crew.start(2)
    while crew.busy:
        done += crew.finished()

    assert done == [1]
    assert isinstance(crew.failed, Stop)
    assert crew.free == 0


def test_its_threads_end_with_it() -> None:
    with Crew[int, threading.Thread](lambda _: threading.current_thread(), 3) as crew:
        for job in range(3):
            crew.start(job)
        threads: list[threading.Thread] = []
        while crew.busy:
            threads += crew.finished()

    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
