"""Compares two emails of an issue: what would readers see change?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from newsletter.model.frozen import FrozenEmail
from newsletter.sending.diff.seen import NOTHING, Reference, Seen, seen
from newsletter.sending.diff.word_diff import Change, Op, word_diff

LINES = ("subject", "preheader", "sender", "reply_to")
"""What an inbox shows of an email before it is opened, and where an answer goes."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Links or images that came, went, or changed their text or their target."""

    added: tuple[Reference, ...]
    removed: tuple[Reference, ...]
    changed: tuple[tuple[Reference, Reference], ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    def as_data(self) -> dict[str, Any]:
        """The changes for a program."""
        return {
            "added": [asdict(item) for item in self.added],
            "removed": [asdict(item) for item in self.removed],
            "changed": [
                {"before": asdict(before), "after": asdict(after)}
                for before, after in self.changed
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All that differs between two emails of an issue.

    `html_changed` and `text_changed` tell of any byte of these parts, so also of a
    change of style that no word tells of.
    """

    before: Seen
    after: Seen
    words: tuple[Change, ...]
    links: Changes
    images: Changes
    html_changed: bool
    text_changed: bool

    @property
    def lines(self) -> dict[str, tuple[str, str]]:
        """Before and after of what an inbox shows; only what differs."""
        both = {
            name: (getattr(self.before, name), getattr(self.after, name))
            for name in LINES
        }
        return {name: pair for name, pair in both.items() if pair[0] != pair[1]}

    @property
    def same(self) -> bool:
        """Whether a reader would get the same email."""
        return not (self.lines or self.html_changed or self.text_changed)

    def count(self, op: Op) -> int:
        """How many words were added or removed."""
        return sum(change.count(op) for change in self.words)

    def as_data(self) -> dict[str, Any]:
        """The difference for a program."""
        return {
            "same": self.same,
            **{
                name: {
                    "before": getattr(self.before, name),
                    "after": getattr(self.after, name),
                }
                for name in (*LINES, "html_bytes")
            },
            "html_changed": self.html_changed,
            "text_changed": self.text_changed,
            "words": {
                "added": self.count(Op.ADDED),
                "removed": self.count(Op.REMOVED),
                "paragraphs": [
                    {
                        "heading": change.heading,
                        "pieces": [
                            {"op": piece.op, "text": piece.text}
                            for piece in change.pieces
                        ],
                    }
                    for change in self.words
                ],
            },
            "links": self.links.as_data(),
            "images": self.images.as_data(),
        }


def compare(before: FrozenEmail | None, after: FrozenEmail) -> Difference:
    """Compare an earlier email of an issue, if there is one, with what it is now."""
    old = seen(before) if before else NOTHING
    new = seen(after)
    return Difference(
        before=old,
        after=new,
        words=word_diff(old.paragraphs, new.paragraphs),
        links=_changes(old.links, new.links),
        images=_changes(old.images, new.images),
        html_changed=before is None or _part(before, "html") != _part(after, "html"),
        text_changed=before is None or _part(before, "text") != _part(after, "text"),
    )


def _part(email: FrozenEmail, name: str) -> object:
    """A part of an email with the fields it is filled with."""
    part = getattr(email, name)
    return part.literals, [email.fields[slot] for slot in part.slots]


def _changes(before: Sequence[Reference], after: Sequence[Reference]) -> Changes:
    """Pair what has kept its text or its target; the rest came or went."""
    removed, added = _left(before, after), _left(after, before)
    changed: list[tuple[Reference, Reference]] = []
    for key in ("text", "target"):
        for new in added.copy():
            value = getattr(new, key)
            old = next((item for item in removed if getattr(item, key) == value), None)
            if old and value:
                changed.append((old, new))
                removed.remove(old)
                added.remove(new)
    return Changes(tuple(added), tuple(removed), tuple(changed))


def _left(these: Sequence[Reference], others: Sequence[Reference]) -> list[Reference]:
    """These without the others, in order; what stands twice counts twice."""
    spare = Counter(others)
    left = []
    for item in these:
        spare[item] -= 1
        if spare[item] < 0:
            left.append(item)
    return left
