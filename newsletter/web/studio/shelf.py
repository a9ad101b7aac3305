"""What the library knows of each file; read again only when the file is another."""

import datetime
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from newsletter.config.files import display_name
from newsletter.content.issue import read_issue
from newsletter.content.roundtable import read_roundtable
from newsletter.errors import NewsletterError
from newsletter.model.issue import Issue
from newsletter.model.roundtable import Roundtable
from newsletter.sending.around import Known, known_of
from newsletter.web.studio.naming import name_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the front matter of an issue or a roundtable says.

    `state` is its status, or `broken` where the file cannot be read; `features` the
    slug of an issue's roundtable; `words` are those that it is found by; `remarks` and
    `length`, in words, tell how long a roundtable is; `known` is what other issues have
    to know of an issue.
    """

    name: str
    file: str
    slug: str
    title: str
    state: str
    date: datetime.date | None = None
    features: str = ""
    words: str = ""
    remarks: int = 0
    length: int = 0
    known: Known | None = None


@dataclass(slots=True)
class Kept(Generic[T]):
    """Values made of files, each with what told that the file was the same."""

    known: dict[Path, tuple[str, T]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, path: Path, state: str, make: Callable[[], T]) -> T:
        """What is kept of a file in this state, or made now."""
        # One at a time: who asks for the same need not make it again.
        with self._lock:
            found = self.known.get(path)
            if found is None or found[0] != state:
                found = state, make()
                self.known[path] = found
            return found[1]

    def has(self, path: Path, state: str) -> bool:
        """Whether that is kept."""
        found = self.known.get(path)
        return found is not None and found[0] == state

    def forget(self, files: list[Path]) -> None:
        """Let go of what is no more."""
        here = set(files)
        # A copy: another request may be reading a file.
        for path in [*self.known]:
            if path not in here:
                self.known.pop(path, None)


@dataclass(slots=True)
class Shelf:
    """The facts of all files of a publication."""

    root: Path
    _facts: Kept[Facts] = field(default_factory=Kept)

    def facts(self, path: Path) -> Facts:
        """The facts of the issue or roundtable at `path`."""
        return self._facts.get(path, _state(path), lambda: _facts(path, self.root))

    def has(self, files: Iterable[Path]) -> bool:
        """Whether the facts of all `files` are known, so that nobody need wait."""
        return all(self._facts.has(path, _state(path)) for path in files)

    def forget(self, files: list[Path]) -> None:
        """Keep nothing but what is known of `files`."""
        self._facts.forget(files)


def _facts(path: Path, root: Path) -> Facts:
    read = read_roundtable if path.parent.name == "roundtables" else read_issue
    file = display_name(path, root)
    try:
        found: Issue | Roundtable = read(path, root)
    except (NewsletterError, OSError):
        stem = path.stem
        return Facts(
            name=name_of(path), file=file, slug=stem, title=stem, state="broken"
        )
    issue = found if isinstance(found, Issue) else None
    said = [] if isinstance(found, Issue) else _said(found)
    return Facts(
        name=name_of(path),
        file=file,
        slug=found.slug,
        title=found.title,
        state=str(issue.status) if issue else "",
        date=found.date,
        features=issue.roundtable.slug if issue and issue.roundtable else "",
        remarks=len(said),
        length=sum(len(text.split()) for text in said),
        known=known_of(issue) if issue else None,
        words=" ".join((found.title, file, *found.tags)).casefold(),
    )


def _said(table: Roundtable) -> list[str]:
    return [remark.text for turn in table.rounds for remark in turn.remarks]


def _state(path: Path) -> str:
    try:
        found = os.stat(path)  # noqa: PTH116  a thousand of them: half the time
    except (OSError, ValueError):
        return ""
    return f"{found.st_mtime_ns} {found.st_size} {found.st_ino}"
