"""Brings a site folder to hold exactly the files of a site, and those of others."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from newsletter.archive.folder import NOT_A_FILE, Folder, digest, open_folder
from newsletter.archive.manifest import MANIFEST, read_manifest, write_manifest
from newsletter.errors import UsageError

_SHOWN = 5
"""As many files are named in a message."""

# What neither HTML nor XML may hold; YAML can spell such characters as escapes.
_NO_TEXT = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


class Source(Protocol):
    """What bytes are copied from when they are wanted: a path, a published image."""

    def read_bytes(self) -> bytes:
        """All of them."""


@dataclass(frozen=True, slots=True)
class SiteFile:
    """A file of the site: its place, and its bytes or what they are copied from."""

    path: str
    content: bytes | Source

    @property
    def data(self) -> bytes:
        """The bytes to write."""
        return (
            self.content
            if isinstance(self.content, bytes)
            else self.content.read_bytes()
        )


def text_file(path: str, text: str) -> SiteFile:
    """A file of text lines, without the characters that no text may hold."""
    return SiteFile(path, (_NO_TEXT.sub("", text).rstrip("\n") + "\n").encode())


@dataclass(slots=True)
class Changes:
    """What a build does to the folder."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0


@dataclass(slots=True)
class _Plan:
    """What is to be written and removed; `digests` are of the finished site."""

    changed: list[SiteFile] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)


def write_site(out: Path, files: Sequence[SiteFile]) -> Changes:
    """Write what is new or differs, remove what we wrote before and is no more.

    A file that is not in our manifest is not ours: it stays as it is. Raises
    UsageError, before anything is written, where a file of the site would replace one.
    """
    with open_folder(out) as folder:
        try:
            return _write(folder, files)
        except OSError as error:
            name = error.filename or "a file"
            message = f"{name} in {out} cannot be written: {error.strerror}"
            raise UsageError(message) from None


def _write(folder: Folder, files: Sequence[SiteFile]) -> Changes:
    ours = _read_ours(folder)
    plan = _plan(folder, files, ours)
    if plan.foreign:
        raise _foreign(folder, plan.foreign)
    if plan.changed:
        # Kept first: should we be broken off, the next build knows what is ours.
        started = dict.fromkeys((file.path for file in plan.changed), NOT_A_FILE)
        folder.write(MANIFEST, write_manifest(ours | started))
    for file in plan.changed:
        folder.write(file.path, file.data)
    for path in plan.stale:
        folder.remove(path)
    if plan.changed or plan.digests != ours:
        folder.write(MANIFEST, write_manifest(plan.digests))
    unchanged = len(plan.digests) - len(plan.changed)
    return Changes(len(plan.changed), unchanged, len(plan.stale))


def _read_ours(folder: Folder) -> dict[str, str]:
    if folder.digest(MANIFEST) == NOT_A_FILE:
        raise _foreign(folder, [MANIFEST])
    data = folder.read(MANIFEST)
    ours = read_manifest(data, str(folder.path / MANIFEST)) if data is not None else {}
    for path, known in ours.items():
        if known == NOT_A_FILE:
            folder.remove_unfinished(path)
    return ours


def _plan(folder: Folder, files: Iterable[SiteFile], ours: dict[str, str]) -> _Plan:
    plan = _Plan()
    for file in files:
        wanted = plan.digests[file.path] = digest(file.data)
        found = folder.digest(file.path)
        if found == wanted:
            continue
        if found is None or (found != NOT_A_FILE and file.path in ours):
            plan.changed.append(file)
        else:
            plan.foreign.append(file.path)
    for path in sorted(ours.keys() - plan.digests.keys()):
        if folder.digest(path) not in (None, NOT_A_FILE):
            plan.stale.append(path)
    return plan


def _foreign(folder: Folder, paths: Sequence[str]) -> UsageError:
    names = ", ".join(str(folder.path / path) for path in paths[:_SHOWN])
    if len(paths) > _SHOWN:
        names += f" and {len(paths) - _SHOWN} more"
    return UsageError(
        f"would replace what `newsletter` has not written: {names}",
        hint="move it away; to change a page, put your own template into templates/web",
    )
