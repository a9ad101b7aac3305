"""Watches the files of a publication, for the preview and for `build --watch`."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

from newsletter.config.files import display_name

_LOG = logging.getLogger(__name__)

_STEP = 5
"""Milliseconds of silence after which a change is told: a save is a handful of them."""

_LONGEST = 100
"""Milliseconds after which it is told in any case."""

_AGAIN_SECONDS = 0.5
_SECRETS = ".env"
_SKIPPED = frozenset({"site", "node_modules"})
"""Folders at the top in which nothing is written by hand, and a lot by programs."""

Tell = Callable[[Collection[str]], None]
"""Is told which files have changed: paths as the author knows them.

`.` is any of them: it is told when a watch begins, as nobody knows what was before.
"""


async def watch(root: Path, tell: Tell, built: Path | None = None) -> None:
    """Tell of every change in the publication `root`, until cancelled.

    `built` is the folder that is built into: what happens in it is nobody's change.

    The folders are watched one by one: one that is renamed, deleted or made anew is
    noticed at the top, and the watch begun again.
    """
    watching = _Watching(root, tell, _Filter(built))
    while True:
        folders = _folders(root)
        ended = asyncio.Event()
        below = asyncio.create_task(watching.below(folders, ended))
        try:
            await watching.top(folders)
        finally:
            ended.set()
            below.cancel()
            await asyncio.gather(below, return_exceptions=True)


class _Filter(DefaultFilter):
    """Leaves out what editors, version control and builds write beside the files."""

    def __init__(self, built: Path | None) -> None:
        super().__init__()
        self._built = built

    def __call__(self, change: Change, path: str) -> bool:
        name = Path(path).name
        ours = name == _SECRETS or not name.startswith(".")
        if self._built and Path(path).is_relative_to(self._built):
            return False
        return ours and super().__call__(change, path)


@dataclass(frozen=True, slots=True)
class _Watching:
    """A publication, who is told, and of what."""

    root: Path
    tell: Tell
    filter: _Filter

    async def top(self, folders: dict[Path, int]) -> None:
        """Tell what changes at the top, until the folders are others."""
        while _folders(self.root) == folders:
            async with aclosing(self._told([self.root], asyncio.Event())) as told:
                async for _ in told:
                    if _folders(self.root) != folders:
                        return

    async def below(self, folders: dict[Path, int], ended: asyncio.Event) -> None:
        """Tell what changes in the folders."""
        while folders and not ended.is_set():
            async with aclosing(self._told(folders, ended)) as told:
                async for _ in told:
                    pass

    async def _told(
        self, paths: Collection[Path], ended: asyncio.Event
    ) -> AsyncGenerator[None, None]:
        """Tell what changes in `paths`, until they are gone; now and then nothing.

        Where the system has no more watches to give (inotify(7) has limits for each
        user) the files are looked at again and again instead.
        """
        for polling in (False, True):
            changes = awatch(
                *paths,
                watch_filter=self.filter,
                stop_event=ended,
                recursive=self.root not in paths,
                step=_STEP,
                debounce=_LONGEST,
                rust_timeout=2000,
                yield_on_timeout=True,
                # None leaves it to the system: there are some without watches.
                force_polling=polling or None,
                poll_delay_ms=_LONGEST,
            )
            # Told when the watch has begun, which is before it first waits.
            begun = asyncio.get_running_loop().call_soon(self.tell, ["."])
            try:
                async with aclosing(changes) as found:
                    async for each in found:
                        files = {
                            display_name(Path(path), self.root) for _, path in each
                        }
                        if files:
                            self.tell(files)
                        yield
                return
            except FileNotFoundError:
                begun.cancel()
                break
            except (OSError, RuntimeError) as error:
                _LOG.warning("%s is not watched, but looked at: %s", self.root, error)
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
