"""Reads text files of the publication: never outside it, never more than it should."""

import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from newsletter.errors import SourceError
from newsletter.model.problem import Problem
from newsletter.model.text import clean_line, forbidden_character

# All that `_control_characters` finds, and more, in one look.
_SUSPICIOUS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)

MAX_CONTROL_CHARACTERS = 20
"""A text has one or two of them; a file with more is no text."""


def display_name(path: Path, root: Path) -> str:
    """The path as the author knows it: seen from newsletter.yaml, with `/`."""
    name, home = str(path.absolute()), f"{root.absolute()}{os.sep}"
    return clean_line(name.removeprefix(home).replace(os.sep, "/"))


def inside(path: Path, root: Path) -> Path | None:
    """The real path of an existing file if it lies inside `root`, else None.

    Symlinks are followed first, so one that leads out is outside.
    """
    # os.path, because a build asks it of thousands of files.
    try:
        real = os.path.realpath(path, strict=True)
    except (OSError, ValueError, RuntimeError):
        return None
    # No link is in a real path: what begins with `root` as it is written is inside.
    if not _begins(real, os.fspath(root)) and not _begins(real, os.path.realpath(root)):
        return None
    return Path(real)


def _begins(real: str, home: str) -> bool:
    return real == home or real.startswith(f"{home.rstrip(os.sep)}{os.sep}")


def read_text(
    path: Path, root: Path, max_bytes: int, unsaved: bytes | None = None
) -> str:
    """Read a UTF-8 file; line ends become LF, a byte order mark is dropped.

    `unsaved` is read in its place: what the file would have if it were saved. Raises
    SourceError, located, for a file that is missing, too large, outside the
    publication, not UTF-8, or that has control characters in it.
    """
    file = display_name(path, root)
    if unsaved is None:
        data = _read(path, root, max_bytes, file)
    else:
        data = unsaved
        _refuse_large(len(data), max_bytes, file)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start]
        start = before.rfind(b"\n") + 1
        raise SourceError(
            [
                Problem(
                    code="encoding",
                    message=f"byte 0x{data[error.start]:02x} is not UTF-8",
                    hint="save the file as UTF-8",
                    file=file,
                    line=before.count(b"\n") + 1,
                    column=len(before[start:].decode(errors="replace")) + 1,
                )
            ]
        ) from None
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    problems = list(islice(_control_characters(text, file), MAX_CONTROL_CHARACTERS))
    if problems:
        raise SourceError(problems)
    return text


def _read(path: Path, root: Path, max_bytes: int, file: str) -> bytes:
    """Read the bytes, refusing what is not a regular file inside the publication."""
    real = inside(path, root)
    if real is None:
        # os.path, because pathlib raises where a folder may not be searched.
        if os.path.exists(path):  # noqa: PTH110
            raise _refuse(file, "leads out of the publication", "copy the file into it")
        raise _refuse(file, "there is no such file", "check the name")
    if not real.is_file():
        raise _refuse(file, "is not a file", "check the name")
    try:
        _refuse_large(real.stat().st_size, max_bytes, file)
        return real.read_bytes()
    except OSError as error:
        raise _refuse(
            file, f"cannot be read: {error.strerror}", "check its rights"
        ) from None


def _refuse_large(size: int, max_bytes: int, file: str) -> None:
    if size > max_bytes:
        limit = f"{max_bytes // 1024} KiB"
        raise _refuse(file, f"has {size:,} bytes", f"at most {limit} are read")


def _control_characters(text: str, file: str) -> Iterator[Problem]:
    """Find the control characters that no author means to write."""
    # To ask whether all can be printed is faster, and true of most texts.
    if text.replace("\n", "").isprintable() or not _SUSPICIOUS.search(text):
        return
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.replace("\t", " ").replace("\u2028", " ").replace("\u2029", " ")
        if bare.isprintable() or not (bad := forbidden_character(bare)):
            continue
        column = next(i for i, c in enumerate(bare, 1) if forbidden_character(c))
        yield Problem(
            code="control-character",
            message=f"{bad} in the text",
            hint="delete it; it cannot be seen in most editors",
            file=file,
            line=number,
            column=column,
        )


def _refuse(file: str, message: str, hint: str) -> SourceError:
    return SourceError([Problem(code="file", message=message, hint=hint, file=file)])
