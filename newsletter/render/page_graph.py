"""Who answers whom in a roundtable, as a picture: faces in a ring, arrows between."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from newsletter.model.names import called
from newsletter.render.page_people import Person

WIDTH = 480
"""Units of the picture; on a wide page one is a CSS pixel."""
_ARROW = 11.0
_BOW = 0.16
_LETTERS = 13
_FULL_NAMES = 4
_LINE = 22
_LABEL = 14 + 2 * _LINE
"""Room for a name above the highest face and below the lowest."""


class Point(NamedTuple):
    """A place in the picture."""

    x: float
    y: float


class Dot(NamedTuple):
    """An expert in the picture; `label` are the lines of a name, each with its `y`."""

    person: Person
    label: tuple[tuple[str, float], ...]
    x: float
    y: float


class Arrow(NamedTuple):
    """From who speaks to whom they answer `times` times; paths as SVG writes them."""

    source: Person
    target: Person
    times: int
    line: str
    head: str
    width: float
    middle: Point


class Line(NamedTuple):
    """What the picture says of one expert, for those who do not see it."""

    name: str
    names: str


class Graph(NamedTuple):
    """The picture, ready to be written by a template."""

    width: int
    height: int
    radius: float
    dots: tuple[Dot, ...]
    arrows: tuple[Arrow, ...]
    lines: tuple[Line, ...]


def answer_graph(
    panel: Sequence[Person], counts: Mapping[tuple[str, str], int], *, mirrored: bool
) -> Graph | None:
    """Draw who answers whom how often, by names; None where nobody answers anybody.

    `mirrored` is for pages that are read from the right.
    """
    if not counts:
        return None
    radius = max(18.0, 36.0 - 2.0 * max(0, len(panel) - 4))
    centres, height = _ring(len(panel), radius, mirrored=mirrored)
    labels = _labels(panel)
    at = {person.name: point for person, point in zip(panel, centres, strict=True)}
    people = {person.name: person for person in panel}
    dots = tuple(
        _dot(person, label, at[person.name], radius, height)
        for person, label in zip(panel, labels, strict=True)
    )
    arrows = tuple(
        _arrow(people[source], people[target], at, count, radius)
        for (source, target), count in sorted(
            counts.items(), key=lambda item: (-item[1], item[0])
        )
    )
    lines = tuple(line for person in panel if (line := _line(person, panel, counts)))
    return Graph(WIDTH, height, radius, dots, arrows, lines)


def _ring(number: int, radius: float, *, mirrored: bool) -> tuple[list[Point], int]:
    """Places around an oval, clockwise from the top left; and how high that is.

    Two sit side by side, three in a triangle.
    """
    across = WIDTH / 2 - radius - 36
    down = 118 + 8 * max(0, number - 5)
    first = -math.pi / 2 - (math.pi / number if number % 2 == 0 else 0)
    angles = [first + index * 2 * math.pi / number for index in range(number)]
    top = min(down * math.sin(angle) for angle in angles)
    bottom = max(down * math.sin(angle) for angle in angles)
    above = radius + _LABEL
    points = []
    for angle in angles:
        x = WIDTH / 2 + across * math.cos(angle)
        y = above + down * math.sin(angle) - top
        points.append(Point(_round(WIDTH - x if mirrored else x), _round(y)))
    return points, math.ceil(bottom - top + 2 * above)


def _dot(
    person: Person, label: tuple[str, ...], at: Point, radius: float, height: int
) -> Dot:
    # Two beside each other, and who is in the middle, have their name below.
    above = at.y < height / 2 - 1
    first = at.y - radius - 11 - _LINE * (len(label) - 1)
    if not above:
        first = at.y + radius + 24
    lines = tuple(
        (text, _round(first + _LINE * number)) for number, text in enumerate(label)
    )
    return Dot(person, lines, at.x, at.y)


def _arrow(
    source: Person, target: Person, at: Mapping[str, Point], count: int, radius: float
) -> Arrow:
    start, end = at[source.name], at[target.name]
    bend = _bend(start, end, [*at.values()])
    width = min(2.0 + 1.75 * (count - 1), 9.0)
    size = _ARROW + width
    begin = _towards(start, bend, radius + 4)
    tip = _towards(end, bend, radius + 5)
    base = _towards(end, bend, radius + 5 + size)
    return Arrow(
        source,
        target,
        count,
        line=f"M{_at(begin)} Q{_at(bend)} {_at(base)}",
        head=_head(base, tip, size * 0.5),
        width=width,
        middle=Point(
            _round((begin.x + 2 * bend.x + base.x) / 4),
            _round((begin.y + 2 * bend.y + base.y) / 4),
        ),
    )


def _bend(start: Point, end: Point, ring: Sequence[Point]) -> Point:
    """Where a line bows to: an answer and the answer to it stand side by side.

    In a large ring it is drawn inwards, past the faces between the two.
    """
    x, y = (start.x + end.x) / 2, (start.y + end.y) / 2
    x -= _BOW * (end.y - start.y)
    y += _BOW * (end.x - start.x)
    inwards = 0.3 if len(ring) > _FULL_NAMES else 0.0
    middle = Point(
        sum(point.x for point in ring) / len(ring),
        sum(point.y for point in ring) / len(ring),
    )
    return Point(x + inwards * (middle.x - x), y + inwards * (middle.y - y))


def _head(base: Point, tip: Point, half: float) -> str:
    length = math.hypot(tip.x - base.x, tip.y - base.y)
    aside = Point(
        (base.y - tip.y) / length * half,
        (tip.x - base.x) / length * half,
    )
    left = Point(base.x + aside.x, base.y + aside.y)
    right = Point(base.x - aside.x, base.y - aside.y)
    return f"M{_at(tip)} L{_at(left)} L{_at(right)}Z"


def _towards(start: Point, end: Point, distance: float) -> Point:
    share = distance / math.hypot(end.x - start.x, end.y - start.y)
    return Point(
        start.x + (end.x - start.x) * share, start.y + (end.y - start.y) * share
    )


def _at(point: Point) -> str:
    return f"{_round(point.x):g} {_round(point.y):g}"


def _round(number: float) -> float:
    # The same bytes on every machine, whatever its last digits are.
    return round(number, 1) + 0.0


def _labels(panel: Sequence[Person]) -> list[tuple[str, ...]]:
    """Names in one line or two; of a large panel, first names that tell them apart."""
    if len(panel) <= _FULL_NAMES:
        return [_in_two(" ".join(called(person.name))) for person in panel]
    names = [called(person.name) for person in panel]
    first = [name[0] for name in names]
    return [
        (_cut(" ".join(name) if _is_shared(name[0], first) else name[0]),)
        for name in names
    ]


def _is_shared(word: str, first: Sequence[str]) -> bool:
    """Whether a first name is another's too, or is a letter, which tells nothing."""
    return word.endswith(".") or first.count(word) > 1


def _in_two(name: str) -> tuple[str, ...]:
    """A name that is long is broken at the blank that makes its lines most equal."""
    words = name.split()
    if len(name) <= _LETTERS or len(words) == 1:
        return (_cut(name),)
    halves = [
        (" ".join(words[:place]), " ".join(words[place:]))
        for place in range(1, len(words))
    ]
    best = min(halves, key=lambda half: max(map(len, half)))
    return tuple(_cut(half) for half in best)


def _cut(text: str) -> str:
    if len(text) <= _LETTERS:
        return text
    return f"{text[: _LETTERS - 1].rstrip()}…"


def _line(
    person: Person, panel: Sequence[Person], counts: Mapping[tuple[str, str], int]
) -> Line | None:
    answered = [
        f"{other.name} ({count})"
        for other in panel
        if (count := counts.get((person.name, other.name), 0))
    ]
    return Line(person.name, ", ".join(answered)) if answered else None
