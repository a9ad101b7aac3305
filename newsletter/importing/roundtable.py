"""Turns the text copied from a roundtable's page into a roundtable file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from newsletter.importing.junk import find_junk
from newsletter.importing.labels import Heads, Part, bare, is_headlike, is_sentence
from newsletter.importing.lines import Line, read_lines
from newsletter.importing.opening import Opening, read_opening
from newsletter.importing.panel import Member, Names, read_panel
from newsletter.importing.quoting import taken_apart
from newsletter.importing.remarks import Conversation, Section, read_remarks, sections
from newsletter.importing.roundtable_file import compose
from newsletter.importing.signals import SignalReader, first_signal, learn
from newsletter.importing.told import Imported, Note, shown
from newsletter.model.labels import Labels

_SIGNALS = (Part.HIRE, Part.CONCERN)


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
        kept = [line for line in self.lines if line.number not in self._junk]
        self.opening = read_opening(kept, self.heads, self.language)
        self.members, found = read_panel(self.opening.panel, self.opening.count)
        self.notes += [*self.opening.notes, *found]
        self.unplaced += self.opening.unplaced
        self._count()
        rest = [line for line in self.lines if line.number > self.opening.ends]
        talk, consensus, signals = self._cut(rest)
        order = list(self.members)
        self._signals(signals)
        self._consensus(consensus)
        self._talk(talk, order or self.members)
        if self.consensus and not self.members:
            self.notes.append(Note(0, "a consensus, and no panel", "kept as it is"))
        self.unplaced.sort(key=lambda line: line.number)

    def _find_junk(self) -> None:
        self._junk = frozenset(find_junk(self.lines))
        for line in self.lines:
            if line.number in self._junk:
                what = f"{shown(line.text)} is the page's own"
                self.notes.append(Note(line.number, what, "left out"))

    def _count(self) -> None:
        says, listed = self.opening.count, len(self.members)
        if says and says != listed:
            what = f"the page speaks of {says} experts and lists {listed}"
            self.notes.append(Note(0, what, "the panel is as it is listed"))

    def _cut(self, lines: list[Line]) -> tuple[list[Line], list[Line], list[Line]]:
        """Remarks, consensus and signals, in whatever order the last two stand."""
        signals = self._with_head(lines, self._signals_start(lines))
        found = [at for at, line in enumerate(lines) if self._is(line, Part.CONSENSUS)]
        before = [at for at in found if signals < 0 or at < signals]
        consensus = (before or found or [-1])[-1]
        marks = sorted(at for at in (signals, consensus) if at >= 0)
        ends = dict(zip(marks, [*marks[1:], len(lines)], strict=False))
        return (
            lines[: marks[0]] if marks else lines,
            lines[consensus : ends[consensus]] if consensus >= 0 else [],
            lines[signals : ends[signals]] if signals >= 0 else [],
        )

    def _is(self, line: Line, *parts: Part) -> bool:
        head = self.heads.find(line.text)
        return head is not None and head.part in parts

    def _signals_start(self, lines: list[Line]) -> int:
        """Where the hiring signals begin: at their head, else at the first name."""
        names = Names(self.members)
        for at, line in enumerate(lines):
            if self._is(line, Part.SIGNALS) or self.heads.both_signals(line.text):
                return at
            if self._is(line, *_SIGNALS):
                return self._back_to_name(lines, at)
        learned = learn(lines, names, self.heads)
        return first_signal(lines, names, learned) if learned else -1

    def _with_head(self, lines: list[Line], signals: int) -> int:
        """The signals' place with a head above them that is none that we know."""
        above = lines[max(0, signals - 2) : max(0, signals)]
        if len(above) < 2 or self._is(lines[signals], Part.SIGNALS, *_SIGNALS):
            return signals
        text, head = above
        alone = is_sentence(text.text) and is_headlike(head.text)
        if not alone or self.heads.find(head.text) or head.number in self._junk:
            return signals
        what = f"{shown(head.text)} stands above the first of the signals"
        self.notes.append(Note(head.number, what, "read as their head"))
        lines.remove(head)
        return signals - 1

    def _back_to_name(self, lines: list[Line], at: int) -> int:
        """The name, and the role between, that stand above the first signal."""
        names = Names(self.members)
        for above in (1, 2):
            before = lines[max(0, at - above) : at]
            if len(before) == above and is_headlike(before[0].text):
                known = names.find(before[0].text) is not None
                stranger = above == 2 and is_headlike(before[1].text)
                if known or (not self.members and stranger):
                    return at - above
        return at

    def _signals(self, lines: Sequence[Line]) -> None:
        while lines and not self._is(lines[0], *_SIGNALS):
            head = self.heads.find(lines[0].text)
            ours = head is not None and head.part is Part.SIGNALS and not head.rest
            if not ours and not self.heads.both_signals(lines[0].text):
                break
            lines = lines[1:]
        learned = learn(lines, Names(self.members), self.heads)
        for line in lines:
            if part := learned.pop(bare(line.text), None):
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
                ended = True
            elif ended:
                what = f"{shown(line.text)} stands below a button"
                self.notes.append(Note(line.number, what, "kept as not placed"))
                self.unplaced.append(line)
            elif head is None or head.rest:
                self.consensus.append(head.rest if head else line.text)

    def _talk(self, lines: Sequence[Line], order: list[Member]) -> None:
        kept = [line for line in lines if line.number not in self._junk]
        found = sections(kept, Names(order), self.heads)
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
