"""Reads CSV files row by row, as other tools write them; says where one is broken."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NamedTuple

from newsletter.audience.headers import recognised
from newsletter.errors import SourceError
from newsletter.model.problem import Problem

MAX_BYTES = 512 * 1024 * 1024
MAX_LINE = 1024 * 1024
MAX_COLUMNS = 200
DELIMITERS = ",;\t|"
_BLOCK = 64 * 1024

_ENCODINGS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SAVE_AS = "save the file as UTF-8 (in Excel: “CSV UTF-8”)"

# A byte that does not decode becomes a lone surrogate, which no decoder yields, so that
# it is found in the line it stands in.
_BAD_BYTE = re.compile(r"[\udc00-\udcff]")


def _mark_bad_byte(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - used for nothing else
    return chr(0xDC00 + error.object[error.start]), error.end


codecs.register_error("newsletter.bad-byte", _mark_bad_byte)


class Row(NamedTuple):
    """The cells of one row, without blanks around, and the line on which it starts."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file: its name, its header and its rows, which can be read once."""

    file: str
    header: Row
    rows: Iterator[Row]


def broken(file: str, line: int, message: str, hint: str) -> SourceError:
    """The error for a CSV file that cannot be read as a whole."""
    return SourceError(
        [Problem(code="csv", message=message, hint=hint, file=file, line=line)]
    )


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """Open a CSV file; its rows are read as they are asked for, blank ones left out.

    UTF-8, or UTF-16 with a byte order mark; the delimiter is found out. Raises
    SourceError, located, now or at the row that is broken.
    """
    file = path.as_posix()
    with _opened(path, file) as stream, read_table(stream, file) as table:
        yield table


@contextmanager
def read_table(stream: BinaryIO, file: str) -> Iterator[Table]:
    """Read a CSV file from its bytes; `file` is its name in messages."""
    with io.TextIOWrapper(
        stream, _encoding(stream), "newsletter.bad-byte", newline=""
    ) as text:
        rows = _rows(_lines(text, file), file)
        header = next(rows, None)
        if header is None:
            raise broken(file, 0, "the file is empty", "its first line names columns")
        if len(header.cells) > MAX_COLUMNS:
            message = f"{len(header.cells):,} columns"
            hint = f"at most {MAX_COLUMNS} are read; is this a list of subscribers?"
            raise broken(file, header.line, message, hint)
        yield Table(file, header, rows)


def _opened(path: Path, file: str) -> BinaryIO:
    try:
        if not path.is_file():
            problem = "is not a file" if path.exists() else "there is no such file"
            raise broken(file, 0, problem, "check the name")
        if path.stat().st_size > MAX_BYTES:
            message = f"has more than {MAX_BYTES // 1024**2} MiB"
            raise broken(file, 0, message, "cut it into several files")
        return path.open("rb")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise broken(file, 0, f"cannot be read: {reason}", "") from None


def _encoding(stream: BinaryIO) -> str:
    start = stream.read(3)
    stream.seek(0)
    for mark, encoding in _ENCODINGS.items():
        if start.startswith(mark):
            return encoding
    return "utf-8"


def _lines(text: io.TextIOWrapper, file: str) -> Iterator[str]:
    """Pass the lines on, refusing what only a damaged or a foreign file contains."""
    number = 0
    # Many lines at a time: to look at each by itself takes as long as its cells do.
    while block := text.read(_BLOCK) + text.readline(MAX_LINE):
        lines = io.StringIO(block, newline="").readlines()
        if _sound(block):
            yield from lines
        else:
            for place, line in enumerate(lines, number + 1):
                _refuse_unsound(line, file, place, text.encoding)
                yield line
        number += len(lines)


def _sound(block: str) -> bool:
    """Whether no line of it can be one to refuse."""
    try:
        block.encode()
    except UnicodeEncodeError:  # a surrogate
        return False
    return "\0" not in block and len(block) < MAX_LINE


def _refuse_unsound(line: str, file: str, number: int, encoding: str) -> None:
    if len(line) >= MAX_LINE:
        message = f"a line of more than {MAX_LINE:,} characters"
        raise broken(file, number, message, "is this a CSV file?")
    if "\0" in line:
        raise broken(file, number, "a NUL character", _SAVE_AS)
    if bad := _BAD_BYTE.search(line):
        encoding = encoding.upper().removesuffix("-SIG")
        message = f"byte 0x{ord(bad.group()) & 0xFF:02x} is not {encoding}"
        raise broken(file, number, message, _SAVE_AS)


def _rows(lines: Iterator[str], file: str) -> Iterator[Row]:
    blank = 0
    first = ""
    for first in lines:
        if first.strip():
            break
        blank += 1
    reader = csv.reader(
        chain([first], lines),
        delimiter=_delimiter(first),
        strict=True,
        skipinitialspace=True,
    )
    line = blank + 1
    try:
        for raw in reader:
            cells = list(map(str.strip, raw))
            if any(cells):
                yield Row(line, cells)
            line = blank + reader.line_num + 1
    except csv.Error as error:
        last = blank + reader.line_num
        if last == line and "limit" in str(error):
            message = f"a cell of more than {csv.field_size_limit():,} characters"
            raise broken(file, line, message, "is this a CSV file?") from None
        message = f"a quote opened in this row is not closed by line {last}"
        hint = 'close it, or write "" for a quote inside of a quoted cell'
        raise broken(file, line, message, hint) from None


def _delimiter(line: str) -> str:
    """The delimiter that makes the most sense of the first line."""

    def sense(delimiter: str) -> tuple[int, int]:
        try:
            cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
        except csv.Error:  # a cell of more than 128 KiB
            return 0, 0
        return recognised(cells), len(cells)

    return max(DELIMITERS, key=sense)
