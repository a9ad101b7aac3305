"""Learns the heads that only one page has over its hiring signals."""

from collections import Counter
from collections.abc import Collection, Sequence

from newsletter.importing.labels import Heads, Part
from newsletter.importing.lines import Line
from newsletter.importing.panel import Names
from newsletter.importing.shape import bare, is_headlike

_MOST_WORDS = 4
"""Of a head that only one page has, before a colon; more are the text's own."""


def learn(lines: Sequence[Line], names: Names, heads: Heads) -> dict[str, Part]:
    """The heads that a page has over its signals, where they are none that we know.

    They are short, and stand again below each name, alone or before a text on their
    line: the one right below it is the reason to hire, the other the concern.
    """
    found = {line.text: heads.find(line.text) for line in lines}
    known = {text: head.part for text, head in found.items() if head}
    if Part.CONCERN in known.values():
        return {}
    if hires := [line for line in lines if known.get(line.text) is Part.HIRE]:
        return _concern(lines, label_of(hires[0].text), len(hires), names)
    below = Counter(
        filter(None, (_below(lines, at, names) for at in range(len(lines))))
    )
    label, times = below.most_common(1)[0] if below else ("", 0)
    if times < 2:
        return {}
    return {label: Part.HIRE} | _concern(lines, label, times, names)


def _concern(
    lines: Sequence[Line], label: str, times: int, names: Names
) -> dict[str, Part]:
    """The head that stands as often as `label`, the one over the reasons to hire."""
    again = Counter(filter(None, (label_of(line.text) for line in lines)))
    for other, often in again.most_common():
        is_other = other != label and other not in names.roles
        if is_other and often >= times > 1 and not names.whole(other):
            return {other: Part.CONCERN}
    return {}


def label_of(text: str) -> str:
    """The head that a line may be, or that stands before a colon and a text on it."""
    before, colon, rest = text.replace("：", ":").partition(":")
    beside = colon and rest.strip() and len(before.split()) <= _MOST_WORDS
    label = before if beside else text
    return bare(label) if is_headlike(label) else ""


def first_signal(
    lines: Sequence[Line], names: Names, heads: Heads, learned: Collection[str]
) -> int:
    """The place of the first name with a learned or known head below it; or -1."""
    for at in range(len(lines)):
        label = _below(lines, at, names)
        head = heads.find(label) if label else None
        if label in learned or (head and head.part is Part.HIRE):
            return at
    return -1


def _below(lines: Sequence[Line], at: int, names: Names) -> str:
    """The short line below a whole name, or below the role that follows it."""
    if not names.whole(lines[at].text):
        return ""
    after = [line.text for line in lines[at + 1 : at + 3]]
    found = [
        (label, label == bare(text))
        for text in after
        if (label := label_of(text))
        and label not in names.roles
        and not names.whole(label)
    ]
    # A role may stand between a name and a head; before a text a head needs none.
    beside = [label for label, alone in found if not alone]
    return (beside or [label for label, _ in found][-1:] or [""])[0]
