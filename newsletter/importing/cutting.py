"""Cuts what stands below the panel into remarks, consensus and hiring signals.

A part begins at a head that stands alone. A line such as `Concern: he never says why`
may be a head with its text, and may as well be a remark that opens with that word: it
is a head only where nothing else on the page is, and the lines around it agree.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from newsletter.importing.labels import Head, Heads, Part
from newsletter.importing.learning import first_signal, learn
from newsletter.importing.lines import Line
from newsletter.importing.panel import Member, Names
from newsletter.importing.shape import is_headlike, is_sentence
from newsletter.importing.signal_heads import table_head
from newsletter.importing.told import Note, shown

_QUESTION = 4
"""Words of a question that may be a head: `Yes or no?`"""
_SIGNALS = (Part.HIRE, Part.CONCERN)


@dataclass(slots=True)
class Parts:
    """The lines of the three parts; the last two with their heads."""

    talk: list[Line]
    consensus: list[Line]
    signals: list[Line]
    notes: list[Note] = field(default_factory=list)


def cut(
    lines: list[Line], members: Sequence[Member], heads: Heads, junk: frozenset[int]
) -> Parts:
    """Remarks, consensus and signals, in whatever order the last two stand."""
    cutter = _Cutter(lines, list(members), heads, junk)
    signals = cutter.signals()
    consensus = cutter.consensus(signals)
    lines = cutter.lines
    marks = sorted(at for at in (signals, consensus) if at >= 0)
    ends = dict(zip(marks, [*marks[1:], len(lines)], strict=False))
    return Parts(
        lines[: marks[0]] if marks else lines,
        lines[consensus : ends[consensus]] if consensus >= 0 else [],
        lines[signals : ends[signals]] if signals >= 0 else [],
        cutter.notes,
    )


@dataclass(slots=True)
class _Cutter:
    lines: list[Line]
    members: list[Member]
    heads: Heads
    junk: frozenset[int]
    notes: list[Note] = field(default_factory=list)

    def _head(self, at: int) -> Head | None:
        line = self.lines[at]
        return None if line.number in self.junk else self.heads.find(line.text)

    def _places(self, *parts: Part, alone: bool) -> list[int]:
        """Where heads of these parts stand: alone, or before a text on their line."""
        return [
            at
            for at in range(len(self.lines))
            if (head := self._head(at))
            and head.part in parts
            and alone is not bool(head.rest)
        ]

    def signals(self) -> int:
        """Where the hiring signals begin; -1 where the page has none."""
        names = Names(self.members)
        over_all = self._over_signals()
        if over_all >= 0:
            return over_all
        for alone in (True, False):
            for at in self._places(*_SIGNALS, alone=alone):
                begin = self._back_to_name(at, names)
                if alone or (begin < at and self._has_both(at)):
                    return self._with_head(begin)
        learned = learn(self.lines, names, self.heads)
        if not learned:
            return -1
        first = first_signal(self.lines, names, self.heads, learned)
        return self._with_head(first) if first >= 0 else -1

    def _over_signals(self) -> int:
        """The head over all of the signals: the last below which there are some."""
        both = [
            at
            for at, line in enumerate(self.lines)
            if self.heads.both_signals(line.text) or table_head(line, self.heads)
        ]
        found = sorted({*self._places(Part.SIGNALS, alone=True), *both})
        found = found or [
            at
            for at in self._places(Part.SIGNALS, alone=False)
            if not is_sentence(self.lines[at].text)
        ]
        filled = [at for at in found if at in both or self._has_signals(at)]
        begin = (filled or [*found, -1][:1])[-1]
        # `Hiring signals`, and right below it the first row of a table.
        return begin - 1 if begin - 1 in found else begin

    def _has_signals(self, at: int) -> bool:
        names = Names(self.members)
        for place in range(at + 1, min(at + 5, len(self.lines))):
            head = self._head(place)
            if head and head.part in _SIGNALS:
                return True
            if names.whole(self.lines[place].text):
                return True
        return False

    def _has_both(self, at: int) -> bool:
        """Whether reason and concern stand one below the other, before their texts."""
        pair = [self._head(place) for place in (at, at + 1) if place < len(self.lines)]
        return {head.part for head in pair if head} == set(_SIGNALS)

    def _with_head(self, signals: int) -> int:
        """The signals' place with a head above them that is none that we know."""
        above = self.lines[max(0, signals - 2) : max(0, signals)]
        first = self._head(signals)
        if len(above) < 2 or (first and first.part in _SIGNALS):
            return signals
        text, head = above
        asks = head.text.endswith("?") and head.words <= _QUESTION
        alone = is_sentence(text.text) and (asks or is_headlike(head.text))
        if not alone or self.heads.find(head.text) or head.number in self.junk:
            return signals
        what = f"{shown(head.text)} stands above the first of the signals"
        self.notes.append(Note(head.number, what, "read as their head"))
        self.lines.remove(head)
        return signals - 1

    def _back_to_name(self, at: int, names: Names) -> int:
        """The name, and the role between, that stand above the first signal."""
        for above in (1, 2):
            before = self.lines[max(0, at - above) : at]
            if len(before) == above:
                known = names.find(before[0].text) is not None
                short = all(is_headlike(line.text) for line in before)
                stranger = above == 2 and short
                if known or (not self.members and stranger):
                    return at - above
        return at

    def consensus(self, signals: int) -> int:
        """Where the consensus begins; -1 where the page has none."""
        found = self._places(Part.CONSENSUS, alone=True)
        if not found:
            found = [
                at
                for at in self._places(Part.CONSENSUS, alone=False)
                if self._is_consensus(at, signals)
            ]
        before = [at for at in found if signals < 0 or at < signals]
        return (before or found or [-1])[-1]

    def _is_consensus(self, at: int, signals: int) -> bool:
        """Whether `Summary: she did it.` is the panel's, and no remark of one of them.

        It is where its label says so, and below the signals. Else it must stand below
        whole rounds, of which it would not complete another.
        """
        line, size = self.lines[at], max(1, len(self.members))
        if self.heads.is_joint(line.text) or 0 <= signals < at:
            return True
        end = signals if signals >= 0 else len(self.lines)
        above = self._remarks(0, at)
        below = self._remarks(at + 1, end)
        whole = above > 0 and above % size == 0
        joint = whole and below == 0 if size == 1 else whole and (below + 1) % size > 0
        did = "read as the consensus" if joint else "read as a remark"
        what = f"{shown(line.text)} opens as a consensus does"
        self.notes.append(Note(line.number, what, did))
        return joint

    def _remarks(self, begin: int, end: int) -> int:
        lines = self.lines[begin:end]
        return sum(
            not is_headlike(line.text) and line.number not in self.junk
            for line in lines
        )
