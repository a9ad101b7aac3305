"""Knows other heads over hiring signals than words: pictures, and those of a table."""

from collections.abc import Sequence

from newsletter.importing.labels import Heads, Part, sign
from newsletter.importing.lines import Line
from newsletter.importing.shape import is_headlike

_KINDS = (Part.HIRE, Part.CONCERN)
# Over a column a single word says enough; below a name it may be a vote.
_COLUMNS = {
    **dict.fromkeys(("hire", "for", "yes", "+"), Part.HIRE),
    **dict.fromkeys(("no hire", "don't hire", "no", "pass", "-"), Part.CONCERN),
}

PLUS_MINUS = {
    "+": Part.HIRE,
    **dict.fromkeys("-–−", Part.CONCERN),
}
"""Marks before signals, where a page has both; a minus alone is a list's."""


def plus_and_minus(lines: Sequence[Line], heads: Heads) -> bool:
    """Whether both marks stand before lines, and no words over any of them."""
    marks = {PLUS_MINUS.get(line.text.partition(" ")[0]) for line in lines}
    found = [heads.find(line.text) for line in lines]
    named = any(head and head.part in _KINDS for head in found)
    return not named and marks >= set(_KINDS)


def pictures(lines: Sequence[Line]) -> frozenset[int]:
    """The numbers of the lines that are a picture over a signal, and no button.

    Each thumb up stands below a name or a role, and there are as many down.
    """
    found = [(at, part) for at, line in enumerate(lines) if (part := sign(line.text))]
    hires = [at for at, part in found if part is Part.HIRE]
    below_names = all(at and is_headlike(lines[at - 1].text) for at in hires)
    even = len(hires) * 2 == len(found)
    if not below_names or not even:
        return frozenset()
    return frozenset(lines[at].number for at, _ in found)


def table_head(line: Line, heads: Heads) -> tuple[Part | None, ...]:
    """What the columns of a table hold, by its first row; none for another line."""
    found = [heads.find(cell) for cell in line.cells]
    parts = tuple(
        head.part if head else _COLUMNS.get(cell.casefold())
        for head, cell in zip(found, line.cells, strict=True)
    )
    columns = tuple(part if part in _KINDS else None for part in parts)
    return columns if all(columns.count(kind) == 1 for kind in _KINDS) else ()
