"""The texts of a file that people read, and the place of every word in them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

Place = tuple[int, int]
"""A 1-based line and column."""

TICKS = r"(?:(?<![`\\])|(?<=\\\\))(?P<ticks>`+)(?!`)"
"""What opens code within a line; no backtick does after a backslash."""

# The end is looked for so far only: else a text of nothing but backticks would take
# minutes. Code ends with its paragraph at the latest.
_CODE = re.compile(
    rf"{TICKS}(?:(?!\n[ \t]*\n).){{1,500}}?(?<!`)(?P=ticks)(?!`)", re.DOTALL
)
# What is no prose, besides code: the address of a link or an image, a merge tag.
_NO_PROSE = re.compile(
    r"(?<=\]\()[^)\s]*|https?://[^\s<>\"]+|\{\{[^{}\n]*\}\}",
)
_WORD = re.compile(r"\S")
MOST = 100
"""Matches that are told of one text: nobody reads on after that."""

_SEARCHED = 40
"""Lines of front matter in which a word of a folded value is looked for."""


def masked(text: str) -> str:
    """The text with addresses and merge tags blanked out, each line as long as it was.

    A match is blanked, so that every other word stays where it was.
    """
    return _NO_PROSE.sub(lambda found: blank(found.group()), text)


def without_code(text: str) -> str:
    """A value of the front matter with the code in its lines blanked out.

    Of longer texts the renderer says what is code: see `code.py`.
    """
    return _CODE.sub(lambda found: blank(found.group()), text)


def blank(text: str) -> str:
    """As many blanks as the text has characters, its line breaks left in."""
    return _WORD.sub(" ", text)


def said(found: re.Match[str]) -> str:
    """What was found, on one line."""
    return " ".join(found.group().split())


@dataclass(frozen=True, slots=True)
class Phrases:
    """What a rule looks for: a pattern, and in small letters what each match holds.

    `hints` are there for speed: they are found ten times as fast as the pattern is. A
    blank in either stands for the end of a line, too.
    """

    pattern: re.Pattern[str]
    hints: tuple[str, ...]


@dataclass(frozen=True)
class Prose:
    """One text: `key` is `body`, `tldr`, or the front matter's, such as `music.note`.

    Its first line starts at `line` and `column` of the file, the others are indented by
    `indent`; `lines` are those of the file.
    """

    key: str
    text: str
    line: int
    column: int = 1
    indent: int = 0
    lines: Sequence[str] = field(default=(), repr=False)

    @cached_property
    def _folded(self) -> str:
        return self.text.casefold().replace("\n", " ")

    def holds(self, hints: Iterable[str]) -> bool:
        """Whether one of these, in small letters, is in the text."""
        return any(hint in self._folded for hint in hints)

    def find(self, phrases: Phrases) -> Iterator[tuple[re.Match[str], Place]]:
        """The matches in the prose, with their places in the file; MOST at most."""
        if self.holds(phrases.hints):
            for found in islice(phrases.pattern.finditer(self.text), MOST):
                yield found, self.place(found.start(), found.group())

    def place(self, offset: int, words: str = "") -> Place:
        """Where the character at `offset` stands; `words` are what starts there."""
        row = self.text.count("\n", 0, offset)
        start = self.text.rfind("\n", 0, offset) + 1
        before = self.indent if row else self.column - 1
        line, column = self.line + row, before + offset - start + 1
        first = words.split("\n")[0]
        if self._is_at(line, column, first):
            return line, column
        return self._elsewhere(first) or (self.line, self.column)

    def _is_at(self, line: int, column: int, words: str) -> bool:
        """Whether the file has the words there; it does where no file is known."""
        if not self.lines:
            return True
        at = self.lines[line - 1 : line]
        return bool(at) and at[0].startswith(words, column - 1)

    def _elsewhere(self, words: str) -> Place | None:
        """Where a folded value has the words: not as far down as its text says."""
        if not words:
            return None
        nearby = self.lines[self.line - 1 : self.line - 1 + _SEARCHED]
        for number, line in enumerate(nearby, self.line):
            if (at := line.find(words)) >= 0:
                return number, at + 1
        return None


def front_matter(
    key: str, text: str, place: Place | None, lines: Sequence[str]
) -> Prose:
    """The text of a value of the front matter that begins at `place`."""
    line, column = place or (1, 1)
    opening = lines[line - 1][column - 1 : column] if len(lines) >= line else ""
    if opening in ("|", ">"):
        first = next((item for item in lines[line:] if item.strip()), "")
        indent = len(first) - len(first.lstrip(" "))
        return Prose(key, text, line + 1, indent + 1, indent, lines)
    quoted = opening in ('"', "'")
    return Prose(key, text, line, column + quoted, 0, lines)
