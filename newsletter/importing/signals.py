"""Reads the hiring signals of a pasted roundtable: reasons to hire, concerns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from newsletter.importing.junk import is_rule
from newsletter.importing.labels import Heads, Part
from newsletter.importing.learning import label_of
from newsletter.importing.lines import Line
from newsletter.importing.panel import Member, Names, is_name, is_role
from newsletter.importing.shape import bare, is_headlike, is_item
from newsletter.importing.signal_heads import PLUS_MINUS, plus_and_minus, table_head
from newsletter.importing.told import Note, shown

_PREFIX = re.compile(r"(?P<name>[^:：]{1,60})[:：]\s*(?P<rest>\S.*)")
_KINDS = (Part.HIRE, Part.CONCERN)
# `Strong hire`, `Lean no`: what an expert would do, in a word or two.
_VERDICT = re.compile(
    r"\b(?:hire|yes|no|not|pass|lean(?:ing)?|reject|advance|decline|undecided|maybe"
    r"|zusage|absage|ja|nein|oui|non|sí)\b",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    r"\b(?:no|not|pass|reject|decline|absage|nein|non)\b|n['’]t\b", re.IGNORECASE
)


@dataclass(slots=True)
class SignalReader:
    """Goes through the lines below the signals' head; knows who and what is meant.

    `learned` are heads that only this page has, `junk` the lines that are the page's.
    """

    members: list[Member]
    heads: Heads
    learned: dict[str, Part]
    junk: frozenset[int] = frozenset()
    unplaced: list[Line] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    _lines: Sequence[Line] = ()
    _alone: dict[str, Part] = field(default_factory=dict)
    """The heads that stand alone, by their words: there others are a text's."""
    _by_name: bool = False
    """Whether the heads stand below each name, and not the names below each head."""
    _first: Part | None = None
    _plus_minus: bool = False
    """Whether `+` and `-` stand before the signals, and no heads over them."""
    _who: Member | None = None
    _what: Part | None = None
    _ended: bool = False
    _columns: tuple[Part | None, ...] = ()
    """What the columns of a table hold, below its first row."""

    def read(self, lines: Sequence[Line]) -> None:
        """Give every line to an expert as reason or concern; the rest is unplaced."""
        self._lines = lines
        self._look_around()
        marks = [at for at in range(len(lines)) if self._is_mark(at)]
        last = marks[-1] if marks else -1
        at = 0
        while at < len(lines):
            at += self._line(at, last=at > last)

    def _look_around(self) -> None:
        """See which form the page has before its lines are read one by one."""
        self._plus_minus = plus_and_minus(self._lines, self.heads)
        for at, line in enumerate(self._lines):
            part, rest = self._named_part(line.text)
            if part:
                self._first = self._first or part
                self._by_name = self._by_name or self._is_below_name(at)
                if not rest:
                    self._alone[bare(line.text)] = part

    def _is_below_name(self, at: int) -> bool:
        """Whether a name of the panel, and perhaps a line or two, stand right above."""
        names = Names(self.members)
        for line in self._lines[max(0, at - 3) : at][::-1]:
            if names.find(line.text):
                return True
            if not is_headlike(line.text) or self._named_part(line.text)[0]:
                return False
        return False

    def _line(self, at: int, *, last: bool) -> int:
        """Read the line at a place; tells how many lines that took."""
        line = self._lines[at]
        if columns := table_head(line, self.heads):
            self._columns = columns
            return 1
        if len(line.cells) == len(self._columns) > 0:
            self._row(line)
            return 1
        part, rest = self._part(at)
        if line.number in self.junk:
            # What follows a button is no further paragraph of what was before it.
            self._ended |= not is_rule(line)
        elif part:
            self._what, self._ended = part, False
            if rest:
                self._text(Line(line.number, rest), last=False)
        elif self._is_name(at):
            self._who, self._what, self._ended = self._member(line), self._over(), False
            return 1 + self._about(at)
        elif who := self._spoken(line.text):
            self._who, self._ended = who[0], False
            self._text(Line(line.number, who[1]), last=False)
        else:
            self._text(line, last=last)
        return 1

    def _row(self, line: Line) -> None:
        """Read a row of a table: a name, and what stands in each column."""
        name = self._columns.index(None) if None in self._columns else 0
        self._who = self._member(Line(line.number, line.cells[name]))
        self._ended = False
        for column, cell in zip(self._columns, line.cells, strict=True):
            if column:
                self._what = column
                self._text(Line(line.number, cell), last=False)
        self._what = None

    def _over(self) -> Part | None:
        """What a new name's text is: nothing yet, where each name has its own heads."""
        return None if self._by_name else self._what

    def _named_part(self, text: str) -> tuple[Part | None, str]:
        """The signal that a head stands over, and what follows on its line."""
        if part := self.learned.get(bare(text)):
            return part, ""
        if part := self.learned.get(label_of(text)):
            return part, text.replace("：", ":").partition(":")[2].strip()
        mark, blank, rest = text.partition(" ")
        if self._plus_minus and blank and mark in PLUS_MINUS:
            return PLUS_MINUS[mark], rest
        head = self.heads.find(text)
        return (head.part, head.rest) if head and head.part in _KINDS else (None, "")

    def _part(self, at: int) -> tuple[Part | None, str]:
        """As `_named_part`, and only where a text does not just open with its word."""
        text = self._lines[at].text
        part, rest = self._named_part(text)
        if part and rest and part in self._alone.values():
            label = bare(text.replace("：", ":").partition(":")[0])
            if label not in self._alone or self._is_alone(at - 1):
                return None, ""
        return part, rest

    def _is_alone(self, at: int) -> bool:
        return at >= 0 and bare(self._lines[at].text) in self._alone

    def _is_mark(self, at: int) -> bool:
        return bool(self._part(at)[0]) or self._is_name(at)

    def _is_name(self, at: int) -> bool:
        """Whether a line is a name: one of the panel's, or right above a head."""
        text = self._lines[at].text
        if Names(self.members).find(text):
            return True
        if not is_headlike(text) or not is_name(text):
            return False
        below = [
            self._named_part(line.text)[0] for line in self._lines[at + 1 : at + 3]
        ]
        between = len(below) == 2 and below[0] is None and below[1] is self._first
        over = between and is_headlike(self._lines[at + 1].text)
        over = over or bool(below and below[0] and below[0] is self._first)
        return over and not self._is_below_name(at) and not self._is_alone(at - 1)

    def _member(self, line: Line) -> Member:
        if member := Names(self.members).find(line.text):
            return member
        what = f"{line.text} has signals and is not on the panel"
        self.notes.append(Note(line.number, what, "added to it"))
        self.members.append(Member(line.text))
        return self.members[-1]

    def _about(self, at: int) -> int:
        """Read the lines between a name and its first head: role and verdict."""
        member = self._who
        below = self._lines[at + 1 : at + 3]
        for count, line in enumerate(below):
            mark = self._is_mark(at + 1 + count) or line.number in self.junk
            if member is None or mark or not is_headlike(line.text):
                return count
            told = _VERDICT.search(line.text) and not is_role(line)
            if told and line.text != member.role:
                self._verdict(member, line)
            elif count == 0:
                self._role(member, line)
            else:
                return count
        return len(below)

    def _is_bare_verdict(self, line: Line) -> bool:
        """Take `No. She waits.` for why, where no heads stand over the signals."""
        opens = _VERDICT.match(line.text)
        if self._who is None or self._first or self._what or not opens:
            return False
        first = re.split(r"[.,:;!–—-]", line.text)[0]
        against = _AGAINST.search(first)
        (self._who.concern if against else self._who.hire).append(line.text)
        return True

    def _verdict(self, member: Member, line: Line) -> None:
        """Keep what an expert would do as the first sentence of why."""
        part = Part.CONCERN if _AGAINST.search(line.text) else Part.HIRE
        if self._what is None or self._first is None:
            # No head stands below it: what follows is why.
            self._what = part
        before = member.hire_first if part is Part.HIRE else member.concern_first
        before.append(line.text)
        what = f"{shown(line.text)} stands below {member.name}'s name"
        self.notes.append(Note(line.number, what, f"kept before the {part}"))

    def _role(self, member: Member, line: Line) -> None:
        """Take a line below a name as their role, unless the panel has another."""
        if line.text != member.role and member.role:
            what = f"{member.name} is {shown(line.text)} here"
            what = f"{what} and {shown(member.role)} above"
            self.notes.append(Note(line.number, what, "kept what is above"))
        member.role = member.role or line.text

    def _spoken(self, text: str) -> tuple[Member, str] | None:
        """`Marcus: used data`: below a head that is everybody's."""
        found = None if self._by_name else _PREFIX.fullmatch(text)
        member = Names(self.members).find(found["name"]) if found else None
        return (member, found["rest"]) if member and found else None

    def _text(self, line: Line, *, last: bool) -> None:
        if self._who is not None and self._what is not None and not self._ended:
            hire = self._what is Part.HIRE
            texts = self._who.hire if hire else self._who.concern
            # After the very last of them the page goes on with something else.
            listed = bool(texts) and is_item(texts[-1]) and is_item(line.text)
            if listed or not (last and texts):
                texts.append(line.text)
                return
        if self._who is not None and self._is_bare_verdict(line):
            return
        what = f"{shown(line.text)} is nobody's reason to hire or concern"
        self.notes.append(Note(line.number, what, "kept as not placed"))
        self.unplaced.append(line)
