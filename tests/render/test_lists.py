"""Long lists come in pages, and long texts have contents."""

import datetime

import pytest

from newsletter.render.page import Entry
from newsletter.render.page_contents import contents_of
from newsletter.render.paging import PER_PAGE, paged


def entries(count: int) -> list[Entry]:
    start = datetime.date(2026, 1, 3)
    days = [start - datetime.timedelta(days=number) for number in range(count)]
    return [Entry(f"{day}", "", day, "x/index.html", "", "", f"{day}") for day in days]


@pytest.mark.parametrize(
    ("count", "pages"), [(0, 1), (1, 1), (PER_PAGE, 1), (PER_PAGE + 1, 2)]
)
def test_a_list_has_as_many_pages_as_it_needs(count: int, pages: int) -> None:
    items = entries(count)
    parts = [*paged(items, "issues/index.html")]

    assert [part.number for part in parts] == [*range(1, pages + 1)]
    assert all(part.pages == pages for part in parts)
    assert [item for part in parts for item in part.entries] == items


def test_each_page_has_a_place_of_its_own() -> None:
    paths = [
        part.path for part in paged(entries(2 * PER_PAGE + 1), "tags/x/index.html")
    ]

    assert paths == [
        "tags/x/index.html",
        "tags/x/page/2/index.html",
        "tags/x/page/3/index.html",
    ]


def test_a_page_is_by_year() -> None:
    (part,) = paged(entries(5), "issues/index.html")

    assert [(year.year, len(year.entries)) for year in part.years] == [
        (2026, 3),
        (2025, 2),
    ]


def test_contents_have_two_levels() -> None:
    found = contents_of(
        [(2, "a", "A"), (3, "b", "B"), (4, "c", "C"), (2, "d", "D"), (2, "e", "E")]
    )

    assert [(item.title, [part.anchor for part in item.parts]) for item in found] == [
        ("A", ["b"]),
        ("D", []),
        ("E", []),
    ]


def test_contents_begin_where_the_text_does() -> None:
    found = contents_of([(3, "a", "A"), (3, "b", "B"), (3, "c", ""), (3, "d", "D")])

    assert [item.anchor for item in found] == ["a", "b", "d"]


def test_few_sub_heads_make_no_contents() -> None:
    assert contents_of([(2, "a", "A"), (2, "b", "B")]) == []
    assert contents_of([]) == []
