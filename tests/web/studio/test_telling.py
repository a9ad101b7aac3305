"""What the open pages are told of changes: without a browser."""

import asyncio
import json

import pytest

from newsletter.web.studio import live as telling
from newsletter.web.studio.live import Live


def test_every_page_is_told_and_first_of_all_where_things_stand() -> None:
    async def whole() -> list[list[str]]:
        live = Live()
        live.tell(["before"])

        async def page() -> list[str]:
            return [event async for event in live.events()]

        pages = [asyncio.create_task(page()) for _ in range(3)]
        await asyncio.sleep(0)
        live.tell(["b", "a"])
        live.close()
        return await asyncio.gather(*pages)

    for events in asyncio.run(whole()):
        assert events[0] == 'event: hello\ndata: {"version": 1}\n\n'
        name, data, *_ = events[1].splitlines()
        assert name == "event: change"
        assert json.loads(data.removeprefix("data: ")) == {
            "version": 2,
            "files": ["a", "b"],
        }
        assert len(events) == 2


def test_a_page_that_does_not_read_costs_little_and_holds_up_nobody() -> None:
    async def whole() -> int:
        live = Live()
        events = live.events()
        await anext(events)
        for number in range(1000):
            live.tell([str(number)])
        for count in range(1, 1000):
            if '"999"' in await anext(events):
                return count
        return 0

    assert 1 <= asyncio.run(whole()) <= 64


def test_a_silent_line_is_kept_awake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "_BEAT_SECONDS", 0)

    async def whole() -> str:
        events = Live().events()
        await anext(events)
        return await anext(events)

    assert asyncio.run(whole()) == ": still here\n\n"


def test_pages_without_end_are_refused() -> None:
    async def whole() -> bool:
        live = Live()
        pages = [live.events() for _ in range(64)]
        for each in pages:
            await anext(each)
        full = live.full
        for each in pages:
            await each.aclose()
        return full and not live.full

    assert asyncio.run(whole())
