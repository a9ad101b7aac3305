"""Turns the text copied from an issue's page into an issue file, a draft."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from newsletter.importing.blocks import Kind
from newsletter.importing.days import read_day
from newsletter.importing.issue_file import Parts, compose
from newsletter.importing.issue_heads import IssueHead, IssueHeads, IssuePart
from newsletter.importing.junk import find_junk, is_button
from newsletter.importing.lines import Line, read_lines
from newsletter.importing.panel import is_name
from newsletter.importing.quoting import fits, taken_apart
from newsletter.importing.told import Imported, Note, shown
from newsletter.model.labels import Labels

_BYLINE = re.compile(r"(?:written )?(?:by|von|par|por)\s+(.{2,60})", re.IGNORECASE)
_ASKS_REPLY = re.compile(
    r"(?:just |please )?(?:hit reply|reply (?:to|and|with))\b"
    r"|(?:antworte|réponds|responde)\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"\s*[·•∙|]\s*")
_BELOW = (IssuePart.TLDR, IssuePart.MUSIC)
_ABOVE = 8
"""As many lines may stand above the text: title, deck, name, day."""


def import_issue(
    text: str, labels: Labels, *, language: str = "en", today: date, day: date | None
) -> Imported:
    """Read a pasted page; what has no place of its own is kept in the issue's text.

    `labels` are the publication's own. Its date is `day`, else that on the page, else
    `today`.
    """
    lines, notes = read_lines(text)
    page = _Page(lines, IssueHeads(labels), notes, language)
    page.read()
    parts = page.parts
    parts.day = day or parts.day or today
    composed = compose(parts, notes)
    notes += taken_apart(lines, composed.text)
    kinds = Counter(block.kind for block in composed.blocks)
    return Imported(
        title=parts.title,
        text=composed.text,
        read={
            "paragraphs": kinds[Kind.PARAGRAPH],
            "sub_heads": kinds[Kind.HEAD],
            "quotes": kinds[Kind.QUOTE],
            "lists": kinds[Kind.ITEM] + kinds[Kind.NUMBERED] + kinds[Kind.QUESTION],
            "tldr_lines": len(parts.tldr),
            "music_lines": len(parts.music),
            "unplaced_lines": len(parts.unplaced),
        },
        notes=tuple(sorted(notes, key=lambda note: note.line)),
        day=parts.day,
    )


@dataclass(slots=True)
class _Page:
    """A page in the reading: each line goes to the part whose head stands above it."""

    lines: list[Line]
    heads: IssueHeads
    notes: list[Note]
    language: str
    parts: Parts = field(default_factory=Parts)
    _taken: set[IssuePart] = field(default_factory=set)

    def read(self) -> None:
        junk = find_junk(self.lines)
        kept = [line for line in self.lines if line.number not in junk]
        rest = self._above(kept)
        part: IssuePart | None = None
        ended = False
        for line in self.lines:
            if line.number in junk:
                what = f"{shown(line.text)} is the page's own"
                self.notes.append(Note(line.number, what, "left out"))
                # Below the last part a button says that the page goes on by itself.
                ended = part in _BELOW
            elif line.number >= rest:
                head = self._head(line)
                if head:
                    part, ended = head.part, False
                self._line(line, head, part, ended=ended)

    def _head(self, line: Line) -> IssueHead | None:
        """The head that a line is; each is taken once."""
        head = self.heads.find(line.text)
        if head is None:
            return None
        if head.part in self._taken:
            return None
        self._taken.add(head.part)
        return head

    def _above(self, lines: list[Line]) -> int:
        """Read what stands above the text; gives the number of its first line."""
        opening = self._opening(lines)
        words: list[Line] = []
        for line in opening:
            byline = _BYLINE.fullmatch(line.text)
            if day := self._day(line):
                self.parts.day = day
            elif (
                byline and len(words) > 0 and line.words <= 6 and not self.parts.author
            ):
                self.parts.author = byline[1]
            else:
                words.append(line)
        self._above_title(words, lines[len(opening) :])
        if words and fits(words[0].text):
            self.parts.title = words.pop(0).text
        else:
            self.parts.title = "TODO: the title"
            self.notes.append(Note(0, "there is no title", "`TODO` stands for it"))
        if words and fits(words[0].text):
            self.parts.deck = words.pop(0).text
        self._beside_day(words)
        self.parts.body += words
        return opening[-1].number + 1 if opening else 0

    def _day(self, line: Line) -> date | None:
        """The day that a line is, beside it perhaps how long the text takes to read."""
        for part in (parts := _BESIDE.split(line.text)):
            others = [Line(line.number, other) for other in parts if other != part]
            day = read_day(part, self.language)
            if day and all(map(is_button, others)):
                return day
        return None

    def _beside_day(self, words: list[Line]) -> None:
        """Take a name that stands beside the day as the author's."""
        found = self.parts.day and not self.parts.author and len(words) == 1
        if found and 1 < words[0].words < 5 and is_name(words[0].text):
            what = f"{shown(words[0].text)} stands beside the day"
            self.notes.append(Note(words[0].number, what, "read as who wrote it"))
            self.parts.author = words.pop().text

    def _above_title(self, words: list[Line], below: list[Line]) -> None:
        """Put aside what stands above the title, where the column repeats that."""
        head = self.heads.find(below[0].text) if below else None
        named = [at for at, line in enumerate(words) if head and _same(line, head.rest)]
        for line in words[: named[0]] if named else ():
            what = f"{shown(line.text)} stands above the title"
            self.notes.append(Note(line.number, what, "kept as not placed"))
            self.parts.unplaced.append(line)
            words.remove(line)

    def _opening(self, lines: list[Line]) -> list[Line]:
        """The lines above the column; without its head title, deck, name, day."""
        for at, line in enumerate(lines[:_ABOVE]):
            if self.heads.find(line.text):
                return lines[:at]
        opening = lines[:1]
        deck_seen = False
        for line in lines[1:_ABOVE]:
            is_other = self._day(line) or _BYLINE.fullmatch(line.text)
            if not is_other:
                below = lines[lines.index(line) + 1 :]
                if deck_seen or line.words > 16 or not below:
                    break
                deck_seen = True
                what = f"{shown(line.text)} stands below the title"
                self.notes.append(Note(line.number, what, "read as the deck"))
            opening.append(line)
        return opening

    def _line(
        self, line: Line, head: IssueHead | None, part: IssuePart | None, *, ended: bool
    ) -> None:
        text = line if head is None else Line(line.number, head.rest)
        if head and head.part is IssuePart.OPINION:
            self._opinion(line, head)
        elif head and head.part is IssuePart.MUSIC:
            self.parts.music_head = (
                line.text.partition(":")[0] if head.rest else line.text
            )
        if self.heads.is_reply(line.text):
            what = f"{shown(line.text)} is the label `reply`"
            self.notes.append(Note(line.number, what, "left out: every issue has it"))
        elif ended:
            what = f"{shown(line.text)} stands below a button of the page"
            self.notes.append(Note(line.number, what, "kept as not placed"))
            self.parts.unplaced.append(line)
        elif text.text and not (head and head.part is IssuePart.OPINION):
            self._place(text, part)

    def _opinion(self, line: Line, head: IssueHead) -> None:
        if fits(head.rest):
            self.parts.opinion = head.rest
        else:
            self.parts.body.append(Line(line.number, head.rest))

    def _place(self, line: Line, part: IssuePart | None) -> None:
        if part in _BELOW and _ASKS_REPLY.match(line.text):
            what = f"{shown(line.text)} asks for a reply"
            self.notes.append(Note(line.number, what, "kept as the text's last words"))
            self.parts.body.append(line)
        elif part is IssuePart.TLDR:
            self.parts.tldr.append(line)
        elif part is IssuePart.MUSIC:
            self.parts.music.append(line)
        else:
            self.parts.body.append(line)


def _same(line: Line, text: str) -> bool:
    return line.text.casefold() == text.casefold()
