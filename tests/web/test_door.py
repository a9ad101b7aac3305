"""What a shutdown does with the mails that were promised."""

import asyncio
import threading

import pytest

from newsletter.web import door
from newsletter.web.door import Door
from newsletter.web.metrics import Metrics


def test_what_was_promised_is_done_before_the_end() -> None:
    metrics = Metrics()

    async def work() -> None:
        opened = Door(metrics, hands=2)
        opened.open()
        for _ in range(20):
            assert opened.leave_note(lambda: "mailed")
        await opened.close()

    asyncio.run(work())

    assert metrics.joins == {"mailed": 20}


def test_a_note_rests_before_anything_comes_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert door.REST[0] > 0.1
    # Longer than this process may stand still while it is looked whether it rests.
    monkeypatch.setattr(door, "REST", (600.0, 600.0))

    async def work() -> tuple[bool, bool]:
        done = threading.Event()

        def mail() -> str:
            done.set()
            return "mailed"

        opened = Door(Metrics(), hands=1)
        opened.open()
        opened.leave_note(mail)
        # As long as the next request may take, and longer.
        before = await asyncio.to_thread(done.wait, 0.1)
        await opened.done()
        await opened.close()
        return before, done.is_set()

    assert asyncio.run(work()) == (False, True)


def test_it_is_begun_when_it_has_rested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "REST", (0.0, 0.01))

    async def work() -> None:
        begun = asyncio.Event()
        loop = asyncio.get_running_loop()

        def mail() -> str:
            loop.call_soon_threadsafe(begun.set)
            return "mailed"

        opened = Door(Metrics(), hands=1)
        opened.open()
        opened.leave_note(mail)
        await begun.wait()
        await opened.close()

    asyncio.run(work())


def test_a_provider_that_hangs_does_not_hold_up_the_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(door, "_LEAVE_SECONDS", 0.05)
    never, metrics = threading.Event(), Metrics()

    def hang() -> str:
        never.wait()
        return "mailed"

    async def work() -> None:
        opened = Door(metrics, hands=1)
        opened.open()
        for _ in range(3):
            opened.leave_note(hang)
        closing = asyncio.ensure_future(opened.close())
        while "stopped" not in caplog.text:
            await asyncio.sleep(0.01)
        never.set()
        await closing

    asyncio.run(work())

    assert "stopped with 2 sign-ups not done" in caplog.text


def test_there_is_an_end_to_what_can_be_promised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(door, "MOST", 2)

    async def work() -> list[bool]:
        closed = Door(Metrics(), hands=1)
        return [closed.leave_note(lambda: "mailed") for _ in range(3)]

    assert asyncio.run(work()) == [True, True, False]
