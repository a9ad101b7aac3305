"""New files of a site, kept beside it until all of them are there.

They are written into a folder of their own in the site's; only renames follow, which
need no room. So a full disk or a mistake in the last page leaves the old site whole.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from newsletter.archive.folder import FileStamp, Folder, write_file
from newsletter.errors import UsageError

STAGING = ".newsletter-staging"

_OURS = re.compile(r"[0-9]+\Z")
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


@dataclass(frozen=True, slots=True)
class Staging:
    """The folder of unfinished files; each has a number for a name."""

    folder: Folder
    fd: int

    def put(self, number: int, data: bytes) -> FileStamp:
        """Keep the bytes of a file under a number; any process may."""
        return write_file(str(number), self.fd, data)

    def place(self, files: Iterable[tuple[int, str]]) -> None:
        """Move files to their places."""
        for number, path in files:
            with self.folder.parent(path) as (parent, name):
                os.replace(str(number), name, src_dir_fd=self.fd, dst_dir_fd=parent)

    @contextmanager
    def folders_for(self, paths: Iterable[str]) -> Iterator[None]:
        """Make the folders of files; they are gone again if what is within fails."""
        made: list[str] = []
        try:
            for path in self.folder.make_folders(sorted(_folders(paths))):
                made.append(path)  # noqa: PERF402  # known one by one, if it fails
            yield
        except BaseException:
            for path in reversed(made):
                self.folder.remove_empty(path)
            raise


@contextmanager
def open_staging(folder: Folder) -> Iterator[Staging]:
    """Open the folder of unfinished files, empty; it is gone afterwards.

    Raises UsageError where something of others has its name.
    """
    with suppress(FileExistsError):
        os.mkdir(STAGING, dir_fd=folder.fd)
    try:
        fd = os.open(STAGING, _FOLDER, dir_fd=folder.fd)
    except OSError:
        message = f"{folder.path / STAGING} is not a folder of ours"
        raise UsageError(message, hint="move it away") from None
    try:
        _empty(fd)
        yield Staging(folder, fd)
    finally:
        _empty(fd)
        os.close(fd)
        with suppress(OSError):
            os.rmdir(STAGING, dir_fd=folder.fd)


def _folders(paths: Iterable[str]) -> set[str]:
    """The folders that files are in, and those that these are in."""
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _empty(fd: int) -> None:
    """Remove what was not moved, or what a build left that was broken off."""
    for name in os.listdir(fd):
        if _OURS.match(name):
            with suppress(OSError):
                os.unlink(name, dir_fd=fd)
