"""What is told of changes in a publication, whatever happens to its folders."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from pathlib import Path
from typing import Any

import pytest
from watchfiles import awatch
from watchfiles._rust_notify import WatchfilesRustInternalError
from watchfiles.main import FileChange

from newsletter.content import watching
from newsletter.content.watching import watch

SECONDS = 30


class News:
    """What was told."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.told: set[str] = set()
        self._more = asyncio.Event()

    def tell(self, files: Collection[str]) -> None:
        """Hear of changes."""
        self.told |= set(files)
        self._more.set()

    async def of(self, wanted: str) -> None:
        """Wait until a file is told of."""
        async with asyncio.timeout(SECONDS):
            while wanted not in self.told:
                await self._more.wait()
                self._more.clear()


def watched(
    root: Path, act: Callable[[News], Awaitable[None]], built: Path | None = None
) -> None:
    """Watch a folder while something is done."""

    async def whole() -> None:
        news = News()
        task = asyncio.create_task(watch(root, news.tell, built))
        try:
            await act(news)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(whole())


async def changed_until_told(news: News, path: Path, wanted: str) -> None:
    """Write a file again and again: a folder that was moved is soon watched again."""

    async def write() -> None:
        for number in range(10_000):
            path.parent.mkdir(exist_ok=True)
            path.write_text(str(number))
            await asyncio.sleep(0.05)

    writing = asyncio.create_task(write())
    try:
        await news.of(wanted)
    finally:
        writing.cancel()


def test_when_it_begins_anything_may_have_changed_and_then_nothing_is_missed(
    publication: Path,
) -> None:
    async def act(news: News) -> None:
        await news.of(".")
        for name in ("issues/new.md", "about.md"):
            (publication / name).write_text("x")
            await news.of(name)

    watched(publication, act)


def test_a_change_is_told_by_the_name_that_the_author_knows(publication: Path) -> None:
    async def act(news: News) -> None:
        path = publication / "issues" / "new.md"
        await changed_until_told(news, path, "issues/new.md")

    watched(publication, act)


def test_a_folder_that_is_made_anew_is_watched_again(publication: Path) -> None:
    async def act(news: News) -> None:
        path = publication / "issues" / "new.md"
        await changed_until_told(news, path, "issues/new.md")
        (publication / "issues").rename(publication / "elsewhere")
        await changed_until_told(news, path.with_name("other.md"), "issues/other.md")

    watched(publication, act)


@pytest.mark.parametrize("name", ["newsletter.yaml", ".env"])
def test_settings_at_the_top_are_watched(publication: Path, name: str) -> None:
    async def act(news: News) -> None:
        await changed_until_told(news, publication / name, name)

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

    async def act(news: News) -> None:
        path = publication / "issues" / "new.md"
        await changed_until_told(news, path, "issues/new.md")

    watched(publication, act)


def test_what_is_hidden_or_built_is_not_told(publication: Path) -> None:
    (publication / "site").mkdir()

    (publication / "public").mkdir()

    async def act(news: News) -> None:
        for name in ("site/x.html", "public/x.html", "issues/.x.md.swp", ".hidden"):
            (publication / name).write_text("x")
        await changed_until_told(news, publication / "issues/new.md", "issues/new.md")
        assert news.told <= {".", "issues/new.md"}

    watched(publication, act, publication / "public")


def test_a_publication_that_vanishes_and_comes_back_is_watched_again(
    publication: Path,
) -> None:
    async def act(news: News) -> None:
        path = publication / "issues" / "new.md"
        await changed_until_told(news, path, "issues/new.md")
        away = publication.with_name("away")
        publication.rename(away)
        await asyncio.sleep(0.2)
        away.rename(publication)
        await changed_until_told(news, path.with_name("late.md"), "issues/late.md")

    watched(publication, act)
