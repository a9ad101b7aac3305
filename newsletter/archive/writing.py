"""Brings a site folder to hold exactly the files of a site, and those of others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from newsletter.archive.folder import NOT_A_FILE, FileStamp, Folder, digest
from newsletter.archive.manifest import MANIFEST, read_manifest, write_manifest
from newsletter.archive.staging import Staging
from newsletter.errors import UsageError

_SHOWN = 5
"""As many files are named in a message."""

_LIST = 0
"""The number of the list of our files among the staged ones; pages count from 1."""


class Written(NamedTuple):
    """A file of the finished site; `staged` is not moved to its place yet.

    `foreign` is one that would replace what is not ours: it was not written.
    """

    path: str
    digest: str
    stamp: FileStamp
    staged: int | None = None
    foreign: bool = False


class Changes(NamedTuple):
    """What a build did to the folder."""

    written: int
    unchanged: int
    removed: int


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes into an open folder; `ours` are the files that we wrote, by their digest.

    A file that is not in our manifest is not ours: it stays as it is.
    """

    folder: Folder
    staging: Staging
    ours: dict[str, str]

    def offer(self, number: int, path: str, data: bytes) -> Written:
        """Keep a file under a number where it is new or differs; any process may."""
        wanted = digest(data)
        found = None if self.folder.is_free(path) else self.folder.digest(path)
        if found == wanted:
            return Written(path, wanted, self.folder.stamp(path) or (0, 0, 0))
        if found is None or (found != NOT_A_FILE and path in self.ours):
            return Written(path, wanted, self.staging.put(number, data), number)
        return Written(path, wanted, (0, 0, 0), foreign=True)

    def finish(self, site: Sequence[Written]) -> Changes:
        """Move everything to its place, remove what we wrote before and is no more.

        Raises UsageError, before anything is moved, where a file of the site would
        replace one of others.
        """
        if foreign := [file.path for file in site if file.foreign]:
            raise _foreign(self.folder, foreign)
        changed = [(file.staged, file.path) for file in site if file.staged is not None]
        digests = {file.path: file.digest for file in site}
        stale = self._stale(digests)
        if changed or digests != self.ours:
            # Kept beside it first: a disk that is full is found out before we begin.
            self.staging.put(_LIST, write_manifest(digests))
            started = dict.fromkeys((path for _, path in changed), NOT_A_FILE)
            with self.staging.folders_for(started):
                # Should we be broken off, the next build knows what is ours.
                self.folder.write(MANIFEST, write_manifest(self.ours | started))
            self.staging.place(changed)
        for path in stale:
            self.folder.remove(path)
        if changed or digests != self.ours:
            self.staging.place([(_LIST, MANIFEST)])
        return Changes(len(changed), len(site) - len(changed), len(stale))

    def _stale(self, digests: Iterable[str]) -> list[str]:
        gone = sorted(self.ours.keys() - set(digests))
        return [
            path for path in gone if self.folder.digest(path) not in (None, NOT_A_FILE)
        ]


def read_ours(folder: Folder) -> dict[str, str]:
    """The files that we wrote into a folder. Raises UsageError for a damaged list."""
    if folder.digest(MANIFEST) == NOT_A_FILE:
        raise _foreign(folder, [MANIFEST])
    data = folder.read(MANIFEST)
    return read_manifest(data, str(folder.path / MANIFEST)) if data is not None else {}


def _foreign(folder: Folder, paths: Sequence[str]) -> UsageError:
    names = ", ".join(str(folder.path / path) for path in paths[:_SHOWN])
    if len(paths) > _SHOWN:
        names += f" and {len(paths) - _SHOWN} more"
    return UsageError(
        f"would replace what `newsletter` has not written: {names}",
        hint="move it away; to change a page, put your own template into templates/web",
    )
