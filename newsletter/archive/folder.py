"""Reads and writes inside one folder, following no symbolic link out of it.

Each file is reached step by step from the open folder, so that a link put on the way,
even while we write, is refused and not followed.
"""

import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from newsletter.errors import UsageError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
# Not to wait for ever on a pipe that somebody put there.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW

NOT_A_FILE = ""
"""The digest of what is no regular file: a link, a folder, a pipe."""


def digest(data: bytes) -> str:
    """The BLAKE2b digest by which files are compared."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


@contextmanager
def open_folder(path: Path) -> Iterator["Folder"]:
    """Open a folder for one build, making it if need be.

    Raises UsageError when it cannot be used, or when another build has it open.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    try:
        _lock(fd, path)
        yield Folder(path, fd)
    finally:
        os.close(fd)


def _lock(fd: int, path: Path) -> None:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        hint = "wait until it is done"
        raise UsageError(f"another build writes into {path}", hint=hint) from None
    except OSError:
        # Some network file systems have no locks; a build alone needs none.
        return


@dataclass(frozen=True, slots=True)
class Folder:
    """An open folder; files in it are named by relative paths with `/`."""

    path: Path
    fd: int

    def read(self, path: str) -> bytes | None:
        """The bytes of a regular file; None where there is none."""
        try:
            with self._parent(path) as (parent, name):
                return _read(parent, name)
        except FileNotFoundError:
            return None

    def digest(self, path: str) -> str | None:
        """The digest of a file; NOT_A_FILE for anything else, None for nothing."""
        try:
            with self._parent(path) as (parent, name):
                data = _read(parent, name)
                return NOT_A_FILE if data is None else digest(data)
        except FileNotFoundError:
            return None

    def write(self, path: str, data: bytes) -> None:
        """Write a file whole or not at all."""
        with self._parent(path, make=True) as (parent, name):
            unfinished = _unfinished(name)
            _unlink(unfinished, parent)
            fd = os.open(unfinished, _WRITE, 0o666, dir_fd=parent)
            try:
                with open(fd, "wb") as file:  # noqa: PTH123  # a descriptor has no path
                    file.write(data)
                os.replace(unfinished, name, src_dir_fd=parent, dst_dir_fd=parent)
            except BaseException:
                _unlink(unfinished, parent)
                raise

    def remove_unfinished(self, path: str) -> None:
        """Remove what a broken-off write of a file left."""
        with suppress(FileNotFoundError), self._parent(path) as (parent, name):
            _unlink(_unfinished(name), parent)

    def remove(self, path: str) -> None:
        """Remove a file, and the folders that are empty without it."""
        with suppress(FileNotFoundError), self._parent(path) as (parent, name):
            _unlink(name, parent)
        while "/" in path:
            path = path.rpartition("/")[0]
            try:
                with self._parent(path) as (parent, name):
                    os.rmdir(name, dir_fd=parent)
            except OSError:
                return

    @contextmanager
    def _parent(self, path: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
        """The open folder that a file is in, and the file's name there."""
        *folders, name = path.split("/")
        fd = os.dup(self.fd)
        try:
            for folder in folders:
                inner = self._enter(fd, folder, path, make=make)
                os.close(fd)
                fd = inner
            yield fd, name
        finally:
            os.close(fd)

    def _enter(self, fd: int, folder: str, path: str, *, make: bool) -> int:
        if make:
            with suppress(FileExistsError):
                os.mkdir(folder, dir_fd=fd)
        try:
            return os.open(folder, _FOLDER, dir_fd=fd)
        except OSError as error:
            if error.errno not in (errno.ELOOP, errno.ENOTDIR):
                raise
        raise UsageError(
            f"{self.path / path} cannot be reached: `{folder}` is a link or a file",
            hint="remove it: the site has a folder of that name",
        )


def _unfinished(name: str) -> str:
    """The name of a file while it is written; one per file, so that none is left."""
    return f".{name}.unfinished"


def _unlink(name: str, parent: int) -> None:
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=parent)


def _read(parent: int, name: str) -> bytes | None:
    """Read a regular file; None for anything else that has its name."""
    try:
        fd = os.open(name, _READ, dir_fd=parent)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            return None
        raise
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        return None
    with open(fd, "rb") as file:  # noqa: PTH123  # a descriptor has no path
        return file.read()
