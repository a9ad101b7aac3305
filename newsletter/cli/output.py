"""Prints for people and for programs, and turns errors into text."""

import io
import json
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from newsletter.errors import CheckFailed, NewsletterError, SourceError

if TYPE_CHECKING:
    from rich.console import Console

# A name with an escape sequence in it must not drive the reader's terminal; nor may
# bidirectional overrides make one address look like another.
_UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)


def safe(text: object) -> str:
    """A text of the data with its control characters made visible."""
    return _UNSAFE.sub(lambda found: f"\\x{ord(found.group()):02x}", str(text))


def print_at_once() -> None:
    """Let each line out as it is said: the journal of what runs for days must tell."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)


def say(text: str = "") -> None:
    """Print a line to standard output."""
    sys.stdout.write(safe(text) + "\n")


def warn(text: str) -> None:
    """Print a line to standard error, below what was printed before it."""
    # Both may lead to one file or pipe, where only stdout waits for more. What cannot
    # be flushed, because nobody reads it or a signal came while it was written, is
    # told when it is written in earnest.
    with suppress(OSError, RuntimeError, ValueError):
        sys.stdout.flush()
    sys.stderr.write(safe(text) + "\n")


def say_json(data: Any) -> None:
    """Print data for a program: one JSON document."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n")


def console() -> "Console":
    """A console for tables and progress bars; plain text where it is no terminal."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False, soft_wrap=False)


def say_table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Print rows under headings; numbers stand at the right."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in columns:
        numeric = name in ("number", "accepted", "skipped")
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(safe(cell) for cell in row))
    console().print(table)


def plural(number: int, noun: str, many: str = "") -> str:
    """`1 message`, `25 messages`."""
    return f"{number:,} {noun if number == 1 else many or noun + 's'}"


def say_problems(problems: Iterable[object]) -> None:
    """Print problems, each on a line that editors make clickable."""
    for problem in problems:
        warn(str(problem))


def show_error(error: NewsletterError) -> int:
    """Print an error with its hint; gives the exit code."""
    if isinstance(error, SourceError | CheckFailed):
        say_problems(error.problems)
    if isinstance(error, SourceError):
        found = plural(len(error.problems), "mistake")
        warn(f"error: {found}; nothing was written or sent")
    else:
        warn(f"error: {error.message}")
    if error.hint:
        warn(f"  hint: {error.hint}")
    return error.exit_code
