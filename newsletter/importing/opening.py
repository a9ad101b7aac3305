"""Reads what stands above the remarks of a pasted roundtable: title, panel, topic."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from newsletter.importing.counting import read_count
from newsletter.importing.days import read_day
from newsletter.importing.labels import Heads, Part
from newsletter.importing.lines import Line
from newsletter.importing.marks import Marks, begins_talk, find_marks, is_link
from newsletter.importing.panel import (
    has_role,
    head_below,
    is_name,
    is_role,
    is_whole_panel,
)
from newsletter.importing.principles import is_principle
from newsletter.importing.quoting import fits
from newsletter.importing.shape import (
    is_headlike,
    is_sentence,
    without_bullet,
    without_pictures,
)
from newsletter.importing.told import Note, shown
from newsletter.importing.topic import SHORT, find_topic
from newsletter.model.imported import NO_TITLE

# `Competency: Ownership`; or its name alone, above it.
_LABEL = re.compile(
    r"(?:(?:(?:leadership |core )?(?:competenc(?:y|ies)|principles?|values?)|skills?)"
    r"(?: (?:tested|assessed))?|kompetenz|compétence|competencia)"
    r"(?:\s*[:：]\s*(?P<rest>\S.*)|:?)",
    re.IGNORECASE,
)
_NO_COMPETENCY = re.compile(r"[:：]\Z|\b(?:experts?|roundtables?)\b", re.IGNORECASE)
_LABEL_OF_ADDRESS = re.compile(r"[^:：]{1,40}[:：]\s*(?=<?https?://)")
# `CFO, Harbour & Co.` ends as a sentence does, and is a role.
_FIRM = re.compile(r"\b(?:co|inc|ltd|corp|bros|llc|plc|gmbh)\.\Z", re.IGNORECASE)
_COMPETENCY = 5
_SENTENCE = 4
"""Words of a sentence; `Ltd.` and `Ph.D.` end as one does, and are none."""


@dataclass(slots=True)
class Opening:
    """What a page says of the interview; `panel` are the lines that list the experts.

    `count` is how many experts the page says there are, 0 where it does not. `ends` is
    the number of the last line that belongs to it.
    """

    title: str = ""
    interview_url: str = ""
    competency: str = ""
    discussing: str = ""
    day: date | None = None
    count: int = 0
    panel: list[Line] = field(default_factory=list)
    unplaced: list[Line] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    ends: int = 0


def read_opening(lines: Sequence[Line], heads: Heads, language: str) -> Opening:
    """Read the lines above the remarks, which begin after what is discussed."""
    marks = find_marks(lines, heads)
    reader = _Reader(heads, language, marks)
    topic = find_topic(lines, heads, marks)
    for line in lines[:topic] if topic >= 0 else lines:
        if topic < 0 and reader.is_over(line):
            break
        reader.line(line)
    if topic >= 0:
        reader.topic(lines[topic:])
    return reader.done(lines)


def _is_said(line: Line) -> bool:
    """Whether a line is a sentence, and no name that ends with `Jr.`."""
    firm = line.words <= SHORT and _FIRM.search(line.text)
    whole = is_sentence(line.text) and line.words >= _SENTENCE and not firm
    return whole and not is_name(line.text) and not has_role(line)


def _beside_label(line: Line) -> str:
    """The address that stands beside a few words, and nothing else: `Interview: …`."""
    found = _LABEL_OF_ADDRESS.match(line.text)
    return Line(line.number, line.text[found.end() :]).url if found else ""


def _may_be_competency(line: Line) -> bool:
    short = line.words <= _COMPETENCY and fits(line.text)
    return short and is_headlike(line.text) and not _NO_COMPETENCY.search(line.text)


@dataclass(slots=True)
class _Reader:
    heads: Heads
    language: str
    marks: Marks
    opening: Opening = field(default_factory=Opening)
    _above: list[Line] = field(default_factory=list)
    """The lines above the panel, of which one is the title."""
    _in_panel: bool = False
    _below_label: bool = False
    """Whether the line above says that this one is the competency."""
    _beside_count: Line | None = None
    """What the line that counts the experts says of what they discuss."""

    def is_over(self, line: Line) -> bool:
        """Whether the remarks begin with this line, where no head says so."""
        head = self.heads.find(line.text)
        begun = bool(self._above or self.opening.title)
        if head:
            return begun and begins_talk(head)
        sentence = line.words > SHORT or _is_said(line)
        return begun and sentence and not self.marks.stand_below(line)

    def line(self, line: Line) -> None:
        self.opening.ends = line.number
        head = self.heads.find(line.text)
        url = line.url or _beside_label(line)
        if url or is_link(head):
            self._url(line, url) if url else None
        elif line is self.marks.count:
            self._count(line, head.rest if head else "")
        elif line is self.marks.kicker:
            self._kicker(line)
        elif head and head.part is Part.PANEL and not head.rest:
            self._begin_panel()
        elif self._is_competency(line):
            return
        elif day := read_day(line.text, self.language):
            self.opening.day = day
        else:
            self._words(line)

    def _count(self, line: Line, rest: str) -> None:
        self.opening.count = self.marks.experts
        if rest:
            self._beside_count = Line(line.number, rest)
        self._begin_panel()

    def _kicker(self, line: Line) -> None:
        competency = self.heads.competency(line.text) or self._last_above()
        self.opening.competency = self.opening.competency or competency
        # Over the whole page it stands above the title, too.
        if self._above or not (self.marks.count or self.marks.panel):
            self._begin_panel()

    def _is_competency(self, line: Line) -> bool:
        """Take a competency that has a label, beside it or on the line above."""
        label = _LABEL.fullmatch(without_pictures(line.text))
        text = (label["rest"] or "") if label else line.text
        if line is self.marks.first or not (label or self._below_label):
            return False
        self._below_label = bool(label) and not text
        if text and (self.opening.competency or not fits(text)):
            return False
        self.opening.competency = self.opening.competency or text
        return True

    def _url(self, line: Line, url: str) -> None:
        """The first address is the interview's; another has no place."""
        if self.opening.interview_url:
            self._no_place(line)
        else:
            self.opening.interview_url = url

    def _last_above(self) -> str:
        """A kicker of two lines: the competency stands above `Expert Roundtable`."""
        last = self._above[-1] if len(self._above) > 1 else None
        if last and _may_be_competency(last):
            self._above.remove(last)
            return without_pictures(last.text)
        return ""

    def _begin_panel(self) -> None:
        if not self._in_panel:
            self._in_panel = True
            rest = self._without_title(of=3)
            last = rest[-1] if rest else None
            kicker = self.marks.kicker
            names_none = not kicker or not self.heads.competency(kicker.text)
            if last and names_none and _may_be_competency(last):
                self._guess_competency(rest.pop())
            for line in rest:
                self._no_place(line)

    def _guess_competency(self, line: Line) -> None:
        if self.opening.competency:
            self._no_place(line)
            return
        what = f"{shown(line.text)} stands beside the title"
        self.opening.notes.append(Note(line.number, what, "read as the competency"))
        self.opening.competency = without_pictures(line.text)

    def _without_title(self, *, of: int) -> list[Line]:
        """Find the title, and give back the other lines that stand above the panel.

        It is the first, unless that is a single word as of a menu, or stands right
        below the kicker, as a competency does: then the one with most words `of` so
        many.
        """
        self._take_principle(first=self._in_panel)
        fitting = [line for line in self._above if fits(line.text)][:of]
        if not fitting:
            return self._above
        title = fitting[0]
        if self.marks.kicker and self.marks.kicker.number < title.number:
            fitting.reverse()
            title = max(fitting, key=lambda line: line.words)
        elif title.words == 1:
            title = max(fitting, key=lambda line: line.words)
        self.opening.title = title.text
        return [line for line in self._above if line is not title]

    def _take_principle(self, *, first: bool) -> None:
        """Take a competency of known name that stands among the lines for the title.

        Not the `first` of them where nothing parts them from the panel: the line below
        it may be a name.
        """
        above = [line for line in self._above if fits(line.text)]
        for line in above if first else above[1:]:
            known = len(above) > 1 and is_principle(line.text)
            if known and not self.opening.competency:
                self._above.remove(line)
                self._guess_competency(line)

    def _words(self, line: Line) -> None:
        if not self._in_panel:
            self._above.append(line)
        elif not self.opening.title and fits(line.text):
            self.opening.title = line.text
        elif read_count(line.text):
            self._no_place(line)
        else:
            self._listed(line)

    def _listed(self, line: Line) -> None:
        """A line of the panel, unless it is a text."""
        long = line.words > SHORT or not fits(line.text)
        if long or _is_said(line):
            self._no_place(line)
        else:
            text = without_bullet(without_pictures(line.text))
            # A star would end the name where it stands before a remark.
            text = text.replace("*", "").strip() or text
            self.opening.panel.append(replace(line, text=text))

    def _no_place(self, line: Line) -> None:
        what = f"{shown(line.text)} stands above the remarks"
        self.opening.notes.append(Note(line.number, what, "kept as not placed"))
        self.opening.unplaced.append(line)

    def topic(self, lines: Sequence[Line]) -> None:
        """Read what is discussed, beside its head or on the line below."""
        head = self.heads.find(lines[0].text)
        self.opening.ends = lines[0].number
        if head and head.rest:
            if fits(head.rest):
                self.opening.discussing = head.rest
            else:
                self._no_place(lines[0])
        elif len(lines) > 1 and self._is_topic(lines[1]):
            self.opening.discussing = lines[1].text
            self.opening.ends = lines[1].number

    def _is_topic(self, line: Line) -> bool:
        """One sentence at most; two are a remark."""
        sentences = len(re.findall(r"[.!?…][\"'”’]*(?:\s|\Z)", line.text))
        short = fits(line.text) and sentences <= 1
        return short and self.heads.find(line.text) is None

    def _place_beside_count(self) -> None:
        line = self._beside_count
        if line is None:
            return
        both = " · ".join(filter(None, (self.opening.discussing, line.text)))
        if fits(both):
            what = f"{shown(line.text)} stands beside the number of experts"
            note = Note(line.number, what, "read as what they discuss")
            self.opening.notes.append(note)
            self.opening.discussing = both
        else:
            self._no_place(line)

    def _unlabelled(self, lines: Sequence[Line]) -> None:
        """Read what stands below the title, where no line says that a panel begins.

        A single line, of which the page never speaks again and nothing is discussed
        below, is no expert; and where all the others are names with roles, the first
        is none.
        """
        rest = self._without_title(of=1)
        if rest and _may_be_competency(rest[0]) and not is_role(rest[0]):
            again = sum(rest[0].text in line.text for line in lines) > 1
            again |= any(map(self._is_topic_head, lines))
            size = len(rest) - 1
            panel = any(is_whole_panel([*rest[1:]], it) for it in (size, size // 2))
            if panel if size else not again:
                self._guess_competency(rest.pop(0))
        for line in rest:
            self._listed(line)

    def _is_topic_head(self, line: Line) -> bool:
        head = self.heads.find(line.text)
        return head is not None and head.part is Part.DISCUSSING

    def _end_panel(self) -> None:
        """Leave the head of the first round to the remarks."""
        panel = self.opening.panel
        if head := head_below(panel, self.opening.count):
            panel.remove(head)
            self.opening.ends = head.number - 1

    def done(self, lines: Sequence[Line]) -> Opening:
        opening = self.opening
        self._place_beside_count()
        if not self._in_panel:
            self._unlabelled(lines)
        if self.opening.ends == max((line.number for line in opening.panel), default=0):
            self._end_panel()
        if not opening.title:
            opening.title = f"{NO_TITLE} of the interview"
            opening.notes.append(Note(0, "there is no title", "`TODO` stands for it"))
        return opening
