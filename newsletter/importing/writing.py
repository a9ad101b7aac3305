"""Writes an imported file: whole or not at all, never over one that is there."""

import os
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from newsletter.content.issue import read_issue, undated
from newsletter.content.library import RESERVED, issue_files
from newsletter.content.listing import ISSUES, ROUNDTABLES
from newsletter.content.roundtable import read_roundtable
from newsletter.content.starter import slug_for
from newsletter.errors import UsageError

_CHOOSE = "open it, or choose another name: --slug my-letter"


def roundtable_path(root: Path, title: str, slug: str) -> Path:
    """Where a roundtable goes: under a name with `_`, so that nobody sees it yet.

    Raises UsageError for a title without a Latin letter, and for a name that another
    roundtable has.
    """
    path = root / ROUNDTABLES / f"{slug_for(title, slug)}.md"
    if os.path.lexists(path):
        raise UsageError(f"{path} is there already", hint=_CHOOSE)
    return hidden(path)


def hidden(path: Path) -> Path:
    """The same place under a name with `_`, which nobody sees."""
    return path if path.name.startswith("_") else path.with_name(f"_{path.name}")


def issue_path(root: Path, title: str, slug: str, day: date) -> Path:
    """Where an issue goes.

    Raises UsageError for a title without a Latin letter, and for a name that the
    archive or another issue has.
    """
    name = slug_for(title, slug)
    if name in RESERVED:
        message = f"the archive itself uses the name `{name}`"
        raise UsageError(message, hint="give another: --slug my-letter")
    for path in issue_files(root):
        if undated(path.stem) == name:
            raise UsageError(f"{path} is there already", hint=_CHOOSE)
    return root / ISSUES / f"{day}-{name}.md"


def check_roundtable(path: Path, text: str) -> None:
    """Read a text as the roundtable at `path` will be read.

    Raises UsageError for a file that is there, SourceError for a text that would be
    refused: one with more front matter than is read.
    """
    _check(path, text, read_roundtable)


def check_issue(path: Path, text: str) -> None:
    """Read a text as the issue at `path` will be read. Raises as `check_roundtable`."""
    _check(path, text, read_issue)


def _check(path: Path, text: str, read: Callable[[Path, Path], object]) -> None:
    if os.path.lexists(path):
        raise UsageError(f"{path} is there already", hint=_CHOOSE)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        copy.write_text(text, encoding="utf-8")
        read(copy, Path(folder))


def write_new(path: Path, text: str) -> None:
    """Write a new file, which appears with all of its text.

    Raises UsageError where there is one already, or none can be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".import-") as folder:
            whole = Path(folder) / path.name
            whole.write_text(text, encoding="utf-8")
            _appear(whole, path)
    except OSError as error:
        if os.path.lexists(path):
            raise UsageError(f"{path} is there already", hint=_CHOOSE) from None
        message = f"{path} cannot be written: {error.strerror}"
        raise UsageError(message) from None


def _appear(whole: Path, path: Path) -> None:
    """Give a finished file its name, unless another has it."""
    try:
        path.hardlink_to(whole)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links, such as that of a memory stick.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))
        whole.replace(path)
