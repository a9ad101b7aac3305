"""Keeps what is being written until it is saved, for its picture: in memory alone."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

_KEPT = 8
"""Texts that are kept; a page whose own was forgotten meanwhile sends it again."""


@dataclass(slots=True)
class Unsaved:
    """The texts that pages have asked a picture of."""

    _kept: OrderedDict[str, tuple[Path, bytes]] = field(default_factory=OrderedDict)

    def keep(self, path: Path, text: bytes) -> str:
        """Keep what the file at `path` would have; the key by which to ask for it."""
        # A name may hold bytes that are no text.
        name = str(path).encode(errors="surrogateescape")
        key = hashlib.blake2b(name + b"\0" + text, digest_size=16).hexdigest()
        self._kept[key] = path, text
        self._kept.move_to_end(key)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return key

    def text(self, path: Path, key: str) -> bytes | None:
        """The text of that key; None where it is not kept (any more)."""
        found = self._kept.get(key)
        return found[1] if found and found[0] == path else None
