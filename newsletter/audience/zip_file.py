"""The lists of subscribers in a zip that another service exported; nothing is unpacked.

What is read is counted while it is read: a zip may say anything about itself.
"""

import io
import re
import stat
import zipfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, cast

from newsletter.audience.csv_file import MAX_BYTES, Table, broken, read_table
from newsletter.audience.headers import Role, key_of, role_of

MAX_ENTRIES = 20_000
MAX_RATIO = 200
"""A CSV file of people is packed to a tenth; a bomb to a thousandth and less."""

_SMALL = 1024 * 1024
_AGAIN = "export it again, or unpack it and import the CSV file"

# Who opened or got a post, and contacts who never asked for the letter: no subscribers.
_OTHERS = re.compile(r"\.(?:opens|delivers)\.csv\Z|non-?subscribed|transactional")
_LEAVERS = re.compile(
    r"(?:unsub|clean|bounce|complain|suppress|block)[^/]*\.(?:csv|tsv|txt)\Z"
)


def is_zip(path: Path) -> bool:
    """Whether a file is a zip, whatever it is called."""
    try:
        with path.open("rb") as file:
            return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
    except (OSError, ValueError):
        return False


@contextmanager
def open_zip(path: Path) -> Iterator[Iterator[Table]]:
    """Open the lists of subscribers in a zip, one after the other.

    Raises SourceError for a zip that is broken, hostile, or has no such list.
    """
    name = path.as_posix()
    if path.stat().st_size > MAX_BYTES:
        message = f"has more than {MAX_BYTES // 1024**2} MiB"
        raise broken(name, 0, message, "import the CSV file in it")
    try:
        with zipfile.ZipFile(path) as archive:
            found = _lists(archive, name)
            with closing(_tables(archive, found, name)) as tables:
                yield tables
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise broken(name, 0, f"cannot be unpacked: {error}", _AGAIN) from None


def _lists(archive: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    """The members that are lists of subscribers, in the order of their names."""
    members = archive.infolist()
    if len(members) > MAX_ENTRIES:
        message = f"{len(members):,} files in it"
        raise broken(name, 0, message, f"at most {MAX_ENTRIES:,} are looked at")
    for member in members:
        _refuse_hostile(member, name)
    found = []
    for member in sorted(members, key=lambda each: each.filename):
        if _may_be_a_list(member) and _has_addresses(archive, member, name):
            found.append(member)
        elif member.file_size and _is_of_leavers(member):
            shown = f"{name}/{member.filename[:80]}"
            message = "no column holds the addresses of those who left"
            raise broken(shown, 1, message, "unpack it, and call the column `email`")
    if not found:
        hint = "unpack it, and import the CSV file with an email column"
        raise broken(name, 0, "there is no list of subscribers in it", hint)
    return found


def _refuse_hostile(member: zipfile.ZipInfo, name: str) -> None:
    inside = PurePosixPath(member.filename.replace("\\", "/"))
    shown = f"{name}/{member.filename[:80]}"
    if inside.is_absolute() or ".." in inside.parts or ":" in member.filename[:2]:
        raise broken(shown, 0, "a name that leads out of the zip", "do not trust it")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise broken(shown, 0, "a link", "do not trust it")
    if member.flag_bits & 0x1:
        raise broken(shown, 0, "it is encrypted", "unpack it, and import the CSV file")
    packed = max(member.compress_size, 1)
    if member.file_size > _SMALL and member.file_size / packed > MAX_RATIO:
        message = f"{member.file_size:,} bytes packed into {packed:,}"
        raise broken(shown, 0, message, "no list of people is like that")


def _may_be_a_list(member: zipfile.ZipInfo) -> bool:
    lower = member.filename.lower()
    return (
        lower.endswith(".csv")
        and not lower.startswith("__macosx/")
        and not _OTHERS.search(lower)
    )


def _is_of_leavers(member: zipfile.ZipInfo) -> bool:
    """Whether its name says so: then to leave it out would mail those in it."""
    lower = member.filename.lower()
    of_others = lower.startswith("__macosx/") or _OTHERS.search(lower)
    return bool(_LEAVERS.search(lower)) and not of_others


def _has_addresses(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str
) -> bool:
    if not member.file_size:
        return False
    with _table(archive, member, name) as table:
        return any(role_of(key_of(cell)) is Role.ADDRESS for cell in table.header.cells)


def _tables(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], name: str
) -> Generator[Table, None, None]:
    for member in members:
        with _table(archive, member, name) as table:
            yield table


@contextmanager
def _table(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str
) -> Iterator[Table]:
    shown = f"{name}/{member.filename}"
    with archive.open(member) as stream:
        limited = io.BufferedReader(_Limited(stream, shown, member.compress_size))
        with read_table(cast("BinaryIO", limited), shown) as table:
            yield table


class _Limited(io.RawIOBase):
    """A member of a zip that stops where it gets larger than a list can be."""

    def __init__(self, stream: IO[bytes], name: str, packed: int) -> None:
        self._stream = stream
        self._name = name
        self._most = min(MAX_BYTES, max(_SMALL, packed * MAX_RATIO))

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """The beginning is read twice."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place, to tell the encoding by the first bytes."""
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """Where the next byte is."""
        return self._stream.tell()

    def readinto(self, buffer: Any) -> int:
        """Read on; raises SourceError where there is too much."""
        data = self._stream.read(len(buffer))
        if self._stream.tell() > self._most:
            message = f"unpacks to more than {self._most:,} bytes"
            raise broken(self._name, 0, message, "no list of people is like that")
        buffer[: len(data)] = data
        return len(data)
