"""Keeps texts composed while their files stay as they are, and the last good ones."""

import hashlib
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Generic, Protocol, TypeVar

from newsletter.config.publication import load_publication
from newsletter.content.images import ImageFolder
from newsletter.errors import NewsletterError, SourceError
from newsletter.model.problem import Problem
from newsletter.model.publication import Publication


class Illustrated(Protocol):
    """What is composed of a text, with the images that the text asked for."""

    @property
    def images(self) -> ImageFolder:
        """The images, found or not."""


T = TypeVar("T", bound=Illustrated)

_KEPT = 8
"""Texts that are kept composed: those that somebody looks at."""

_Slot = tuple[Path, bool]
"""A file, and whether it is what is written in it that is not saved."""

_FOLDERS = ("issues/roundtables", "issues/images", "images", "templates")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that keeps an issue from being shown, and where it stands."""

    message: str
    hint: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Pictures:
    """The image files that a text asked for, found or not, and how each was then.

    They may be anywhere in a publication, not only in the folders that we know.
    """

    seen: Mapping[Path, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, images: ImageFolder) -> "Pictures":
        """Those that were asked for by now."""
        return cls({path: _stat(path) for path, _ in images.asked})

    @property
    def changed(self) -> bool:
        """Whether one has come, gone, or become another."""
        return any(_stat(path) != then for path, then in self.seen.items())


@dataclass(frozen=True, slots=True)
class Draft(Generic[T]):
    """A text as it was last composed without a mistake, and what is wrong since.

    `composed` is None where it has not been whole yet, since the studio was started.
    """

    composed: T | None = None
    publication: Publication | None = None
    mistakes: tuple[Mistake, ...] = ()
    pictures: Pictures = field(default_factory=Pictures)

    @property
    def whole(self) -> tuple[T, Publication]:
        """What can be shown; NothingYet where there is nothing."""
        if self.composed is None or self.publication is None:
            raise NothingYet(self.mistakes)
        return self.composed, self.publication


class NothingYet(NewsletterError):
    """There is no picture of it yet: mend its mistakes first."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        """Carry the mistakes."""
        self.mistakes = tuple(mistakes)
        super().__init__()


@dataclass(slots=True)
class Drafts(Generic[T]):
    """The texts that are looked at, made by `compose`; safe to use from threads."""

    root: Path
    compose: Callable[[Publication, Path, bytes | None], T]
    _kept: OrderedDict[_Slot, tuple[str, Draft[T]]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def draft(self, path: Path, unsaved: bytes | None = None) -> Draft[T]:
        """The text in the file at `path`; what is wrong is among its mistakes.

        `unsaved` is what the file would have, if it were saved.
        """
        slot = path, unsaved is not None
        # One at a time: two frames ask at once, and the second need not compose again.
        with self._lock:
            state = fingerprint(self.root, path, unsaved)
            known, draft = self._kept.get(slot, ("", self._last(path)))
            if known != state or draft.pictures.changed:
                draft = self._made(path, unsaved, draft)
                self._kept[slot] = state, draft
            self._kept.move_to_end(slot)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return draft

    def composed(self, path: Path) -> list[tuple[T, Publication]]:
        """The text as it is saved and as it is being written, where they are whole."""
        found = [self.draft(path)]
        if (written := self._kept.get((path, True))) is not None:
            found.append(written[1])
        return [each.whole for each in found if each.composed]

    def _last(self, path: Path) -> Draft[T]:
        """What is shown until a text that is being written is whole: as it is saved."""
        nothing: Draft[T] = Draft()
        return self._kept.get((path, False), ("", nothing))[1]

    def _made(self, path: Path, unsaved: bytes | None, before: Draft[T]) -> Draft[T]:
        try:
            publication = load_publication(self.root)
            made = self.compose(publication, path, unsaved)
            return Draft(made, publication, pictures=Pictures.of(made.images))
        except (NewsletterError, OSError) as error:
            mistakes = tuple(mistakes_of(error))
            return Draft(before.composed, before.publication, mistakes)


def mistakes_of(error: NewsletterError | OSError) -> Iterator[Mistake]:
    """What an error says, one by one, as the command line says it."""
    if isinstance(error, NothingYet):
        yield from error.mistakes
        return
    if isinstance(error, OSError):
        yield Mistake(f"a file cannot be read: {error.strerror}", "", "")
        return
    if not isinstance(error, SourceError):
        place, _, rest = error.message.partition(": ")
        located = place.startswith("templates/")
        message = rest if located else error.message
        yield Mistake(message, error.hint, place if located else "")
        return
    for each in error.problems:
        if isinstance(each, Problem):
            yield Mistake(each.message, each.hint, each.place)


def fingerprint(root: Path, path: Path, unsaved: bytes | None = None) -> str:
    """Changes with every file that what is made of a text may be made of.

    Images elsewhere are not among them: see Pictures.

    The text itself is read, or `unsaved` in its place: two saves within one tick of
    the disk's clock may have the same length. Of a file that is far too large only the
    beginning is, and its size tells the rest.
    """
    data = _bytes(path) + _stat(path) if unsaved is None else unsaved
    digest = hashlib.blake2b(data, digest_size=16)
    for file in (root / "newsletter.yaml", root / ".env"):
        digest.update(_stat(file))
    for folder in _FOLDERS:
        for part in _below(root / folder):
            digest.update(part)
    return digest.hexdigest()


def _bytes(path: Path) -> bytes:
    try:
        # A pipe that nobody writes into would hold up every page for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            return file.read(2**21) or b""
    except OSError as error:
        return str(error.errno).encode()


def _below(folder: Path) -> Iterator[bytes]:
    """Name and state of every file below a folder; links are not followed."""
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in found:
        yield os.fsencode(entry.path)
        yield _stat(Path(entry.path))
        if entry.is_dir(follow_symlinks=False):
            yield from _below(Path(entry.path))


def _stat(path: Path) -> bytes:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return b"-"
    return f"{found.st_mtime_ns} {found.st_size} {found.st_ino}".encode()
