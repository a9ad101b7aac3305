"""The file in which a build keeps what it knows: safe to delete, ignored when damaged.

Its first line is all that a build needs to see that nothing has changed. It is JSON,
and no form that could run a program: a publication may come from a stranger.
"""

import hashlib
import json
import os
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import NamedTuple

from newsletter.archive.wanted import Wanted

FOLDER = ".newsletter/cache/site"
"""Where it is in a publication."""

_FORM = 2
"""Changed when the file's form is."""


class Glance(NamedTuple):
    """What a build saw: digests of its inputs and outputs, the images it used.

    It holds from the day `today` until the day before `until`.
    """

    program: str
    inputs: str
    outputs: str
    images: tuple[str, ...]
    today: str
    until: str

    def holds_on(self, today: date) -> bool:
        """Whether the same is public on this day."""
        return self.today <= today.isoformat() < self.until


def cache_path(root: Path, out: Path, wanted: Wanted) -> Path:
    """The file for the builds of a publication into a folder, of one kind."""
    name = f"{out.resolve()}\0{wanted!r}".encode(errors="surrogateescape")
    return root / FOLDER / f"{digest(name)}.json"


def read_glance(path: Path) -> Glance | None:
    """The first line alone; None without one."""
    try:
        with path.open("rb") as file:
            return _glance(file.readline())
    except OSError:
        return None


def read_cache(path: Path) -> bytes:
    """The body of the file; empty where there is none, or a damaged one."""
    try:
        head, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        return b""
    known, _, data = body.partition(b"\n")
    return data if _glance(head) and known == digest(data).encode() else b""


def write_cache(path: Path, glance: Glance, body: bytes) -> None:
    """Keep both, whole or not at all; what cannot be kept is found out again."""
    from tempfile import mkstemp  # noqa: PLC0415  # not to see that nothing changed

    head = json.dumps([_FORM, *glance]).encode()
    head = digest(head).encode() + b" " + head
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        fd, unfinished = mkstemp(dir=path.parent)
        try:
            with open(fd, "wb") as file:  # noqa: PTH123  # a descriptor has no path
                file.write(b"\n".join((head, digest(body).encode(), body)))
            os.replace(unfinished, path)  # noqa: PTH105
        except BaseException:
            with suppress(OSError):
                os.unlink(unfinished)  # noqa: PTH108
            raise


def digest(data: bytes) -> str:
    """What names these bytes."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _glance(line: bytes) -> Glance | None:
    known, _, text = line.rstrip(b"\n").partition(b" ")
    if known != digest(text).encode():
        return None
    form, *fields = json.loads(text)
    return Glance(*fields) if form == _FORM else None
