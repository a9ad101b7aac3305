"""Finds the head over what is discussed, at which the opening of a page ends."""

from collections.abc import Sequence

from newsletter.importing.labels import Heads, Part
from newsletter.importing.lines import Line
from newsletter.importing.marks import Marks, begins_talk
from newsletter.importing.panel import is_role, is_whole_panel
from newsletter.importing.shape import is_headlike, is_sentence

SHORT = 14
"""Words of a line that is no remark: a role, or what is discussed."""


def find_topic(lines: Sequence[Line], heads: Heads, marks: Marks) -> int:
    """The place of the head over what is discussed; -1 where there is none."""
    for at, line in enumerate(lines):
        head = heads.find(line.text) if line is not marks.first else None
        if head and head.part is Part.DISCUSSING:
            return at
        if begins_talk(head):
            break
    return _unknown_topic(lines, heads, marks)


def _unknown_topic(lines: Sequence[Line], heads: Heads, marks: Marks) -> int:
    """The place of a head that we do not know: it ends with a colon, below the panel.

    Only where the page says how many experts there are: a name may end with one too.
    """
    if marks.count is None:
        return _below_roles(lines, marks)
    begun = lines.index(marks.count) + 1
    for at, line in enumerate(lines[begun:]):
        if heads.find(line.text) or is_sentence(line.text):
            break
        if at >= marks.experts > 0 and line.text.endswith((":", "：")):
            return begun + at
    return _below_panel(lines, begun, marks.experts)


def _below_roles(lines: Sequence[Line], marks: Marks) -> int:
    """The place of a head right below a panel that is not counted, but has roles.

    It is no name: it has small words, and stands nowhere else; and below what is
    discussed a remark begins.
    """
    begun = lines.index(marks.kicker) + 1 if marks.kicker else len(lines)
    texts = [line.text for line in lines]
    for at in range(begun + 2, len(lines) - 2, 2):
        head, topic, remark = lines[at : at + 3]
        if (
            is_whole_panel([*lines[begun:at]], (at - begun) // 2)
            and is_headlike(head.text)
            and any(word[:1].islower() for word in head.text.split())
            and texts.count(head.text) == 1
            and not any(map(is_role, (head, topic)))
            and not is_sentence(topic.text)
            and is_sentence(remark.text)
        ):
            return at
    return -1


def _below_panel(lines: Sequence[Line], begun: int, count: int) -> int:
    """The place of a head without a colon, right below as many experts as there are.

    What is discussed stands below it: a line, and no sentence as of a remark.
    """
    if is_whole_panel([*lines[begun : begun + 3 * count]], count):
        return -1
    for size in (count, 2 * count):
        at = begun + size
        below = lines[at : at + 2]
        if (
            0 < size <= at <= len(lines) - 2
            and is_whole_panel([*lines[begun:at]], count)
            and is_headlike(below[0].text)
            and below[1].words <= SHORT
            and not is_sentence(below[1].text)
        ):
            return at
    return -1
