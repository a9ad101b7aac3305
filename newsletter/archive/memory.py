"""What a build remembers of the last one: summaries of texts, keys of pages, images."""

import json
from dataclasses import dataclass, field
from typing import NamedTuple

from newsletter.archive.folder import FileStamp
from newsletter.archive.packing import pack, unpack
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

    def pack(self) -> bytes:
        """The bytes of which `unpack` makes it again."""
        texts = self.issues, self.roundtables
        parts = (self.settings, self.style, *texts, self.made, self.images)
        return pack(parts).encode()

    @classmethod
    def unpack(cls, data: bytes) -> "Memory":
        """What was packed; an empty memory for what is no memory of this program's."""
        kinds = (str, str, *map(_of, (IssueRecord, TableRecord, Made, Shot)))
        try:
            parts = zip(kinds, json.loads(data), strict=True)
            return cls(*(unpack(kind, part) for kind, part in parts))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return cls()


def _of(kind: type) -> object:
    return dict[str, kind]  # type: ignore[valid-type]
