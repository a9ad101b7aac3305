"""Finds the two lines that begin a panel: the kicker, and how many experts there are.

A title may begin as they do: `Two experts discuss a firing`, `Notes from an expert
panel`. So of several such lines the last is taken, and never the first of the page's
words, which is the title.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.importing.counting import read_count
from newsletter.importing.labels import Head, Heads, Part
from newsletter.importing.lines import Line
from newsletter.importing.panel import is_title
from newsletter.importing.quoting import fits
from newsletter.importing.shape import is_sentence

_TALK = frozenset({Part.ROUND, Part.REMARKS, Part.CONSENSUS, Part.SIGNALS})
_LONG = 24
"""Words of a line that is a remark, and neither title nor deck."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The two lines, where a page has them, and the number of experts that it says.

    `first` is the first of the page's words: never a head, whatever it says. `panel` is
    a head over the experts.
    """

    first: Line | None = None
    kicker: Line | None = None
    count: Line | None = None
    experts: int = 0
    panel: Line | None = None

    def stand_below(self, line: Line) -> bool:
        """Whether one of the lines above a panel stands below this one."""
        marks = (self.kicker, self.count, self.panel)
        return any(mark and mark.number > line.number for mark in marks)


def find_marks(lines: Sequence[Line], heads: Heads) -> Marks:
    """The lines of the opening that are kicker and count."""
    opening = _opening(lines, heads)
    counts = [
        (line, found.number)
        for line in opening[1:]
        if (found := read_count(line.text)) is not None
    ]
    count, experts = counts[-1] if counts else (None, 0)
    kickers = [at for at, line in enumerate(opening) if _is_kicker(line, heads)]
    kicker = kickers[-1] if kickers else -1
    if kicker == 0 and not _has_title_below(opening, count):
        kicker = -1
    first = opening[0] if opening else None
    return Marks(
        first,
        opening[kicker] if kicker >= 0 else None,
        count,
        experts,
        next((line for line in opening[1:] if _is_panel(line, heads)), None),
    )


def begins_talk(head: Head | None) -> bool:
    """Whether the panel speaks below a head; beside it a text opens with its word."""
    return head is not None and head.part in _TALK and not head.rest


def is_link(head: Head | None) -> bool:
    """Whether a line is a button to the interview, or has its address beside it."""
    if head is None or head.part is not Part.WATCH:
        return False
    return not head.rest or bool(Line(0, head.rest).url)


def _opening(lines: Sequence[Line], heads: Heads) -> list[Line]:
    """The words above the remarks, as far as they can be told yet."""
    words: list[Line] = []
    for at, line in enumerate(lines):
        head = heads.find(line.text)
        below = lines[at + 1 : at + 3]
        long = line.words > _LONG and not any(is_over_panel(it, heads) for it in below)
        ends = begins_talk(head) or bool(head and head.part is Part.DISCUSSING)
        if (ends and words) or long:
            break
        if not line.url and not is_link(head):
            words.append(line)
    return words


def _is_panel(line: Line, heads: Heads) -> bool:
    head = heads.find(line.text)
    return head is not None and head.part is Part.PANEL and not head.rest


def is_over_panel(line: Line, heads: Heads) -> bool:
    """Whether a line stands above a panel, and so a text above it is no remark."""
    counts = read_count(line.text) is not None
    return counts or _is_panel(line, heads) or _is_kicker(line, heads)


def _is_kicker(line: Line, heads: Heads) -> bool:
    competency = heads.competency(line.text)
    return competency is not None and fits(competency)


def _has_title_below(opening: Sequence[Line], count: Line | None) -> bool:
    """Whether the line below the first is a title, and not the first of the panel."""
    below = [line for line in opening[1:] if line is not count][:2]
    if not below or is_sentence(below[0].text):
        return bool(below)
    return len(below) < 2 or not is_title(below[1].text)
