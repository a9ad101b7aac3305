"""Reads the hiring signals of a pasted roundtable: reasons to hire, concerns."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from newsletter.importing.labels import Heads, Part, bare, is_headlike
from newsletter.importing.lines import Line
from newsletter.importing.panel import Member, Names, is_name
from newsletter.importing.told import Note, shown

_PREFIX = re.compile(r"(?P<name>[^:：]{1,60})[:：]\s*(?P<rest>\S.*)")
_KINDS = (Part.HIRE, Part.CONCERN)


def learn(lines: Sequence[Line], names: Names, heads: Heads) -> dict[str, Part]:
    """The heads that a page has over its signals, where they are none that we know.

    They are short, and stand again below each name: the one right below it is the
    reason to hire, the other the concern.
    """
    found = {line.text: heads.find(line.text) for line in lines}
    known = {text: head.part for text, head in found.items() if head}
    if Part.CONCERN in known.values():
        return {}
    if hires := [line for line in lines if known.get(line.text) is Part.HIRE]:
        return _concern(lines, bare(hires[0].text), len(hires), names)
    below = Counter(
        filter(None, (_below(lines, at, names) for at in range(len(lines))))
    )
    label, times = below.most_common(1)[0] if below else ("", 0)
    if times < 2:
        return {}
    return {label: Part.HIRE} | _concern(lines, label, times, names)


def _concern(
    lines: Sequence[Line], label: str, times: int, names: Names
) -> dict[str, Part]:
    """The head that stands as often as `label`, the one over the reasons to hire."""
    again = Counter(bare(line.text) for line in lines if is_headlike(line.text))
    for other, often in again.most_common():
        is_other = other != label and other not in names.roles
        if is_other and often >= times > 1 and not names.whole(other):
            return {other: Part.CONCERN}
    return {}


def first_signal(lines: Sequence[Line], names: Names, learned: Collection[str]) -> int:
    """The place of the first name with a learned head below it."""
    return next(at for at in range(len(lines)) if _below(lines, at, names) in learned)


def _below(lines: Sequence[Line], at: int, names: Names) -> str:
    """The short line below a whole name, or below the role that follows it."""
    if not names.whole(lines[at].text):
        return ""
    after = [line.text for line in lines[at + 1 : at + 3]]
    short = [bare(text) for text in after if is_headlike(text)]
    found = [
        text for text in short if text not in names.roles and not names.whole(text)
    ]
    return found[-1] if found else ""


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
    _who: Member | None = None
    _what: Part | None = None
    _ended: bool = False

    def read(self, lines: Sequence[Line]) -> None:
        """Give every line to an expert as reason or concern; the rest is unplaced."""
        marks = [at for at, _ in enumerate(lines) if self._is_mark(lines, at)]
        last = marks[-1] if marks else -1
        at = 0
        while at < len(lines):
            at += self._line(lines, at, last=at > last)

    def _line(self, lines: Sequence[Line], at: int, *, last: bool) -> int:
        """Read the line at a place; tells how many lines that took."""
        line = lines[at]
        part, rest = self._part(line.text)
        if line.number in self.junk:
            # What follows a button is no further paragraph of what was before it.
            self._ended = True
        elif part:
            self._what, self._ended = part, False
            if rest:
                self._text(Line(line.number, rest), last=False)
        elif self._is_name(lines, at):
            self._who, self._ended = self._member(line), False
            return 1 + self._role(lines, at)
        elif who := self._spoken(line.text):
            self._who, self._ended = who[0], False
            self._text(Line(line.number, who[1]), last=False)
        else:
            self._text(line, last=last)
        return 1

    def _part(self, text: str) -> tuple[Part | None, str]:
        """The signal that a head stands over, and what follows on its line."""
        if part := self.learned.get(bare(text)):
            return part, ""
        head = self.heads.find(text)
        return (head.part, head.rest) if head and head.part in _KINDS else (None, "")

    def _is_mark(self, lines: Sequence[Line], at: int) -> bool:
        return bool(self._part(lines[at].text)[0]) or self._is_name(lines, at)

    def _is_name(self, lines: Sequence[Line], at: int) -> bool:
        """Whether a line is a name: one of the panel's, or right above a head."""
        if Names(self.members).find(lines[at].text):
            return True
        below = [self._part(line.text)[0] for line in lines[at + 1 : at + 3]]
        alone = is_headlike(lines[at].text) and is_name(lines[at].text)
        above = lines[at - 1].text if at else ""
        is_role = Names(self.members).find(above) is not None
        between = len(below) == 2 and below[0] is None and below[1] is not None
        short = between and is_headlike(lines[at + 1].text)
        return alone and not is_role and (short or bool(below and below[0]))

    def _member(self, line: Line) -> Member:
        if member := Names(self.members).find(line.text):
            return member
        what = f"{line.text} has signals and is not on the panel"
        self.notes.append(Note(line.number, what, "added to it"))
        self.members.append(Member(line.text))
        return self.members[-1]

    def _role(self, lines: Sequence[Line], at: int) -> bool:
        """Whether the line below a name is their role, here or on the panel."""
        if at + 1 >= len(lines) or self._is_mark(lines, at + 1):
            return False
        text, member = lines[at + 1].text, self._who
        if member is None or not is_headlike(text) or lines[at + 1].number in self.junk:
            return False
        if text != member.role and member.role:
            what = f"{member.name} is {shown(text)} here and {shown(member.role)} above"
            self.notes.append(Note(lines[at + 1].number, what, "kept what is above"))
        member.role = member.role or text
        return True

    def _spoken(self, text: str) -> tuple[Member, str] | None:
        """`Marcus: used data`: below a head that is everybody's."""
        found = _PREFIX.fullmatch(text)
        member = Names(self.members).find(found["name"]) if found else None
        return (member, found["rest"]) if member and found else None

    def _text(self, line: Line, *, last: bool) -> None:
        if self._who is not None and self._what is not None and not self._ended:
            hire = self._what is Part.HIRE
            texts = self._who.hire if hire else self._who.concern
            # After the very last of them the page goes on with something else.
            if not (last and texts):
                texts.append(line.text)
                return
        what = f"{shown(line.text)} is nobody's reason to hire or concern"
        self.notes.append(Note(line.number, what, "kept as not placed"))
        self.unplaced.append(line)
