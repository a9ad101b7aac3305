"""Tables of data in plain text: straight columns, else row by row."""

from collections.abc import Sequence
from itertools import zip_longest

from newsletter.render.text_width import columns, hung, wrapped

NARROW = 18
"""Columns below which a wrapped cell is no pleasure to read."""

_GAP = "  "


def text_table(rows: Sequence[Sequence[str]], sides: Sequence[str], width: int) -> str:
    """Set cells in columns, their lines wrapped where they must be.

    Where that cannot be read either, every row is written as lines of `head: cell`.
    The first of `rows` is the head; `sides` are Left, Center, Right or None.
    """
    head, *body = rows
    natural = [max(map(columns, cells)) for cells in zip(*rows, strict=True)]
    widths = _fitted(natural, width - len(_GAP) * (len(natural) - 1))
    if widths != natural and not _wraps(rows, widths):
        if body:
            return "\n\n".join(_record(head, row, width) for row in body)
        widths = natural
    if widths == natural:
        lines = [[_line(row, widths, sides)] for row in rows]
    else:
        lines = [_lines(row, widths, sides) for row in rows]
    lines.insert(1, [_GAP.join("-" * width for width in widths)])
    # A blank line tells rows apart of which some have several lines.
    apart = "\n\n" if any(len(row) > 1 for row in lines[2:]) else "\n"
    top = "\n".join(line for row in lines[:2] for line in row)
    below = apart.join("\n".join(row) for row in lines[2:])
    return f"{top}\n{below}" if below else top


def _fitted(natural: list[int], room: int) -> list[int]:
    """Widths that fit `room`, taken from the widest columns; none where they cannot."""
    widths = list(natural)
    while sum(widths) > room:
        widest = max(widths)
        if widest <= NARROW:
            return []
        # All that are widest shrink together, to the next narrower one at most.
        wide = [number for number, width in enumerate(widths) if width == widest]
        floor = max([NARROW, *(width for width in widths if width < widest)])
        step = min(widest - floor, -(-(sum(widths) - room) // len(wide)))
        for number in wide:
            widths[number] -= step
    return widths


def _wraps(rows: Sequence[Sequence[str]], widths: list[int]) -> bool:
    """Whether every word fits its column."""
    return bool(widths) and all(
        columns(word) <= width
        for row in rows
        for cell, width in zip(row, widths, strict=True)
        for word in cell.split(" ")
    )


def _lines(
    row: Sequence[str], widths: Sequence[int], sides: Sequence[str]
) -> list[str]:
    """A row of cells side by side, each wrapped to the width of its column."""
    cells = [
        wrapped(cell, width).split("\n")
        for cell, width in zip(row, widths, strict=True)
    ]
    return [_line(line, widths, sides) for line in zip_longest(*cells, fillvalue="")]


def _line(cells: Sequence[str], widths: Sequence[int], sides: Sequence[str]) -> str:
    return _GAP.join(map(_aligned, cells, widths, sides)).rstrip()


def _aligned(cell: str, width: int, side: str) -> str:
    blank = max(0, width - columns(cell))
    before = {"Right": blank, "Center": blank // 2}.get(side, 0)
    return " " * before + cell + " " * (blank - before)


def _record(head: Sequence[str], row: Sequence[str], width: int) -> str:
    """A row of a table too wide for us: a line for each cell, its column in front."""
    lines = (
        f"{name}: {cell}" if name else cell
        for name, cell in zip(head, row, strict=True)
        if cell
    )
    return "\n".join(hung(wrapped(line, width - 2), "  ")[2:] for line in lines)
