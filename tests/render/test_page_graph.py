"""The picture of who answers whom: right for any panel, for any reader."""

import itertools
import math
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.render.page_graph import WIDTH, Graph, answer_graph
from newsletter.render.page_people import Person
from newsletter.render.page_roundtable import render_roundtable_page
from tests.render.roundtables import site_of, written

NAMES = st.text(min_size=1, max_size=40).filter(lambda name: bool(name.strip()))


def panel(*names: str) -> tuple[Person, ...]:
    return tuple(
        Person(name, "", name[:1], "", "", str(number), "expert-1", "start")
        for number, name in enumerate(names)
    )


def drawn(
    people: tuple[Person, ...],
    counts: dict[tuple[str, str], int],
    *,
    mirrored: bool = False,
) -> Graph:
    graph = answer_graph(people, counts, mirrored=mirrored)
    assert graph
    return graph


def test_there_is_no_picture_where_nobody_answers() -> None:
    assert answer_graph(panel("Ann", "Bo"), {}, mirrored=False) is None
    assert answer_graph(panel("Ann"), {}, mirrored=False) is None


@given(
    names=st.lists(NAMES, min_size=2, max_size=12, unique=True), mirrored=st.booleans()
)
def test_every_face_is_inside_and_no_two_touch(
    names: list[str], *, mirrored: bool
) -> None:
    counts = dict.fromkeys(itertools.permutations(names, 2), 1)
    graph = drawn(panel(*names), counts, mirrored=mirrored)

    for dot in graph.dots:
        assert graph.radius <= dot.x <= WIDTH - graph.radius
        assert graph.radius <= dot.y <= graph.height - graph.radius
        assert all(0 < y <= graph.height for _, y in dot.label)
    for one, other in itertools.combinations(graph.dots, 2):
        assert math.dist((one.x, one.y), (other.x, other.y)) > 2 * graph.radius
    assert len(graph.arrows) == len(names) * (len(names) - 1)


def test_an_arrow_is_the_wider_the_more_often_and_begins_and_ends_at_a_face() -> None:
    counts = {("Ann", "Bo"): 1, ("Bo", "Ann"): 3, ("Cy", "Ann"): 99}
    graph = drawn(panel("Ann", "Bo", "Cy"), counts)
    widths = {(it.source.name, it.target.name): it.width for it in graph.arrows}

    assert widths["Ann", "Bo"] < widths["Bo", "Ann"] < widths["Cy", "Ann"] < 10
    at = {dot.person.name: (dot.x, dot.y) for dot in graph.dots}
    for arrow in graph.arrows:
        numbers = [float(item) for item in re.findall(r"-?[\d.]+", arrow.line)]
        begin = math.dist(numbers[:2], at[arrow.source.name])
        tip = [float(item) for item in re.findall(r"-?[\d.]+", arrow.head)][:2]
        assert begin == pytest.approx(graph.radius + 4, abs=0.2)
        assert math.dist(tip, at[arrow.target.name]) == pytest.approx(
            graph.radius + 5, abs=0.2
        )


def test_an_answer_and_the_answer_to_it_do_not_lie_on_each_other() -> None:
    there, back = drawn(panel("Ann", "Bo"), {("Ann", "Bo"): 2, ("Bo", "Ann"): 2}).arrows

    assert abs(there.middle.y - back.middle.y) > 25


def test_the_first_face_is_at_the_side_where_reading_begins() -> None:
    counts = {("Ann", "Bo"): 1}
    left = drawn(panel("Ann", "Bo"), counts)
    right = drawn(panel("Ann", "Bo"), counts, mirrored=True)

    assert left.dots[0].x < WIDTH / 2 < left.dots[1].x
    assert right.dots[0].x > WIDTH / 2 > right.dots[1].x


def test_names_have_room() -> None:
    few = drawn(
        panel("Ann", "Nguyễn Thị Hạnh", "Maximilian Featherstonehaugh"),
        {("Ann", "Nguyễn Thị Hạnh"): 1},
    )
    many = drawn(panel("Ann Lee", "Ann Ray", "Bo Park", "Cy", "Di"), {("Cy", "Di"): 1})

    assert [[text for text, _ in dot.label] for dot in few.dots] == [
        ["Ann"],
        ["Nguyễn", "Thị Hạnh"],
        ["Maximilian", "Featherstone…"],
    ]
    assert [dot.label[0][0] for dot in many.dots] == [
        *("Ann Lee", "Ann Ray"),
        *("Bo", "Cy", "Di"),
    ]


def test_a_label_is_what_somebody_is_called() -> None:
    names = ("Dr. Ana Lima, PhD", "Bo Chen", "J. R. Diaz Jr.", "Di Fox", "Eve Hall")
    few = drawn(panel(*names[:2]), {names[:2]: 1})
    many = drawn(panel(*names), {names[:2]: 1})

    assert [dot.label[0][0] for dot in few.dots] == ["Ana Lima", "Bo Chen"]
    assert [dot.label[0][0] for dot in many.dots] == [
        *("Ana", "Bo", "J. R. Diaz", "Di", "Eve")
    ]


def test_who_does_not_see_it_is_told_the_same() -> None:
    counts = {("Ann", "Bo"): 2, ("Ann", "Cy"): 1, ("Bo", "Ann"): 1}

    lines = drawn(panel("Ann", "Bo", "Cy"), counts).lines

    assert [(line.name, line.names) for line in lines] == [
        ("Ann", "Bo (2), Cy (1)"),
        ("Bo", "Ann (1)"),
    ]


def test_the_page_has_the_picture_as_svg_with_a_name_and_a_text(
    publication: Path,
) -> None:
    people = ", ".join(f"{{name: 'N{number} <b>'}}" for number in range(8))
    body = "## One\n\n" + "\n\n".join(f"**N{n} <b>:** hi" for n in range(8))
    body += "\n\n## Two\n\n**N1 <b>:** N2, N3 and N4, yes.\n\n**N2 <b>:** N1, yes."
    table = written(publication, body, f"panel: [{people}]")
    html = render_roundtable_page(table, site_of(publication)).html

    svg = html[html.index("<svg") : html.index("</svg>") + len("</svg>")]
    root = ElementTree.fromstring(svg)
    assert root.findtext("title") == "who answers whom"
    assert "N1 <b> answers N2 <b> (1), N3 <b> (1), N4 <b> (1)." in (
        root.findtext("desc") or ""
    )
    assert len(root.findall("g[@class]")) == 4 + 8
