"""What is told of changes, to whom: without a browser."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from watchfiles import awatch
from watchfiles._rust_notify import WatchfilesRustInternalError
from watchfiles.main import FileChange

from newsletter.web.studio import live as telling
from newsletter.web.studio import watching
from newsletter.web.studio.live import Live
from newsletter.web.studio.watching import watch

SECONDS = 30


async def news(live: Live, wanted: str) -> None:
    """Wait until a file is told of."""
    async with asyncio.timeout(SECONDS):
        async for event in live.events():
            if wanted in event:
                return


def watched(root: Path, act: Callable[[Live], Awaitable[None]]) -> None:
    """Watch a folder while something is done."""

    async def whole() -> None:
        live = Live()
        task = asyncio.create_task(watch(root, live))
        try:
            await act(live)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(whole())


async def changed_until_told(live: Live, path: Path, wanted: str) -> None:
    """Write a file again and again: the watch may have only just begun."""

    async def write() -> None:
        for number in range(10_000):
            path.parent.mkdir(exist_ok=True)
            path.write_text(str(number))
            await asyncio.sleep(0.05)

    writing = asyncio.create_task(write())
    try:
        await news(live, wanted)
    finally:
        writing.cancel()


def test_a_change_is_told_by_the_name_that_the_author_knows(publication: Path) -> None:
    async def act(live: Live) -> None:
        path = publication / "issues" / "new.md"
        await changed_until_told(live, path, '"issues/new.md"')

    watched(publication, act)


def test_a_folder_that_is_made_anew_is_watched_again(publication: Path) -> None:
    async def act(live: Live) -> None:
        path = publication / "issues" / "new.md"
        await changed_until_told(live, path, '"issues/new.md"')
        (publication / "issues").rename(publication / "elsewhere")
        await changed_until_told(live, path.with_name("other.md"), '"issues/other.md"')

    watched(publication, act)


@pytest.mark.parametrize("name", ["newsletter.yaml", ".env"])
def test_settings_at_the_top_are_watched(publication: Path, name: str) -> None:
    async def act(live: Live) -> None:
        await changed_until_told(live, publication / name, f'"{name}"')

    watched(publication, act)


@pytest.mark.parametrize(
    "error", [OSError(24, "Too many open files"), WatchfilesRustInternalError("limit")]
)
def test_without_a_watch_to_be_had_the_files_are_looked_at(
    publication: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """As where another program has taken all that the system gives."""

    async def without(*paths: Path, **options: Any) -> AsyncIterator[set[FileChange]]:
        if not options["force_polling"]:
            raise error
        async for changes in awatch(*paths, **options):
            yield changes

    monkeypatch.setattr(watching, "awatch", without)

    async def act(live: Live) -> None:
        path = publication / "issues" / "new.md"
        await changed_until_told(live, path, '"issues/new.md"')

    watched(publication, act)


def test_what_is_hidden_or_built_is_not_told(publication: Path) -> None:
    (publication / "site").mkdir()

    async def act(live: Live) -> None:
        told: list[str] = []

        async def listen() -> None:
            told.extend([event async for event in live.events()])

        listening = asyncio.create_task(listen())
        for name in ("site/x.html", "issues/.x.md.swp", ".hidden"):
            (publication / name).write_text("x")
        await changed_until_told(live, publication / "issues/new.md", "issues/new.md")
        live.close()
        await listening
        assert told
        assert not [e for e in told if "x.html" in e or "swp" in e or "hidden" in e]

    watched(publication, act)


def test_a_publication_that_vanishes_and_comes_back_is_watched_again(
    publication: Path,
) -> None:
    async def act(live: Live) -> None:
        path = publication / "issues" / "new.md"
        await changed_until_told(live, path, '"issues/new.md"')
        away = publication.with_name("away")
        publication.rename(away)
        await asyncio.sleep(0.2)
        away.rename(publication)
        await changed_until_told(live, path.with_name("late.md"), '"issues/late.md"')

    watched(publication, act)


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
