"""Takes the code out of a text: nothing in it is said, and no tag in it is merged."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from newsletter.check.prose import TICKS, Prose, blank
from newsletter.model.email import Code

CodeLines = Mapping[int, Sequence[Code]]
"""The code of a file by the line where it begins."""

_SPAN = re.compile(rf"{TICKS}.+?(?<!`)(?P=ticks)(?!`)", re.DOTALL)


def by_line(code: Iterable[Code]) -> CodeLines:
    """The code of a file, ready to be taken out of its texts."""
    lines: defaultdict[int, list[Code]] = defaultdict(list)
    for item in code:
        lines[item.line].append(item)
    return lines


def without(code: CodeLines, prose: Prose) -> Prose:
    """The text with its code blanked out, so that every other word stays in its place.

    What is code is known from the parser that made the mail, not guessed again.
    """
    parts: list[str] = []
    end = 0
    for start, stop in sorted(_ranges(code, prose)) if code else ():
        if start >= end:
            parts += [prose.text[end:start], blank(prose.text[start:stop])]
            end = stop
    return replace(prose, text="".join(parts) + prose.text[end:]) if parts else prose


def _ranges(code: CodeLines, prose: Prose) -> Iterator[tuple[int, int]]:
    rows = [f"{row}\n" for row in prose.text.split("\n")]
    start = 0
    for number, row in enumerate(rows):
        before = prose.indent if number else prose.column - 1
        for item in code.get(prose.line + number, ()):
            if item.rows:
                block = rows[number : number + item.rows]
                yield start, start + sum(map(len, block))
            # After a merge tag the place may be too far left, but never too far right.
            elif found := _SPAN.search(prose.text, start + item.column - 1 - before):
                yield found.span()
        start += len(row)
