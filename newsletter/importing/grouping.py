"""Groups the lines of a pasted page that are one paragraph, or one remark."""

from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.importing.lines import Line
from newsletter.importing.shape import is_bullet, is_item, number_of


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that somebody says in one go: a paragraph with its list, or several."""

    lines: tuple[Line, ...]

    @property
    def number(self) -> int:
        """The number of its first line."""
        return self.lines[0].number

    @property
    def texts(self) -> list[str]:
        """Its lines, one after the other."""
        return [line.text for line in self.lines]

    @property
    def text(self) -> str:
        """Its lines as one text."""
        return "\n".join(self.texts)


def with_lists(lines: Sequence[Line]) -> list[Group]:
    """Each line by itself, and the items of a list with the line above them.

    One item alone is a list only below a colon; lines that all have a bullet are none.
    """
    items = [is_item(line.text) for line in lines]
    if all(items):
        return [Group((line,)) for line in lines]
    groups: list[list[Line]] = []
    for at, line in enumerate(lines):
        in_list = at > 0 and items[at]
        if in_list and (
            _same(lines[at - 1 : at + 1])
            or _same(lines[at : at + 2])
            or lines[at - 1].text.endswith((":", "："))
        ):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [Group(tuple(group)) for group in groups]


def _same(pair: Sequence[Line]) -> bool:
    """Whether two lines are items of one list: with bullets, or numbers that count."""
    if len(pair) < 2:
        return False
    first, second = (line.text for line in pair)
    if is_bullet(first) or not is_item(first):
        return is_bullet(first) and is_bullet(second)
    return is_item(second) and number_of(second) == number_of(first) + 1


def by_blank_lines(lines: Sequence[Line]) -> list[Group]:
    """The lines between blank ones; none where all are apart, or none is."""
    inner = [line.apart for line in lines[1:]]
    if all(inner) or not any(inner):
        return []
    groups: list[list[Line]] = []
    for at, line in enumerate(lines):
        if at == 0 or line.apart:
            groups.append([])
        groups[-1].append(line)
    return [Group(tuple(group)) for group in groups]
