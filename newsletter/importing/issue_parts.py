"""Decides which lines of a pasted issue are the heads of its parts.

A letter may say `In short: she left` or `the soundtrack: a phone` in its middle. So a
head that stands alone wins over one with a text beside it, the one nearest the end over
those before it, and what would take the rest of the letter with it is none.
"""

from collections.abc import Collection, Mapping, Sequence

from newsletter.importing.blocks import is_audience
from newsletter.importing.issue_heads import IssueHead, IssueHeads, IssuePart
from newsletter.importing.lines import Line
from newsletter.importing.shape import is_item

ABOVE = 8
"""As many lines may stand above the text: title, deck, name, day."""

_PARAGRAPH = 16
"""More words than a line below the last buttons of a page has."""

_MOST = 8
"""Lines that may stand below one of the last heads; a list may have more items."""


def find_heads(
    lines: Sequence[Line], junk: Collection[int], heads: IssueHeads
) -> Mapping[int, IssueHead]:
    """The heads of a page, each part's once, by the numbers of their lines.

    `junk` are the numbers of the lines that are the page's own.
    """
    found = [
        (at, head)
        for at, line in enumerate(lines)
        if line.number not in junk and (head := heads.find(line.text))
    ]
    opinion = [
        (at, head)
        for at, head in found
        if head.part is IssuePart.OPINION
        and (not head.rest or _above(lines[:at], junk) < ABOVE)
    ]
    chosen = dict(opinion[:1])
    # From the end: what one of the last parts holds depends on those below it.
    for part in (IssuePart.MUSIC, IssuePart.TLDR):
        ours = [(at, head) for at, head in found if head.part is part]
        ours.sort(
            key=lambda place: _rank(lines, place[0], place[1], heads), reverse=True
        )
        for at, head in ours:
            end = min((other for other in chosen if other > at), default=len(lines))
            if _holds(_up_to_footer(lines[at:end], junk), head, heads):
                chosen[at] = head
                break
    return {lines[at].number: head for at, head in chosen.items()}


def _above(lines: Sequence[Line], junk: Collection[int]) -> int:
    return sum(line.number not in junk for line in lines)


def _rank(
    lines: Sequence[Line], at: int, head: IssueHead, heads: IssueHeads
) -> tuple[bool, bool, int]:
    return not head.rest, not heads.is_in_short(lines[at].text), at


def _up_to_footer(lines: Sequence[Line], junk: Collection[int]) -> list[Line]:
    """The lines above the page's last buttons, below which no paragraph stands."""
    begun = [at for at, line in enumerate(lines) if line.number in junk]
    footer = next((at for at in begun if _is_footer(lines[at:])), len(lines))
    return [line for line in lines[:footer] if line.number not in junk]


def _is_footer(lines: Sequence[Line]) -> bool:
    return all(line.words <= _PARAGRAPH for line in lines)


def tldr_ends(lines: Sequence[Line]) -> int:
    """How many of the lines below the head of a TLDR are its own.

    All of them at the end of a letter. At its beginning those up to a blank line, or
    the first and the items of a list below it.
    """
    if _is_short(lines):
        return len(lines)
    blanks = any(line.apart for line in lines[1:]) and not all(
        line.apart for line in lines[1:]
    )
    for at, line in enumerate(lines[1:], 1):
        goes_on = not line.apart if blanks else is_item(line.text)
        if not goes_on or is_audience(line.text):
            return at
    return len(lines)


def _holds(lines: Sequence[Line], head: IssueHead, heads: IssueHeads) -> bool:
    """Whether a head, the first of the lines, may hold the others."""
    if len(lines) == 1 and not head.rest:
        return not heads.is_in_short(lines[0].text)
    if _is_short(lines[1:]):
        return True
    if head.part is IssuePart.MUSIC:
        return any(line.url for line in lines[1:4])
    return not heads.is_in_short(lines[0].text)


def _is_short(lines: Sequence[Line]) -> bool:
    texts = [line for line in lines if not is_item(line.text)]
    return len(texts) <= _MOST and not any(is_audience(line.text) for line in lines)
