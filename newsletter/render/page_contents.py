"""The contents of a long text: its sub-heads, and what stands below each."""

from collections.abc import Sequence
from typing import NamedTuple

LONG = 1200
"""Words from which a text has contents: more than five minutes of reading."""

_FEWEST = 3
"""As many sub-heads make contents worth having."""


class Section(NamedTuple):
    """A sub-head, and those one level below it."""

    anchor: str
    title: str
    parts: list["Section"]


def contents_of(headings: Sequence[tuple[int, str, str]]) -> list[Section]:
    """Two levels of contents from level, id and words of each sub-head.

    Empty for a text with few of them. One without words, such as a picture, is left
    out, and so is all that is deeper.
    """
    top = min((level for level, _, _ in headings), default=2)
    found: list[Section] = []
    for level, anchor, title in headings:
        section = Section(anchor, title, [])
        if title and level == top:
            found.append(section)
        elif title and level == top + 1 and found:
            found[-1].parts.append(section)
    return found if len(found) >= _FEWEST else []
