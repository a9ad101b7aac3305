"""Reads what stands above the remarks of a pasted roundtable: title, panel, topic."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from newsletter.importing.days import read_day
from newsletter.importing.labels import Heads, Part, is_headlike, is_sentence
from newsletter.importing.lines import Line
from newsletter.importing.panel import is_whole_panel
from newsletter.importing.quoting import fits
from newsletter.importing.told import Note, shown

_SHORT = 14
_COMPETENCY = 5
_SENTENCE = 4
"""Words of a sentence; `Ltd.` and `Ph.D.` end as one does, and are none."""
_TALK = frozenset({Part.ROUND, Part.REMARKS, Part.CONSENSUS, Part.SIGNALS})
_NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "one a an ein",
            "two zwei deux dos",
            "three drei trois tres",
            "four vier quatre cuatro",
            "five fünf cinq cinco",
            "six sechs",
            "seven sieben",
            "eight",
            "nine",
            "ten",
        ),
        1,
    )
    for word in words.split()
}


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
    reader = _Reader(heads, language)
    topic = _topic(lines, heads)
    for line in lines[:topic] if topic >= 0 else lines:
        if topic < 0 and reader.is_over(line):
            break
        reader.line(line)
    if topic >= 0:
        reader.topic(lines[topic:])
    return reader.done()


def _topic(lines: Sequence[Line], heads: Heads) -> int:
    """The place of the head over what is discussed; -1 where there is none."""
    for at, line in enumerate(lines):
        head = heads.find(line.text)
        if head and head.part is Part.DISCUSSING:
            return at
        if head and head.part in _TALK:
            break
    return _unknown_topic(lines, heads)


def _unknown_topic(lines: Sequence[Line], heads: Heads) -> int:
    """The place of a head that we do not know: it ends with a colon, below the panel.

    Only where the page says how many experts there are: a name may end with one too.
    """
    begun = least = -1
    for at, line in enumerate(lines):
        head = heads.find(line.text)
        if head and head.part is Part.COUNT and begun < 0:
            begun, least = at, _number(line.text)
        elif begun >= 0 and (head or is_sentence(line.text)):
            break
        elif at - begun > least > 0 and line.text.endswith((":", "：")):
            return at
    return _below_panel(lines, begun + 1, least)


def _below_panel(lines: Sequence[Line], begun: int, count: int) -> int:
    """The place of a head without a colon, right below as many experts as there are.

    What is discussed stands below it: a line, and no sentence as of a remark.
    """
    for size in (count, 2 * count):
        at = begun + size
        below = lines[at : at + 2]
        if (
            0 < size <= at <= len(lines) - 2
            and is_whole_panel([*lines[begun:at]], count)
            and is_headlike(below[0].text)
            and below[1].words <= _SHORT
            and not is_sentence(below[1].text)
        ):
            return at
    return -1


@dataclass(slots=True)
class _Reader:
    heads: Heads
    language: str
    opening: Opening = field(default_factory=Opening)
    _above: list[Line] = field(default_factory=list)
    """The lines above the panel, of which one is the title."""
    _in_panel: bool = False

    def is_over(self, line: Line) -> bool:
        """Whether the remarks begin with this line, where no head says so."""
        head = self.heads.find(line.text)
        if head:
            return head.part in _TALK
        sentence = line.words > _SHORT or (
            is_sentence(line.text) and line.words >= _SENTENCE
        )
        return bool(self._above or self.opening.title) and sentence

    def line(self, line: Line) -> None:
        self.opening.ends = line.number
        head = self.heads.find(line.text)
        competency = self.heads.competency(line.text)
        if head and head.part is Part.WATCH:
            self._url(line, head.rest) if head.rest else None
        elif line.url:
            self._url(line, line.url)
        elif head and head.part is Part.COUNT:
            self.opening.count = _number(line.text)
            self._begin_panel()
        elif competency is not None and fits(competency):
            self.opening.competency = competency or self._last_above()
            self._begin_panel()
        elif head and head.part is Part.PANEL and not head.rest:
            self._begin_panel()
        elif day := read_day(line.text, self.language):
            self.opening.day = day
        else:
            self._words(line)

    def _url(self, line: Line, url: str) -> None:
        """The first address is the interview's; another has no place."""
        if self.opening.interview_url or not re.match(r"https?://[^\s/]+", url):
            self._no_place(line)
        else:
            self.opening.interview_url = url

    def _last_above(self) -> str:
        """A kicker of two lines: the competency stands above `Expert Roundtable`."""
        last = self._above[-1] if len(self._above) > 1 else None
        if last and last.words <= _COMPETENCY and fits(last.text):
            return self._above.pop().text
        return ""

    def _begin_panel(self) -> None:
        if not self._in_panel:
            self._in_panel = True
            for line in self._without_title(of=3):
                self._no_place(line)

    def _without_title(self, *, of: int) -> list[Line]:
        """Find the title, and give back the other lines that stand above the panel.

        It is the first, unless that is a single word as of a menu: then the one with
        most words `of` so many.
        """
        fitting = [line for line in self._above if fits(line.text)][:of]
        if not fitting:
            return self._above
        title = fitting[0]
        if title.words == 1:
            title = max(fitting, key=lambda line: line.words)
        self.opening.title = title.text
        return [line for line in self._above if line is not title]

    def _words(self, line: Line) -> None:
        if not self._in_panel:
            self._above.append(line)
        elif not self.opening.title and fits(line.text):
            self.opening.title = line.text
        else:
            self._listed(line)

    def _listed(self, line: Line) -> None:
        """A line of the panel, unless it is a text."""
        long = line.words > _SHORT or not fits(line.text)
        if long or (is_sentence(line.text) and line.words >= _SENTENCE):
            self._no_place(line)
        else:
            self.opening.panel.append(line)

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

    def done(self) -> Opening:
        opening = self.opening
        if not self._in_panel:
            for line in self._without_title(of=1):
                self._listed(line)
        if not opening.title:
            opening.title = "TODO: the title of the interview"
            opening.notes.append(Note(0, "there is no title", "`TODO` stands for it"))
        return opening


def _number(text: str) -> int:
    word = text.split()[0].casefold()
    return min(int(word), 99) if word.isdecimal() else _NUMBERS.get(word, 0)
