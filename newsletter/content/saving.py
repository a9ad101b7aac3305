"""Reads a file to be edited and saves it, unless somebody else has saved it meanwhile.

A save names the version that it began from. Where the file is another one by now
nothing is written, and both versions are told. What is overwritten all the same is kept
beside, in `.newsletter/studio/`.
"""

import fcntl
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkstemp

from newsletter.config.files import display_name, inside
from newsletter.content.front_matter_edit import like
from newsletter.errors import UsageError

MAX_BYTES = 5 * 1024 * 1024
"""Of a file that is edited: more than an issue may have, so that one can be cut."""

KEPT = ".newsletter/studio"
"""Where versions that were not chosen are kept, in a publication."""

MAX_KEPT = 100
_MAX_KEPT_BYTES = 50 * 1024 * 1024
_LINE_END = re.compile(r"\r\n|\r|\n")
_MODE = 0o644
_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Version:
    """A file as it was at some time: its text with LF, and the hash of its bytes.

    The hash of a file that is not there is blank.
    """

    text: str
    hash: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """The file is not what the save began from: nothing was written."""

    disk: Version


def read_version(path: Path, root: Path) -> Version:
    """The file at `path` as it is now.

    Raises UsageError for what cannot be edited as text: too large, a link, no text.
    """
    return _version(_read(path, root), display_name(path, root))


def save(path: Path, root: Path, text: str, base: str) -> Version | Conflict:
    """Write `text` to the file at `path`, if that is still the version `base`.

    The file is exchanged whole; its mode, its line ends and a byte order mark stay.
    Raises UsageError for what cannot be written.
    """
    file = display_name(path, root)
    if "\0" in text:
        raise UsageError("there is a NUL in the text", hint="delete it")
    with _alone(root):
        before = _read(path, root)
        if _hash(before) != base:
            return Conflict(_version(before, file))
        _refuse_read_only(path, file)
        data = _as_before(text, before or b"")
        if len(data) > MAX_BYTES:
            raise _too_large(file, len(data))
        _exchange(path, data, file)
    return _version(data, file)


def save_over(
    path: Path, root: Path, text: str, base: str, now: datetime
) -> Version | Conflict:
    """Save over the version `base`, which somebody else has written, and keep that."""
    data = _read(path, root)
    if data is not None and _hash(data) == base:
        keep(path, root, data, now)
    return save(path, root, text, base)


def keep(path: Path, root: Path, data: bytes, now: datetime) -> Path:
    """Keep a version of the file beside the publication; the oldest ones go.

    Raises UsageError where it cannot be written: it is all that is left of a text.
    """
    folder = root / KEPT
    moment = now.strftime("%Y-%m-%dT%H%M%S")
    # A file's name has 255 bytes at most, whatever letters it is in.
    stem = os.fsencode(path.stem)[:100].decode(errors="ignore")
    kept = folder / f"{stem}.{moment}.{_hash(data)[:8]}{path.suffix}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(data)
    except OSError as error:
        raise _cannot_write(display_name(kept, root), error) from None
    _forget_oldest(folder)
    return kept


def _forget_oldest(folder: Path) -> None:
    size = 0
    with suppress(OSError):
        # But for the lock, which another studio may hold.
        files = sorted(
            folder.glob("[!.]*"), key=lambda f: f.stat().st_mtime, reverse=True
        )
        for index, file in enumerate(files):
            size += file.stat().st_size
            if index and (index >= MAX_KEPT or size > _MAX_KEPT_BYTES):
                file.unlink()


def _read(path: Path, root: Path) -> bytes | None:
    """The bytes of a regular file inside the publication; None where there is none."""
    file = display_name(path, root)
    if inside(path.parent, root) is None:
        raise UsageError(f"{file} leads out of the publication")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        if path.is_symlink():
            hint = "edit the file that it leads to"
            raise UsageError(f"{file} is a link", hint=hint) from None
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise UsageError(f"{file} is not a file")
    with os.fdopen(descriptor, "rb") as source:
        if found.st_size > MAX_BYTES:
            raise _too_large(file, found.st_size)
        return source.read(MAX_BYTES)


def _version(data: bytes | None, file: str) -> Version:
    try:
        text = (data or b"").decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        message = f"{file} is not a text in UTF-8: it cannot be edited here"
        raise UsageError(message, hint="open it with the program that made it")
    return Version(_LINE_END.sub("\n", text.removeprefix("\ufeff")), _hash(data))


def _hash(data: bytes | None) -> str:
    return "" if data is None else hashlib.sha256(data).hexdigest()


def _as_before(text: str, before: bytes) -> bytes:
    """The text's bytes, in the manner of the file that it replaces."""
    source = before.decode(errors="replace")
    mark = "\ufeff" if source.startswith("\ufeff") else ""
    return (
        mark + like(source.removeprefix("\ufeff"), _LINE_END.sub("\n", text))
    ).encode()


def _exchange(path: Path, data: bytes, file: str) -> None:
    """Put the whole file in place at once, with the mode of the one that was there."""
    try:
        mode = stat.S_IMODE(path.lstat().st_mode)
    except OSError:
        mode = _MODE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Hidden, so that nobody takes it for an issue before it is one.
        descriptor, name = mkstemp(dir=path.parent, prefix=".", suffix=".saving")
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as target:
                target.write(data)
                target.flush()
                os.fsync(descriptor)
            temporary.chmod(mode)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _cannot_write(file, error) from None


def _refuse_read_only(path: Path, file: str) -> None:
    """To exchange a file takes no leave to write to it; its author has taken that."""
    with suppress(FileNotFoundError):
        if not path.stat().st_mode & _WRITABLE:
            hint = "make it writable, as `chmod u+w` does; then save again"
            raise UsageError(f"{file} may only be read", hint=hint)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """One save at a time, of all the studios of a publication."""
    folder = root / KEPT
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("ab")
    except OSError as error:
        raise _cannot_write(f"{KEPT}/.lock", error) from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _too_large(file: str, size: int) -> UsageError:
    limit = MAX_BYTES // 2**20
    message = (
        f"{file} would have {size / 2**20:.1f} MiB; at most {limit} are edited here"
    )
    return UsageError(message, hint="make it smaller with another editor")


def _cannot_write(file: str, error: OSError) -> UsageError:
    return UsageError(f"{file} cannot be written: {error.strerror}")
