"""Turns the text copied from an issue's page into an issue file, a draft."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from newsletter.importing.around import other_pages
from newsletter.importing.blocks import Kind
from newsletter.importing.issue_file import Parts, compose
from newsletter.importing.issue_heads import IssueHead, IssueHeads, IssuePart
from newsletter.importing.issue_parts import ABOVE, find_heads, tldr_ends
from newsletter.importing.issue_top import (
    Byline,
    may_be_author,
    read_byline,
    read_number,
    read_tags,
)
from newsletter.importing.junk import find_junk, is_rule, site_name
from newsletter.importing.lines import Line, read_lines
from newsletter.importing.panel import is_name
from newsletter.importing.quoting import fits, taken_apart
from newsletter.importing.shape import is_headlike, without_pictures
from newsletter.importing.told import Imported, Note, shown
from newsletter.model.imported import NO_TITLE
from newsletter.model.labels import Labels

WHOSE_REPLY = re.compile(
    r"(?:just |please )?(?:hit reply|reply (?:to|and|with)|write (?:me |us )?back)\b"
    r"|(?:antworte|réponds|responde)\b",
    re.IGNORECASE,
)
_BELOW = (IssuePart.TLDR, IssuePart.MUSIC)
_SHORT_DECK = 16
_DECK = 40
"""Words of a deck: where it ends is told by the name or the day below it."""
_TITLE = 3
"""Words that a title below a masthead has at least: fewer may be a sub-head."""
_NAMED = 2
"""Lines that are a title and a name."""
_WORDS = 4
"""As many lines above the text say something else: the site, title, deck, a name."""


def import_issue(
    text: str, labels: Labels, *, language: str = "en", today: date, day: date | None
) -> Imported:
    """Read a pasted page; what has no place of its own is kept in the issue's text.

    `labels` are the publication's own. Its date is `day`, else that on the page, else
    `today`.
    """
    lines, notes = read_lines(text)
    page = _Page(lines, IssueHeads(labels), notes, language, today)
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
    today: date
    parts: Parts = field(default_factory=Parts)
    _begun: bool = False
    """Whether the letter has begun."""
    _found: Mapping[int, IssueHead] = field(default_factory=dict)
    """The heads of the page, by the numbers of their lines."""

    def read(self) -> None:
        junk = find_junk(self.lines, self.language)
        name = site_name(self.lines, self.language)
        for line in name:
            self._not_placed(line, "stands above the page's menu")
        others = other_pages([line for line in self.lines if line.number not in junk])
        for line in others:
            self._not_placed(line, "stands in a list of other pages")
        self.lines = [line for line in self.lines if line not in others]
        kept = self._without_masthead(
            [
                line
                for line in self.lines
                if line.number not in junk and line not in name
            ]
        )
        self._found = find_heads(self.lines, junk, self.heads)
        rest = self._above(kept)
        part: IssuePart | None = None
        ended = False
        for line in self.lines:
            if line.number in junk:
                what = f"{shown(line.text)} is the page's own"
                self.notes.append(Note(line.number, what, "left out"))
                # Below the last part a button says that the page goes on by itself.
                ended |= part in _BELOW and not is_rule(line)
            elif line.number >= rest:
                head = self._found.get(line.number)
                if head:
                    part, ended = head.part, False
                self._line(line, head, part, ended=ended)
        self._end_tldr()

    def _without_masthead(self, lines: list[Line]) -> list[Line]:
        """The lines in the order title, day: a page may have the day above.

        And above that a single word, its name, which is put aside.
        """
        dated = [self._day(line) for line in lines[:2]]
        at = 1 if dated[1:] and dated[1] and lines[0].words == 1 else 0
        if not dated or not dated[at] or len(lines) < at + _WORDS:
            return lines
        day, title, *text = lines[at:]
        if at and (title.words < _TITLE or not is_headlike(title.text)):
            return lines
        if title.words > _SHORT_DECK or self.heads.find(title.text):
            return lines
        if at:
            self._not_placed(lines[0], "stands above the day")
        return [title, day, *text]

    def _end_tldr(self) -> None:
        """Give back to the letter what a TLDR at its beginning has taken of it."""
        end = tldr_ends(self.parts.tldr)
        more = self.parts.tldr[end:]
        if more:
            what = f"{shown(more[0].text)} is more than a TLDR"
            self.notes.append(Note(more[0].number, what, "kept in the text"))
            self.parts.tldr = self.parts.tldr[:end]
            self.parts.body = sorted(
                [*self.parts.body, *more], key=lambda line: line.number
            )

    def _above(self, lines: list[Line]) -> int:
        """Read what stands above the text; gives the number of its first line."""
        opening = self._opening(lines)
        words: list[Line] = []
        for line in opening:
            byline = self._byline(line) if words else None
            number = read_number(line.text)
            if byline:
                self.parts.day = self.parts.day or byline.day
                self.parts.author = self.parts.author or byline.author
            elif number and not self.parts.number:
                self.parts.number = number
                self._site_name(words, opening)
            elif words and (tags := read_tags(line.text)):
                self.parts.tags += tags
            else:
                words.append(line)
        self._above_title(words, lines[len(opening) :])
        if words and fits(words[0].text):
            self.parts.title = words.pop(0).text
        else:
            self.parts.title = NO_TITLE
            self.notes.append(Note(0, "there is no title", "`TODO` stands for it"))
        named = len(words) == 1 and self._is_author(words[0], opening)
        if words and not named and fits(words[0].text):
            self.parts.deck = words.pop(0).text
        self._beside_day(words)
        self.parts.body += words
        self._begun = bool(words)
        return max((line.number for line in opening), default=-1) + 1

    def _is_author(self, line: Line, opening: list[Line]) -> bool:
        """Whether a line below the title is a name, right above the day."""
        below = [other for other in opening if other.number == line.number + 1]
        dated = bool(below) and self._day(below[0]) is not None
        return dated and not self.parts.author and may_be_author(line.text)

    def _site_name(self, words: list[Line], opening: list[Line]) -> None:
        """Put aside the site's name above the number, where the title is below it."""
        below = [
            line for line in opening if words and line.number > words[0].number + 1
        ]
        if len(words) == 1 and below and not self._byline(below[0]):
            self._not_placed(words.pop(), "stands above the number")

    def _not_placed(self, line: Line, where: str) -> None:
        what = f"{shown(line.text)} {where}"
        self.notes.append(Note(line.number, what, "kept as not placed"))
        self.parts.unplaced.append(line)

    def _beside_day(self, words: list[Line]) -> None:
        """Take a name that stands beside the day as the author's."""
        found = self.parts.day and not self.parts.author and len(words) == 1
        if found and 1 < words[0].words < 5 and is_name(words[0].text):
            what = f"{shown(words[0].text)} stands beside the day"
            self.notes.append(Note(words[0].number, what, "read as who wrote it"))
            self.parts.author = words.pop().text

    def _above_title(self, words: list[Line], below: list[Line]) -> None:
        """Put aside what stands above the title, where the column repeats that."""
        head = self._found.get(below[0].number) if below else None
        named = [at for at, line in enumerate(words) if head and _same(line, head.rest)]
        for line in words[: named[0]] if named else ():
            self._not_placed(line, "stands above the title")
            words.remove(line)

    def _opening(self, lines: list[Line]) -> list[Line]:
        """The lines above the column; without its head title, deck, name, day."""
        for at, line in enumerate(lines[:ABOVE]):
            if line.number in self._found:
                return lines[:at]
        return lines[: self._title_ends(lines)]

    def _title_ends(self, lines: list[Line]) -> int:
        """How many lines stand above the text: down to the last that says who or when.

        Above that stand a title and perhaps a deck; or the deck is right below it, a
        short line with a text below.
        """
        about = [
            at for at, line in enumerate(lines[:ABOVE]) if at and self._is_about(line)
        ]
        end = about[-1] + 1 if about else 1
        words = [line for at, line in enumerate(lines[:end]) if at not in about]
        if len(words) > _WORDS or any(line.words > _DECK for line in words[1:]):
            end, words = 1, words[:1]
        below = lines[end] if end < len(lines) - 1 else None
        if len(words) == 1 and below and below.words <= _SHORT_DECK:
            words.append(below)
            end += 1
        numbered = any(read_number(line.text) for line in lines[:end])
        named = len(words) == _NAMED and self._is_author(words[1], lines[:end])
        if len(words) > 1 and not numbered and not named:
            what = f"{shown(words[1].text)} stands below the title"
            self.notes.append(Note(words[1].number, what, "read as the deck"))
        return end

    def _byline(self, line: Line) -> Byline | None:
        return read_byline(line, self.language, self.today)

    def _day(self, line: Line) -> date | None:
        """The day that a line is, and says nothing beside it."""
        byline = self._byline(line)
        return byline.day if byline and not byline.author else None

    def _is_about(self, line: Line) -> bool:
        about = self._byline(line) is not None or read_number(line.text) > 0
        return about or bool(read_tags(line.text))

    def _line(
        self, line: Line, head: IssueHead | None, part: IssuePart | None, *, ended: bool
    ) -> None:
        text = line if head is None else Line(line.number, head.rest)
        if head and head.part is IssuePart.OPINION:
            if self._begun and not head.rest:
                # In the middle of a letter it is the head over what follows.
                self.parts.body.append(line)
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
        if part in _BELOW and WHOSE_REPLY.match(without_pictures(line.text)):
            what = f"{shown(line.text)} asks for a reply"
            self.notes.append(Note(line.number, what, "kept as the text's last words"))
            self.parts.body.append(line)
        elif part is IssuePart.TLDR:
            self.parts.tldr.append(line)
        elif part is IssuePart.MUSIC:
            self.parts.music.append(line)
        else:
            self._begun = True
            self.parts.body.append(line)


def _same(line: Line, text: str) -> bool:
    return line.text.casefold() == text.casefold()
