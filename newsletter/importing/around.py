"""Finds what stands around a text and is no part of what is below or above it.

Some pages open with the consensus, above the panel; and many go on at their end with a
list of other pages.
"""

import re
from collections.abc import Sequence

from newsletter.importing.junk import is_rule
from newsletter.importing.labels import Head, Heads, Part
from newsletter.importing.lines import Line
from newsletter.importing.marks import is_link, is_over_panel
from newsletter.importing.shape import bare, is_sentence

_ABOVE = 6
"""As many lines may stand above a consensus that opens a page: title, deck, day."""
_LONG = 24
"""Words of a line above it that is a remark."""
_TITLE = 16
"""Words that a title of another page has at most."""
_TEXT = 5
"""Lines that the text above such a list has at least."""
_PAGES = r"(?:interviews?|roundtables?|issues?|posts?|articles?|stories|episodes?)"
_OTHERS = re.compile(
    rf"(?:related|similar|recommended|other|recent|latest|popular|past) {_PAGES}"
    rf"|more (?:{_PAGES}|like this|from .{{1,40}})|recommended for you"
    r"|(?:you (?:might|may) also|readers also) (?:like|enjoy|liked|enjoyed)"
    rf"|(?:discuss|rate|share) this {_PAGES}|(?:read|up|watch) next|keep reading"
)
_NO_PART = frozenset({Part.WATCH, Part.COUNT, Part.PANEL})


def first_consensus(lines: Sequence[Line], heads: Heads) -> list[Line]:
    """The head and the lines of a consensus that stands above the panel; or none.

    A head over the panel must stand below it, and nothing that may be a remark above.
    """
    words = [line for line in lines if not is_link(heads.find(line.text))]
    for at, line in enumerate(words[1 : _ABOVE + 1], 1):
        if line.words > _LONG:
            break
        head = heads.find(line.text)
        if head == Head(Part.CONSENSUS):
            return _up_to_panel(words[at:], heads)
    return []


def _up_to_panel(lines: Sequence[Line], heads: Heads) -> list[Line]:
    """The first line and the sentences below it; none, where no panel is below them."""
    for end, line in enumerate(lines[1:], 1):
        if end > 1 and is_over_panel(line, heads):
            return list(lines[:end])
        if heads.find(line.text) or not is_sentence(line.text):
            break
    return []


def other_pages(lines: Sequence[Line], heads: Heads | None = None) -> list[Line]:
    """A list of other pages at the end of one, with its head; or none.

    `heads` are those of a roundtable: below one of them the page has not ended.
    """
    for at, line in enumerate(lines):
        if at < _TEXT or not _OTHERS.fullmatch(bare(line.text)):
            continue
        if all(_is_title(below, heads) for below in lines[at + 1 :]):
            return list(lines[at:])
    return []


def _is_title(line: Line, heads: Heads | None) -> bool:
    head = heads.find(line.text) if heads else None
    ours = head is not None and head.part not in _NO_PART
    ends = line.text.endswith(".") and not is_rule(line)
    return line.words <= _TITLE and not ours and not ends
