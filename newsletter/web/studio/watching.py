"""Watches the files of a publication and tells the open pages what has changed."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Collection, Iterable
from contextlib import aclosing
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

from newsletter.config.files import display_name
from newsletter.web.studio.live import Live

_LOG = logging.getLogger(__name__)

_STEP = 5
"""Milliseconds of silence after which a change is told: a save is a handful of them."""

_LONGEST = 100
"""Milliseconds after which it is told in any case."""

_AGAIN_SECONDS = 0.5
_SECRETS = ".env"
_SKIPPED = frozenset({"site", "node_modules"})
"""Folders at the top in which nothing is written by hand, and a lot by programs."""


async def watch(root: Path, live: Live) -> None:
    """Tell `live` of every change, until cancelled.

    The folders are watched one by one: one that is renamed, deleted or made anew is
    noticed at the top, and the watch begun again.
    """
    while True:
        folders = _folders(root)
        ended = asyncio.Event()
        below = asyncio.create_task(_below(root, folders, live, ended))
        try:
            await _top(root, folders, live)
        finally:
            ended.set()
            below.cancel()
            await asyncio.gather(below, return_exceptions=True)
        # What happened in between is not known by name.
        live.tell(["."])


async def _top(root: Path, folders: dict[Path, int], live: Live) -> None:
    """Tell what changes at the top, until the folders are others."""
    while _folders(root) == folders:
        async with aclosing(_told(live, root, [root], asyncio.Event())) as told:
            async for _ in told:
                if _folders(root) != folders:
                    return


async def _below(
    root: Path, folders: dict[Path, int], live: Live, ended: asyncio.Event
) -> None:
    while folders and not ended.is_set():
        async with aclosing(_told(live, root, folders, ended)) as told:
            async for _ in told:
                pass


async def _told(
    live: Live, root: Path, paths: Collection[Path], ended: asyncio.Event
) -> AsyncGenerator[None, None]:
    """Tell what changes in `paths`, until they are gone; now and then nothing.

    Where the system has no more watches to give (inotify(7) has limits for each user)
    the files are looked at again and again instead. What happened while nobody watched
    is not known by name, and told as `.`.
    """
    recursive = root not in paths
    for polling in (False, True):
        changes = awatch(
            *paths,
            watch_filter=_filter,
            stop_event=ended,
            recursive=recursive,
            step=_STEP,
            debounce=_LONGEST,
            rust_timeout=2000,
            yield_on_timeout=True,
            # None leaves it to the system: there are some without watches.
            force_polling=polling or None,
            poll_delay_ms=_LONGEST,
        )
        try:
            async with aclosing(changes) as found:
                async for each in found:
                    _tell(live, root, each)
                    yield
            return
        except FileNotFoundError:
            break
        except (OSError, RuntimeError) as error:
            _LOG.warning("%s is not watched, but looked at: %s", root, error)
            live.tell(["."])
    await asyncio.sleep(_AGAIN_SECONDS)
    if all(path.exists() for path in paths):
        live.tell(["."])


def _folders(root: Path) -> dict[Path, int]:
    """The folders of a publication, and what tells one from another of its name."""
    found = {}
    try:
        for path in root.iterdir():
            if path.is_dir() and path.name[:1] != "." and path.name not in _SKIPPED:
                found[path] = path.stat().st_ino
    except OSError:
        return found
    return found


class _Filter(DefaultFilter):
    """Leaves out what editors and version control write beside the files."""

    def __call__(self, change: Change, path: str) -> bool:
        name = Path(path).name
        ours = name == _SECRETS or not name.startswith(".")
        return ours and super().__call__(change, path)


_filter = _Filter()


def _tell(live: Live, root: Path, changes: Iterable[tuple[Change, str]]) -> None:
    if files := {display_name(Path(path), root) for _, path in changes}:
        live.tell(files)
