"""Reads and writes inside one folder, following no symbolic link out of it.

Each file is reached step by step from the open folder, so that a link put on the way,
even while we write, is refused and not followed.
"""

import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from newsletter.errors import UsageError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
# Not to wait for ever on a pipe that somebody put there.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW

FileStamp = tuple[int, int, int]
"""When a file of ours was written, in ns; its size; its number."""

NOT_A_FILE = ""
"""The digest of what is no regular file: a link, a folder, a pipe."""


def digest(data: bytes) -> str:
    """The BLAKE2b digest by which files are compared."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


@contextmanager
def open_folder(path: Path) -> Iterator["Folder"]:
    """Open a folder for one build, making it if need be.

    Raises UsageError when it cannot be used, when another build has it open, or when
    the disk is full. A folder that was made and in which nothing is, is removed.
    """
    made = [folder for folder in (path, *path.parents) if not folder.exists()]
    try:
        path.mkdir(parents=True, exist_ok=True)
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    try:
        _lock(fd, path)
        yield Folder(path, fd)
    except OSError as error:
        name = error.filename or "a file"
        message = f"{name} in {path} cannot be written: {error.strerror}"
        raise UsageError(message) from None
    finally:
        os.close(fd)
        with suppress(OSError):
            for folder in made:
                folder.rmdir()


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
            with self.parent(path) as (parent, name):
                return _read(parent, name)
        except FileNotFoundError:
            return None

    def digest(self, path: str) -> str | None:
        """The digest of a file; NOT_A_FILE for anything else, None for nothing."""
        try:
            with self.parent(path) as (parent, name):
                data = _read(parent, name)
                return NOT_A_FILE if data is None else digest(data)
        except FileNotFoundError:
            return None

    def stamp(self, path: str) -> FileStamp | None:
        """The stamp of one file, as `stamps` has it."""
        try:
            with self.parent(path) as (parent, name):
                found = os.stat(name, dir_fd=parent, follow_symlinks=False)
        except FileNotFoundError:
            return None
        return _stamp(found) if stat.S_ISREG(found.st_mode) else None

    def is_free(self, path: str) -> bool:
        """Whether there is certainly nothing; what is in the way is found elsewhere."""
        try:
            os.stat(path, dir_fd=self.fd, follow_symlinks=False)
        except FileNotFoundError:
            return True
        except OSError:
            pass
        return False

    def stamps(self, paths: Iterable[str]) -> Iterator[FileStamp | None]:
        """The stamp of each file; None for what is none, or is behind a link.

        Made for all files of a site: the folders that they are in are listed.
        """
        real: dict[str, bool] = {"": True}
        for path in paths:
            parent = path.rpartition("/")[0]
            found = self._stat(path) if self._is_real(parent, real) else None
            yield _stamp(found) if found and stat.S_ISREG(found.st_mode) else None

    def make_folders(self, paths: Iterable[str]) -> Iterator[str]:
        """Make folders, an outer one before those in it; gives those that are new.

        Raises UsageError where a link or a file is in the way.
        """
        for path in paths:
            with self.parent(path) as (parent, name):
                try:
                    os.mkdir(name, dir_fd=parent)
                except FileExistsError:
                    os.close(self._enter(parent, name, path, make=False))
                    continue
            yield path

    def write(self, path: str, data: bytes) -> None:
        """Write a file whole or not at all."""
        with self.parent(path, make=True) as (parent, name):
            unfinished = f".{name}.unfinished"
            _unlink(unfinished, parent)
            try:
                write_file(unfinished, parent, data)
                os.replace(unfinished, name, src_dir_fd=parent, dst_dir_fd=parent)
            except BaseException:
                _unlink(unfinished, parent)
                raise

    def remove(self, path: str) -> None:
        """Remove a file, and the folders that are empty without it."""
        with suppress(FileNotFoundError), self.parent(path) as (parent, name):
            _unlink(name, parent)
        self.remove_empty(path.rpartition("/")[0])

    def remove_empty(self, path: str) -> None:
        """Remove a folder if it is empty, and then the one that it is in."""
        while path:
            try:
                with self.parent(path) as (parent, name):
                    os.rmdir(name, dir_fd=parent)
            except OSError:
                return
            path = path.rpartition("/")[0]

    def _is_real(self, path: str, known: dict[str, bool]) -> bool:
        """Whether a folder and all that it is in are folders and not links."""
        if path not in known:
            outer = path.rpartition("/")[0]
            if self._is_real(outer, known):
                known.update(dict.fromkeys(self._folders_in(outer), True))
            known.setdefault(path, False)
        return known[path]

    def _folders_in(self, path: str) -> list[str]:
        """The folders in a folder that is no link; links are none."""
        before = f"{path}/" if path else ""
        try:
            with self.parent(f"{before}x") as (fd, _), os.scandir(fd) as items:
                names = [
                    item.name for item in items if item.is_dir(follow_symlinks=False)
                ]
        except (OSError, UsageError):
            return []
        return [f"{before}{name}" for name in names]

    def _stat(self, path: str) -> os.stat_result | None:
        try:
            return os.stat(path, dir_fd=self.fd, follow_symlinks=False)
        except OSError:
            return None

    @contextmanager
    def parent(self, path: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
        """The open folder that a file is in, and the file's name there."""
        *folders, name = path.split("/")
        fd = self.fd
        try:
            for folder in folders:
                inner = self._enter(fd, folder, path, make=make)
                self._leave(fd)
                fd = inner
            yield fd, name
        finally:
            self._leave(fd)

    def _leave(self, fd: int) -> None:
        if fd != self.fd:
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


def write_file(name: str, parent: int, data: bytes) -> FileStamp:
    """Write a new file of an open folder; gives its stamp."""
    fd = os.open(name, _WRITE, 0o666, dir_fd=parent)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(fd, left) :]
        return _stamp(os.fstat(fd))
    finally:
        os.close(fd)


def _stamp(status: os.stat_result) -> FileStamp:
    return status.st_mtime_ns, status.st_size, status.st_ino


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
