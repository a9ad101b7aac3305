"""What `check` is told of the world around a text; it reads no file and no ledger."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An issue that the ledger knows: when it was sent, and the hash of its text."""

    slug: str
    day: datetime.date
    text_hash: str = ""


def _no_anchors(_: str) -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known around an issue or a roundtable; empty where nothing is.

    `pages` are the pages of the archive by their path, such as `say-the-number/`, with
    the day from which they are out, None for always; `anchors` gives the ids of one of
    them. `numbers` are the slugs of the issues with a number; `templates` the
    publication's own templates of the email by their file, with their text; `providers`
    the names of those who can deliver it.
    """

    pages: Mapping[str, datetime.date | None] = field(default_factory=dict)
    anchors: Callable[[str], frozenset[str]] = _no_anchors
    sent: tuple[Sent, ...] = ()
    numbers: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    providers: tuple[str, ...] = ()
