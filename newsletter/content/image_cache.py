"""Keeps the images that were made, so that each is made once: safe to delete."""

import hashlib
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp

import PIL

from newsletter.content.image_variant import RECIPE
from newsletter.content.image_wish import Variant, Wish

FOLDER = ".newsletter/cache/images"
"""Where it is in a publication."""

_DIGEST = 32
_HEAD = re.compile(rb"(jpg|png|gif) ([1-9]\d{0,5}) ([1-9]\d{0,5})\n")


@dataclass(frozen=True, slots=True)
class ImageCache:
    """The variants made of a publication's images, one file each.

    A file begins with the digest of the rest, so that one that was cut off or changed
    is not used. Several processes may read and write at once. What cannot be written is
    made again the next time.
    """

    root: Path

    def load(self, key: str, wish: Wish) -> Variant | None:
        """The variant kept for the source that `key` names, if there is one."""
        try:
            content = self._path(key, wish).read_bytes()
        except OSError:
            return None
        digest, rest = content[:_DIGEST], content[_DIGEST:]
        head = _HEAD.match(rest)
        if head is None or digest != _digest(rest):
            return None
        suffix, width, height = (part.decode() for part in head.groups())
        return Variant(rest[head.end() :], suffix, int(width), int(height))

    def save(self, key: str, wish: Wish, variant: Variant) -> None:
        """Keep a variant, whole or not at all."""
        head = f"{variant.suffix} {variant.width} {variant.height}\n"
        rest = head.encode() + variant.data
        path = self._path(key, wish)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, _digest(rest) + rest)

    def _path(self, key: str, wish: Wish) -> Path:
        name = f"{key}-{wish}-{RECIPE}-{PIL.__version__}"
        return self.root / FOLDER / name


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST // 2).hexdigest().encode()


def _replace(path: Path, data: bytes) -> None:
    """Put a whole file in place, whoever else does the same."""
    descriptor, name = mkstemp(dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
