"""Lays out tables of data for mail: no word is broken and nothing scrolls sideways."""

from collections.abc import Callable, Sequence
from html import escape

from newsletter.render.text_width import columns
from newsletter.render.tree import Node

_JUDGED = 200
"""Rows by which a table is judged; who sends more has made them by a program."""

_CHARACTER = 8
"""Pixels of a character in the type of tables, with a little to spare."""

_PADDING = 16
"""Pixels beside the text of a cell."""

_ALIGNMENT = {
    "Left": ' align="left"',
    "Center": ' align="center"',
    "Right": ' align="right"',
}

_Inside = Callable[[Node], str]


def data_table(node: Node, inside: _Inside, width: int, phone: int) -> str:
    """The HTML of a table of data in a text `width` pixels wide, `phone` on a phone.

    A table that is too wide for a phone is stacked there, each cell under its column's
    head; one that is too wide even for a mail is written row by row.
    """
    heads, *rows = (row.children for row in node.children)
    # Repeated in every row: a note that is referred to in a head has one mark only.
    names = [escape(cell.plain().strip(), quote=False) for cell in heads]
    needed = _needed([heads, *rows[:_JUDGED]])
    if needed > width and rows:
        return _records([inside(cell) for cell in heads], names, rows, inside)
    sides = [_ALIGNMENT.get(side, "") for side in node.attributes["value"]]
    top = "".join(
        f'<th scope="col"{side}>{inside(cell)}</th>'
        for cell, side in zip(heads, sides, strict=False)
    )
    kind, labels = "data", [""] * len(names)
    if needed > phone:
        kind = "data stack"
        labels = [
            f'<span class="head">{name}</span> ' if name else "" for name in names
        ]
    body = "".join(_row(row, sides, labels, inside) for row in rows)
    return (
        f'<table class="{kind}"><thead><tr>{top}</tr>\n</thead>'
        f"<tbody>{body}</tbody></table>\n"
    )


def _needed(rows: Sequence[Sequence[Node]]) -> int:
    """Pixels that the longest words of all columns take side by side."""
    words = [max(map(_longest_word, column)) for column in zip(*rows, strict=False)]
    return sum(_CHARACTER * length + _PADDING for length in words)


def _longest_word(cell: Node) -> int:
    """Columns of the longest piece that is not broken; ideographs may all be parted."""
    text = cell.plain()
    if not text.isascii():
        text = "".join(char if columns(char) < 2 else " " for char in text)
    return max(map(len, text.split()), default=2)


def _row(
    row: Sequence[Node], sides: list[str], labels: list[str], inside: _Inside
) -> str:
    """A row; `labels` are seen only where the table is stacked."""
    cells = []
    for cell, side, label in zip(row, sides, labels, strict=False):
        html = inside(cell)
        cells.append(f"<td{side}>{label if html else ''}{html}</td>")
    return f"<tr>{''.join(cells)}</tr>\n"


def _records(
    heads: list[str], names: list[str], rows: Sequence[Sequence[Node]], inside: _Inside
) -> str:
    """Every row as a small table of its own: heads at the start, cells beside them."""
    lines = []
    for number, row in enumerate(rows):
        labels = names if number else heads
        for place, (label, cell) in enumerate(zip(labels, row, strict=False)):
            first = "" if place else ' class="first"'
            lines.append(
                f'<tr><th scope="row"{first}>{label}</th>'
                f"<td{first}>{inside(cell)}</td></tr>\n"
            )
    return f'<table class="data records"><tbody>{"".join(lines)}</tbody></table>\n'
