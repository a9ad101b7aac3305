"""Turns the text copied from a roundtable's page into a roundtable file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from newsletter.importing.around import first_consensus, other_pages
from newsletter.importing.cutting import cut
from newsletter.importing.junk import find_junk, is_rule, site_name
from newsletter.importing.labels import Heads, Part
from newsletter.importing.learning import label_of, learn
from newsletter.importing.lines import Line, read_lines
from newsletter.importing.marks import is_link
from newsletter.importing.opening import Opening, read_opening
from newsletter.importing.panel import Member, Names, listed_again, read_panel
from newsletter.importing.quoting import taken_apart
from newsletter.importing.remarks import Conversation, read_remarks
from newsletter.importing.roundtable_file import compose
from newsletter.importing.sectioning import Section, sections
from newsletter.importing.signal_heads import pictures
from newsletter.importing.signals import SignalReader
from newsletter.importing.speakers import times_beside
from newsletter.importing.told import Imported, Note, shown
from newsletter.model.imported import MARKS, NOBODY
from newsletter.model.labels import Labels

_SIGNALS = (Part.HIRE, Part.CONCERN)
_ANSWERS = re.compile(r"(?:replying|in reply) to (?P<name>\S.{1,60})", re.IGNORECASE)
_TIME = re.compile(r"\d{1,2}[:.]\d\d(?:\s?[ap]\.?m\.?)?", re.IGNORECASE)


def import_roundtable(
    text: str, labels: Labels, *, language: str = "en", day: date | None = None
) -> Imported:
    """Read a pasted page; what has no place in a roundtable is kept at the end of it.

    `labels` are the publication's own, `language` is that of its dates; `day` is the
    date to give it, when not that on the page.
    """
    lines, notes = read_lines(text)
    page = _Page(lines, Heads(labels), notes, language)
    page.read()
    opening = page.opening
    opening.day = day or opening.day
    made = compose(opening, page.members, page.talk, page.consensus, page.unplaced)
    notes += taken_apart(lines, made)
    return Imported(
        title=opening.title,
        text=made,
        read={
            "experts": len(page.members),
            "rounds": len(page.talk.rounds),
            "remarks": sum(len(turns.remarks) for turns in page.talk.rounds),
            "consensus_paragraphs": len(page.consensus),
            "signals": sum(bool(m.hire or m.concern) for m in page.members),
            "unplaced_lines": len(page.unplaced),
        },
        notes=tuple(sorted(notes, key=lambda note: note.line)),
        unfinished=any(mark in made for mark in (*MARKS, f'name: "{NOBODY}"')),
    )


@dataclass(slots=True)
class _Page:
    """A page in the reading: its lines are cut into parts at the heads between them."""

    lines: list[Line]
    heads: Heads
    notes: list[Note]
    language: str
    opening: Opening = field(default_factory=Opening)
    members: list[Member] = field(default_factory=list)
    talk: Conversation = field(default_factory=Conversation)
    consensus: list[str] = field(default_factory=list)
    unplaced: list[Line] = field(default_factory=list)
    _junk: frozenset[int] = frozenset()

    def read(self) -> None:
        self._find_junk()
        name = site_name(self.lines, self.language)
        kept = [
            line
            for line in self.lines
            if line.number not in self._junk and line not in name
        ]
        for line in name:
            what = f"{shown(line.text)} stands above the page's menu"
            self.notes.append(Note(line.number, what, "kept as not placed"))
            self.unplaced.append(line)
        kept = self._without_first_consensus(self._without_other_pages(kept))
        self.opening = read_opening(kept, self.heads, self.language)
        rest = self._without_link(
            [line for line in self.lines if line.number > self.opening.ends]
        )
        panel = self.opening.panel
        count = self.opening.count or listed_again(panel, rest)
        self.members, found = read_panel(panel, count)
        self.notes += [*self.opening.notes, *found]
        self.unplaced += self.opening.unplaced
        self._count()
        parts = cut(rest, self.members, self.heads, self._junk)
        self.notes += parts.notes
        order = list(self.members)
        self._signals(parts.signals)
        self._consensus(parts.consensus)
        self._talk(parts.talk, order or self.members)
        if self.consensus and not self.members:
            self.notes.append(Note(0, "a consensus, and no panel", "kept as it is"))
        self.unplaced.sort(key=lambda line: line.number)

    def _without_other_pages(self, kept: list[Line]) -> list[Line]:
        """Put aside the list of other pages with which a page ends."""
        others = other_pages(kept, self.heads)
        for line in others:
            what = f"{shown(line.text)} stands in a list of other pages"
            self.notes.append(Note(line.number, what, "kept as not placed"))
        self.unplaced += others
        return self._without(kept, others)

    def _without_first_consensus(self, kept: list[Line]) -> list[Line]:
        """Read a consensus that stands above the panel."""
        found = first_consensus(kept, self.heads)
        if found:
            what = f"{shown(found[0].text)} stands above the panel"
            self.notes.append(Note(found[0].number, what, "read as the consensus"))
            self._consensus(found)
        return self._without(kept, found)

    def _without(self, kept: list[Line], gone: Sequence[Line]) -> list[Line]:
        self.lines = [line for line in self.lines if line not in gone]
        return [line for line in kept if line not in gone]

    def _without_link(self, lines: list[Line]) -> list[Line]:
        """Find the link to the interview where it stands below the remarks."""
        kept: list[Line] = []
        below = False
        for line in lines:
            head = self.heads.find(line.text)
            watch = head is not None and head.part is Part.WATCH
            beside = Line(line.number, head.rest).url if head and watch else ""
            url = line.url if below else beside
            below = bool(head) and watch and not beside and is_link(head)
            if url and not self.opening.interview_url:
                self.opening.interview_url = url
            elif below:
                what = f"{shown(line.text)} is the page's own"
                self.notes.append(Note(line.number, what, "left out"))
            else:
                kept.append(line)
        return kept

    def _find_junk(self) -> None:
        self._junk = frozenset(find_junk(self.lines, self.language)) - pictures(
            self.lines
        )
        for line in self.lines:
            if line.number in self._junk:
                what = f"{shown(line.text)} is the page's own"
                self.notes.append(Note(line.number, what, "left out"))

    def _count(self) -> None:
        says, listed = self.opening.count, len(self.members)
        if says and says != listed:
            what = f"the page speaks of {says} experts and lists {listed}"
            self.notes.append(Note(0, what, "the panel is as it is listed"))

    def _is(self, line: Line, *parts: Part) -> bool:
        head = self.heads.find(line.text)
        return head is not None and head.part in parts

    def _signals(self, lines: Sequence[Line]) -> None:
        while lines and not self._is(lines[0], *_SIGNALS):
            head = self.heads.find(lines[0].text)
            ours = head is not None and head.part is Part.SIGNALS and not head.rest
            if not ours and not self.heads.both_signals(lines[0].text):
                break
            lines = lines[1:]
        learned = learn(lines, Names(self.members), self.heads)
        for line in lines:
            if part := learned.pop(label_of(line.text), None):
                what = f"{shown(line.text)} stands below each name"
                self.notes.append(Note(line.number, what, f"read as the {part}"))
        learned = learn(lines, Names(self.members), self.heads)
        reader = SignalReader(self.members, self.heads, learned, self._junk)
        reader.read(lines)
        self.notes += reader.notes
        self.unplaced += reader.unplaced

    def _consensus(self, lines: Sequence[Line]) -> None:
        """The text below its head, up to a button of the page."""
        ended = False
        for at, line in enumerate(lines):
            head = self.heads.find(line.text) if at == 0 else None
            if line.number in self._junk:
                ended |= not is_rule(line)
            elif ended:
                what = f"{shown(line.text)} stands below a button"
                self.notes.append(Note(line.number, what, "kept as not placed"))
                self.unplaced.append(line)
            elif head is None or head.rest:
                self.consensus.append(head.rest if head else line.text)

    def _without_marks(self, lines: list[Line], names: Names) -> list[Line]:
        """Leave out what pages print above a remark: whom it answers, and the time."""
        kept = []
        for at, line in enumerate(lines):
            answers = _ANSWERS.fullmatch(line.text)
            timed = _TIME.fullmatch(line.text) and at
            if (answers and names.find(answers["name"])) or (
                timed and names.find(lines[at - 1].text)
            ):
                what = f"{shown(line.text)} stands above a remark"
                self.notes.append(Note(line.number, what, "left out"))
            else:
                kept.append(line)
        return kept

    def _talk(self, lines: Sequence[Line], order: list[Member]) -> None:
        names = Names(order)
        kept = self._without_marks(
            [line for line in lines if line.number not in self._junk], names
        )
        concluded = bool(self.consensus)
        found, notes = sections(kept, names, self.heads, concluded=concluded)
        self.notes += notes
        if beside := times_beside(kept, names):
            what = f"{shown(beside[0].text)} has a time beside the name"
            self.notes.append(Note(beside[0].number, what, "left out, as all of them"))
        if not self.consensus and (last := _last_word(found, len(order))):
            found.remove(last)
            self.consensus = [line.text for line in last.lines]
            what = f"{shown(last.title)} stands over a single paragraph at the end"
            number = last.lines[0].number
            self.notes.append(Note(number, what, "read as the consensus"))
        self.talk = read_remarks(found, order, self.members)
        self.notes += self.talk.notes
        self.unplaced += self.talk.unplaced


def _last_word(found: Sequence[Section], experts: int) -> Section | None:
    """The section that must be the consensus, though its head is none that we know."""
    if len(found) < 2 or experts < 2:
        return None
    *before, last = found
    whole = any(len(section.lines) >= experts for section in before)
    return last if last.head and len(last.lines) == 1 and whole else None
