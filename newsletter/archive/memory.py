"""What a build remembers of the last one: summaries of texts, keys of pages, images."""

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from newsletter.archive.folder import FileStamp
from newsletter.archive.packing import pack, unpacker
from newsletter.archive.record import IssueRecord, TableRecord
from newsletter.archive.shots import Shot


class Made(NamedTuple):
    """A file of the site: the key of what it shows, its digest, its stamp.

    `images` are the keys of those that it shows; `links` are the places in the site
    that its texts link to, and whether there was such a page.
    """

    key: str
    digest: str
    stamp: FileStamp
    images: tuple[str, ...]
    links: dict[str, bool]


_KINDS = (IssueRecord, TableRecord, Made, Shot)


@dataclass(slots=True)
class Memory:
    """All of it.

    `settings` names the settings and templates under which it holds, `style` is the
    version of the style sheet that is made of them.
    """

    settings: str = ""
    style: str = ""
    issues: dict[str, IssueRecord] = field(default_factory=dict)
    roundtables: dict[str, TableRecord] = field(default_factory=dict)
    made: dict[str, Made] = field(default_factory=dict)
    images: dict[str, Shot] = field(default_factory=dict)
    _lines: dict[tuple[int, str], tuple[object, str]] = field(default_factory=dict)

    def pack(self, before: "Memory") -> bytes:
        """The bytes of which `unpack` makes it again: a line for each value.

        Most values are those of `before`, and so are their lines.
        """
        for number, part in enumerate(self._parts):
            for name, value in part.items():
                place = number, name
                known, line = before._lines.get(place, (None, ""))
                if known is not value:
                    line = pack((number, name, value))
                self._lines[place] = value, line
        lines = (line for _, line in self._lines.values())
        return "\n".join((pack((self.settings, self.style)), *lines)).encode()

    @classmethod
    def unpack(cls, data: bytes) -> "Memory":
        """What was packed; an empty memory for what is no memory of this program's."""
        try:
            return cls._unpack(data.decode())
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            return cls()

    @classmethod
    def _unpack(cls, text: str) -> "Memory":
        first, *lines = text.split("\n")
        memory = cls(*json.loads(first))
        readers = [unpacker(kind) for kind in _KINDS]
        # All at once, which is faster than one by one.
        packed = json.loads(f"[{','.join(lines)}]")
        for line, (number, name, data) in zip(lines, packed, strict=True):
            value = memory._parts[number][name] = readers[number](data)
            memory._lines[number, name] = value, line
        return memory

    @property
    def _parts(self) -> tuple[dict[str, Any], ...]:
        """What there is by names, in the order of `_KINDS`."""
        return self.issues, self.roundtables, self.made, self.images
