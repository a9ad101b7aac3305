"""Sets a text into a box of a picture: the largest size that fits, lines balanced."""

import re
from typing import NamedTuple

from PIL import Image

from newsletter.render.quote_marks import unclosed
from newsletter.render.share_fonts import draw_line, runs, width

# A line may break after a space and around each sign of a script without spaces.
_WIDE = (
    r"\u2e80-\u2fdf\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
    r"\U00020000-\U0003ffff"
)
_CLOSING = r"\u3001\u3002\uff0c\uff0e\uff01\uff1f\uff1a\uff1b\u300d\u300f\u3011\uff09"
_PIECES = re.compile(rf"\s+|[{_WIDE}][{_CLOSING}]*|[^\s{_WIDE}]+")
_ELLIPSIS = "…"
_LONGEST = 1000
"""No picture has room for as many characters."""


class Box(NamedTuple):
    """Where a text stands: its corner and its size, in pixels."""

    x: int
    y: int
    width: int
    height: int


class Setting(NamedTuple):
    """A text as it fits: its lines, the size of its letters, the height of a line."""

    lines: tuple[str, ...]
    size: int
    leading: int

    @property
    def height(self) -> int:
        """From the top of the first line to the foot of the last."""
        return len(self.lines) * self.leading


def fit(
    text: str, box: Box, sizes: tuple[int, ...], *, weight: int, spacing: float = 1.16
) -> Setting:
    """The text at the first of `sizes` at which it fits, else cut at the last."""
    clean = " ".join(text.split())[:_LONGEST]
    if not "".join(run.text for run in runs(clean)).strip():
        return Setting((), sizes[-1], round(sizes[-1] * spacing))
    for size in sizes:
        leading = round(size * spacing)
        lines = wrap(clean, box.width, size, weight)
        if len(lines) * leading <= box.height and not _too_long(
            clean, box, size, weight
        ):
            return Setting(
                _balanced(clean, lines, box.width, size, weight), size, leading
            )
    size, leading = sizes[-1], round(sizes[-1] * spacing)
    room = max(1, box.height // leading)
    lines = wrap(clean, box.width, size, weight)
    if len(lines) > room:
        end = _ELLIPSIS + unclosed(" ".join(lines[:room]))
        kept = _cut(lines[room - 1], box.width, size, weight, end)
        lines = [*lines[: room - 1], kept]
    return Setting(tuple(lines), size, leading)


def wrap(text: str, room: float, size: int, weight: int) -> list[str]:
    """The lines of a text; a word that is wider than a line is broken anywhere."""
    lines, line = [], ""
    for piece in _pieces(text, room, size, weight):
        longer = line + (" " if piece.isspace() else piece)
        if line and not piece.isspace() and width(longer, size, weight) > room:
            lines.append(line.rstrip())
            longer = piece
        line = longer if line or not piece.isspace() else ""
    return [*lines, line.rstrip()] if line.strip() else lines


def draw(
    image: Image.Image,
    box: Box,
    setting: Setting,
    *,
    weight: int,
    colour: str,
    from_right: bool,
) -> int:
    """Draw a set text at the top of its box; gives where the next may begin."""
    x = box.x + box.width if from_right else box.x
    base = box.y + round(setting.size * 0.94)
    for line in setting.lines:
        draw_line(
            image,
            (x, base),
            line,
            size=setting.size,
            weight=weight,
            colour=colour,
            from_right=from_right,
        )
        base += setting.leading
    return box.y + setting.height


def one_line(text: str, room: float, size: int, weight: int) -> str:
    """A text that stands on one line, cut with an ellipsis where it is too long."""
    clean = " ".join(text.split())[:_LONGEST]
    return (
        clean if width(clean, size, weight) <= room else _cut(clean, room, size, weight)
    )


def _pieces(text: str, room: float, size: int, weight: int) -> list[str]:
    found: list[str] = []
    for piece in _PIECES.findall(text):
        if piece.isspace() or width(piece, size, weight) <= room:
            found.append(piece)
        else:
            found += _broken(piece, room, size, weight)
    return found


def _broken(word: str, room: float, size: int, weight: int) -> list[str]:
    """A word without end in parts that fit."""
    parts, part, used = [], "", 0.0
    for letter in word:
        wide = width(letter, size, weight)
        if part and used + wide > room:
            parts.append(part)
            part, used = "", 0.0
        part, used = part + letter, used + wide
    return [*parts, part]


def _too_long(text: str, box: Box, size: int, weight: int) -> bool:
    """Whether a word has to be broken: a smaller size may spare it that."""
    words = text.split()
    return any(
        width(word, size, weight) > box.width
        for word in words
        if not re.search(f"[{_WIDE}]", word)
    )


def _balanced(
    text: str, lines: list[str], room: int, size: int, weight: int
) -> tuple[str, ...]:
    """As many lines as there must be, of about one length, as a headline is set."""
    best, low, high = lines, room // 2, room
    while high - low > 8:
        middle = (low + high) // 2
        tried = wrap(text, middle, size, weight)
        if len(tried) <= len(lines):
            best, high = tried, middle
        else:
            low = middle
    return tuple(best)


def _cut(line: str, room: float, size: int, weight: int, end: str = _ELLIPSIS) -> str:
    """As much of a line as leaves room for an ellipsis, or another end."""
    low, high = 0, len(line)
    while low < high:
        middle = (low + high + 1) // 2
        if width(line[:middle] + end, size, weight) <= room:
            low = middle
        else:
            high = middle - 1
    return line[:low].rstrip(" ,;:–—-") + end
