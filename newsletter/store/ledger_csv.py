"""A campaign's deliveries as a file: CSV, compressed by gzip, in the order of ids.

A number that is missing is an empty cell; an instant is written in ISO 8601, in UTC.
"""

import csv
import gzip
import hashlib
import os
import sys
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any
from uuid import uuid4

from newsletter.errors import StoreError
from newsletter.store.clock import UtcDateTime
from newsletter.store.fingerprint import ROWS
from newsletter.store.schema import deliveries

SUFFIX = ".csv.gz"
Row = tuple[Any, ...]

_CHUNK = 1024 * 1024
_NAMES = [column.name for column in deliveries.columns]
_NUMBERS = ("campaign_id", "subscriber_id", "batch")
_READERS = [
    datetime.fromisoformat
    if isinstance(column.type, UtcDateTime)
    else ((lambda cell: int(cell) if cell else None) if name in _NUMBERS else str)
    for name, column in deliveries.columns.items()
]


def write(path: Path, parts: Iterable[Sequence[Row]]) -> None:
    """Write rows of `deliveries` to a file that is on disk afterwards.

    Only its owner can read it: it is full of addresses. Raises StoreError when it
    cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as plain:
            # Without the time, so that the same rows make the same bytes.
            with (
                gzip.GzipFile("", "wb", 6, plain, mtime=0) as packed,
                TextIOWrapper(packed, "utf-8", newline="") as text,
            ):
                sheet = csv.writer(text)
                sheet.writerow(_NAMES)
                for rows in parts:
                    sheet.writerows(rows)
            plain.flush()
            os.fsync(plain.fileno())
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}"
        raise StoreError(message, hint="nothing was taken out of the ledger") from error


def read(path: Path) -> Iterator[list[Row]]:
    """Read the rows back as they were, some at a time.

    Raises StoreError for a file that is not there, damaged, or no such file.
    """
    some: list[Row] = []
    for row in _cells(path):
        try:
            some.append(_row(row))
        except ValueError as error:
            raise _damaged(path, str(error)) from error
        if len(some) == ROWS:
            yield some
            some = []
    yield some


def _cells(path: Path) -> Iterator[list[str]]:
    """Read the rows as texts."""
    # The attributes of one person may be longer than what is usual for a cell.
    csv.field_size_limit(sys.maxsize)
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
            cells = csv.reader(text)
            if next(cells, None) != _NAMES:
                raise _damaged(path, "it has other columns")
            yield from cells
    except (EOFError, zlib.error, csv.Error, UnicodeError) as error:
        raise _damaged(path, str(error)) from error
    except OSError as error:
        raise _damaged(path, error.strerror or str(error)) from error


def find_messages(path: Path, messages: Collection[str]) -> dict[str, int]:
    """The subscribers of messages, by the provider's ids of these.

    Where two messages have the same id it is nobody's. Raises StoreError as `read`.
    """
    name, person = _NAMES.index("provider_message_id"), _NAMES.index("subscriber_id")
    theirs: dict[str, list[int]] = {}
    for cells in _cells(path):
        if cells[name] in messages:
            theirs.setdefault(cells[name], []).append(int(cells[person]))
    return {message: ids[0] for message, ids in theirs.items() if len(ids) == 1}


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes; raises StoreError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _damaged(path, error.strerror or str(error)) from error


def find(path: Path, subscriber_id: int) -> dict[str, Any] | None:
    """The row of one subscriber, by column; None where there is none."""
    for rows in read(path):
        for row in rows:
            if row[1] == subscriber_id:
                return named(row)
        if rows and rows[-1][1] > subscriber_id:  # they are in order
            break
    return None


def named(row: Row) -> dict[str, Any]:
    """A row by column."""
    return dict(zip(_NAMES, row, strict=True))


def manifest(path: Path) -> Path:
    """Where it is told what a file is: beside it."""
    return path.with_name(path.name + ".json")


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """A name of nobody else's for a file until it is whole; it is gone at the end."""
    partial = path.with_name(f"{path.name}.{uuid4().hex}.partial")
    try:
        yield partial
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


@contextmanager
def settled(partial: Path, path: Path, digest: str) -> Iterator[Path]:
    """Put a whole file in its place, and take it away again if anything is raised.

    None that is there is replaced: one with the same bytes, whose SHA-256 is `digest`,
    serves as well; beside any other it gets a name with a number.
    """
    place, is_ours = _reserve(path, digest)
    try:
        if is_ours:
            partial.replace(place)
            _flush_names(place.parent)
        yield place
    except BaseException:
        if is_ours:
            for each in (place, manifest(place)):
                with suppress(OSError):
                    each.unlink(missing_ok=True)
        raise


def _reserve(path: Path, digest: str, number: int = 1) -> tuple[Path, bool]:
    """Where the file is to be, and whether nothing was there before."""
    start = path.name.removesuffix(SUFFIX)
    place = path if number == 1 else path.with_name(f"{start}-{number}{SUFFIX}")
    try:
        # Not every file system has hard links, and a rename alone would replace.
        os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        if sha256(place) == digest:
            return place, False
        return _reserve(path, digest, number + 1)
    return place, True


def _flush_names(folder: Path) -> None:
    """Have the names in a folder on disk, too."""
    with suppress(OSError):  # not every file system knows it
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _row(cells: Sequence[str]) -> Row:
    return tuple(reader(cell) for reader, cell in zip(_READERS, cells, strict=True))


def _damaged(path: Path, why: str) -> StoreError:
    hint = "take it from a backup: it is the only record of who got the issue"
    return StoreError(f"{path} cannot be read: {why}", hint=hint)
