"""What changed between two texts, word by word, paragraph by paragraph."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest

MAX_STEPS = 2_000_000
"""Pairs of equal words that are looked at, about a second's work; what has more of
them is as good as new, and is shown as such."""

HEADING = "# "
"""What a paragraph begins with that is a heading."""

BREAK = "¶"
"""Stands where a paragraph was cut in two, or two became one."""

# Chinese, Japanese and Korean have no blanks: there, each character counts as a word.
_IDEOGRAPH = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(f"[{_IDEOGRAPH}]|[^ {_IDEOGRAPH}]+")
_GLUED = re.compile(f"[{_IDEOGRAPH}]")


class Op(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words in a row that share their fate."""

    op: Op
    words: tuple[str, ...]

    @property
    def text(self) -> str:
        """The words as they are read."""
        parts = [self.words[0]]
        for before, word in zip(self.words, self.words[1:], strict=False):
            glued = _GLUED.match(before) and _GLUED.match(word)
            parts.append(word if glued else f" {word}")
        return "".join(parts)


_Paragraph = tuple[tuple[Piece, ...], Op]
"""The pieces of a paragraph, and where the break after it is from."""

_END: _Paragraph = ((), Op.SAME)


@dataclass(frozen=True, slots=True)
class Change:
    """A paragraph that changed, and the heading that it stands under."""

    heading: str
    pieces: tuple[Piece, ...]

    def count(self, op: Op) -> int:
        """How many words were added, removed, or left."""
        words = (piece.words for piece in self.pieces if piece.op is op)
        return sum(word != BREAK for each in words for word in each)


def word_diff(before: Sequence[str], after: Sequence[str]) -> tuple[Change, ...]:
    """The paragraphs that differ, in the order of the text.

    A paragraph is a heading when it begins with `HEADING`. Equal texts give equal
    answers, on every machine.
    """
    changes: list[Change] = []
    heading = ""
    for kind, low, high, first, last in _opcodes(before, after):
        if kind == "equal":
            heading = _last_heading(after[first:last]) or heading
            continue
        pieces = _pieces(_words(before[low:high]), _words(after[first:last]))
        for paragraph in _paragraphs(_settled(pieces)):
            if any(piece.op is not Op.SAME for piece in paragraph):
                changes.append(Change(heading, paragraph))
            heading = _last_heading([_now(paragraph)]) or heading
    return tuple(changes)


def _opcodes(
    before: Sequence[str], after: Sequence[str]
) -> Sequence[tuple[str, int, int, int, int]]:
    """How one becomes the other; all replaced where finding out takes too long."""
    counts = Counter(after)
    if sum(counts[item] for item in before) > MAX_STEPS:
        return [("replace", 0, len(before), 0, len(after))]
    return SequenceMatcher(None, before, after, autojunk=False).get_opcodes()


def _words(paragraphs: Iterable[str]) -> list[str]:
    """The words of paragraphs, with a break after each."""
    found: list[str] = []
    for paragraph in paragraphs:
        found += _WORD.findall(paragraph)
        found.append(BREAK)
    return found


def _pieces(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    for kind, low, high, first, last in _opcodes(before, after):
        if kind == "equal":
            yield Piece(Op.SAME, tuple(after[first:last]))
            continue
        if low < high:
            yield Piece(Op.REMOVED, tuple(before[low:high]))
        if first < last:
            yield Piece(Op.ADDED, tuple(after[first:last]))


def _settled(pieces: Iterable[Piece]) -> list[Piece]:
    """Take a few common words between larger changes as changed too.

    Two sentences that have only `the` and `a` in common are read more easily one after
    the other than word by word.
    """
    removed: list[str] = []
    added: list[str] = []
    settled: list[Piece] = []
    waiting = list(pieces)
    for number, piece in enumerate(waiting):
        if piece.op is Op.REMOVED:
            removed += piece.words
        elif piece.op is Op.ADDED:
            added += piece.words
        elif _is_small(piece, removed, added, waiting[number + 1 : number + 3]):
            removed += piece.words
            added += piece.words
        else:
            settled += _changed(removed, added)
            settled.append(piece)
            removed, added = [], []
    return settled + list(_changed(removed, added))


def _is_small(
    piece: Piece, removed: list[str], added: list[str], following: list[Piece]
) -> bool:
    if BREAK in piece.words:
        return False
    after = [len(item.words) for item in following if item.op is not Op.SAME]
    between = min(max(len(removed), len(added)), max(after, default=0))
    return len(piece.words) < between


def _changed(removed: list[str], added: list[str]) -> Iterator[Piece]:
    if removed:
        yield Piece(Op.REMOVED, tuple(removed))
    if added:
        yield Piece(Op.ADDED, tuple(added))


def _paragraphs(pieces: Iterable[Piece]) -> Iterator[tuple[Piece, ...]]:
    """Cut at the breaks, whichever side they are from.

    A break that came or went is shown where words that were left stand on both sides.
    """
    cut = list(_cut(pieces))
    for (paragraph, end), (following, _) in zip_longest(cut, cut[1:], fillvalue=_END):
        if end is Op.SAME or _only(paragraph, end) or _only(following, end):
            yield paragraph
        else:
            yield (*paragraph, Piece(end, (BREAK,)))


def _cut(pieces: Iterable[Piece]) -> Iterator[_Paragraph]:
    paragraph: list[Piece] = []
    for piece in pieces:
        words: list[str] = []
        for word in piece.words:
            if word != BREAK:
                words.append(word)
                continue
            if words:
                paragraph.append(Piece(piece.op, tuple(words)))
            yield tuple(paragraph), piece.op
            paragraph, words = [], []
        if words:
            paragraph.append(Piece(piece.op, tuple(words)))


def _only(paragraph: Iterable[Piece], op: Op) -> bool:
    return all(piece.op is op for piece in paragraph)


def _now(paragraph: Iterable[Piece]) -> str:
    return " ".join(piece.text for piece in paragraph if piece.op is not Op.REMOVED)


def _last_heading(paragraphs: Sequence[str]) -> str:
    """The last heading among paragraphs, without its mark."""
    found = (text for text in reversed(paragraphs) if text.startswith(HEADING))
    return next(found, "").removeprefix(HEADING)
