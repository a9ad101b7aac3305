"""What the build keeps of each issue and roundtable, so that it is read only once."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Generic, NamedTuple

from newsletter.archive.index import Listed, Shown
from newsletter.archive.stamps import UNSETTLED, Stamp
from newsletter.model.issue import Issue, IssueStatus
from newsletter.model.roundtable import Roundtable
from newsletter.render.page import Entry, Site, entry
from newsletter.render.roundtable_entry import RoundtableEntry, roundtable_entry


class Record(NamedTuple, Generic[Shown]):
    """A file's summary; `text` is the digest of its bytes, `shown` that of `entry`.

    `since` is the day it comes out: None for an issue that never does, and for a
    roundtable without a date. `roundtable` is the slug of the one an issue features;
    `images` are the keys of those that the entry shows.
    """

    file: str
    stamp: Stamp
    text: str
    shown: str
    slug: str
    key_lines: dict[str, int]
    since: date | None
    roundtable: str
    aliases: tuple[str, ...]
    entry: Shown
    images: tuple[str, ...] = ()


IssueRecord = Record[Entry]
TableRecord = Record[RoundtableEntry]

# The keys that other files may make a mistake of.
_LINES = ("slug", "roundtable", "aliases")


def text_digest(path: Path) -> str:
    """The digest of a file's text; empty where it cannot be read."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123  # for thousands
            return _digest(file.read())
    except OSError:
        return ""


def renewed(
    record: IssueRecord | TableRecord, stamp: Stamp, root: Path
) -> IssueRecord | TableRecord | None:
    """A file's summary while its text is the same; None where it is another."""
    if record.stamp == stamp != UNSETTLED:
        return record
    same = record.text == text_digest(root / record.file)
    return record._replace(stamp=stamp) if same else None


def record_issue(issue: Issue, site: Site, stamp: Stamp) -> IssueRecord:
    """The summary of an issue whose file has this stamp."""
    made = entry(issue, site)
    hidden = issue.private or issue.status is IssueStatus.DRAFT
    return Record(
        file=issue.file,
        stamp=stamp,
        text=_digest(issue.source.encode()),
        shown=_digest(repr(made).encode()),
        slug=issue.slug,
        key_lines=_lines(issue.key_lines),
        since=None if hidden else issue.published_on,
        roundtable=issue.roundtable.slug if issue.roundtable else "",
        aliases=issue.aliases,
        entry=made,
    )


def record_roundtable(roundtable: Roundtable, site: Site, stamp: Stamp) -> TableRecord:
    """The summary of a roundtable whose file has this stamp."""
    made = roundtable_entry(roundtable, site)
    return Record(
        file=roundtable.file,
        stamp=stamp,
        text=_digest(roundtable.source.encode()),
        shown=_digest(repr(made).encode()),
        slug=roundtable.slug,
        key_lines=_lines(roundtable.key_lines),
        since=roundtable.date,
        roundtable="",
        aliases=(),
        entry=made,
    )


def listed(record: Record[Shown]) -> Listed[Shown]:
    """What the pages of others need of it."""
    return Listed(
        slug=record.slug,
        entry=record.entry,
        text=record.text,
        shown=record.shown,
        file=record.file,
        roundtable=record.roundtable,
        moved=record.aliases,
    )


def _lines(lines: dict[str, int]) -> dict[str, int]:
    return {key: lines[key] for key in _LINES if key in lines}


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
