"""Watches the files of a publication and tells the open pages what has changed."""

import asyncio
import logging
from collections.abc import Iterable
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
        try:
            async for changes in awatch(
                root,
                watch_filter=_filter,
                recursive=False,
                step=_STEP,
                debounce=_LONGEST,
                rust_timeout=2000,
                yield_on_timeout=True,
            ):
                _tell(live, root, changes)
                if _folders(root) != folders:
                    return
        except (OSError, RuntimeError) as error:
            # The publication itself is gone, or there are no more watches to be had.
            _LOG.warning("%s cannot be watched: %s", root, error)
            await asyncio.sleep(_AGAIN_SECONDS)


async def _below(
    root: Path, folders: dict[Path, int], live: Live, ended: asyncio.Event
) -> None:
    while folders:
        try:
            async for changes in awatch(
                *folders,
                watch_filter=_filter,
                stop_event=ended,
                step=_STEP,
                debounce=_LONGEST,
                rust_timeout=2000,
            ):
                _tell(live, root, changes)
            return
        except (OSError, RuntimeError) as error:
            _LOG.warning("the folders cannot be watched: %s", error)
            await asyncio.sleep(_AGAIN_SECONDS)


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
        return not name.startswith(".") and super().__call__(change, path)


_filter = _Filter()


def _tell(live: Live, root: Path, changes: Iterable[tuple[Change, str]]) -> None:
    if files := {display_name(Path(path), root) for _, path in changes}:
        live.tell(files)
