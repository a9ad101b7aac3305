"""An expert's page and the list of experts: one person over all roundtables."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.render.experts import expert_key, expert_slugs
from newsletter.render.page_expert import (
    expert_entries,
    render_expert_page,
    render_experts_page,
)
from newsletter.render.roundtable_entry import roundtable_entry
from tests.render.roundtables import site_of, written

OLD = (
    "title: Old\ndate: 2026-01-05\ncompetency: Ownership\npanel:\n"
    "  - {name: ANN  OLDTOWN, role: Engineer, url: https://ann.example, hire: kept}\n"
    "  - {name: Bo Park}"
)
NEW = (
    "title: New\ndate: 2026-03-05\npanel:\n"
    "  - {name: Bo Park}\n"
    "  - {name: Ann Oldtown, role: Director, concern: late}"
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann Oldtown", "ANN  OLDTOWN"),
        ("Hạnh", "Ha\u0323nh"),
        ("Strauß", "STRAUSS"),
        ("Ａnn", "Ann"),
    ],
)
def test_the_same_name_is_the_same_person(one: str, other: str) -> None:
    assert expert_key(one) == expert_key(other)


def test_an_accent_tells_people_apart_and_so_do_their_addresses() -> None:
    slugs = expert_slugs(["Jose Ray", "José Ray", "Łukasz Ø", "李 小龍", "Index"])

    assert slugs["jose ray"] == "jose-ray"
    assert re.fullmatch(r"jose-ray-[0-9a-f]{8}", slugs["josé ray"])
    assert slugs["łukasz ø"] == "lukasz-o"
    assert slugs["李 小龍"] == "李-小龍"
    assert re.fullmatch(r"expert-[0-9a-f]{8}", expert_slugs(["🪑"])["🪑"])
    assert slugs["index"] != "index"


@given(st.lists(st.text(min_size=1, max_size=100), max_size=30))
def test_everybody_has_one_address_of_their_own(names: list[str]) -> None:
    slugs = expert_slugs(names)

    assert set(slugs) == {expert_key(name) for name in names}
    assert len({*slugs.values()}) == len(slugs)
    assert all(slug and len(slug.encode()) < 255 for slug in slugs.values())
    assert not any(set(slug) & set("/\\.:%?# ") for slug in slugs.values())
    assert slugs == expert_slugs(reversed(names))


def test_the_page_has_all_that_was_said_newest_first(publication: Path) -> None:
    old = written(
        publication,
        "## First\n\n**Ann:** one *word*\n\n**Bo:** Ann, no.",
        OLD,
        name="old",
    )
    new = written(
        publication,
        "## Second\n\n**Bo:** never here\n\n**Ann:** Bo, yes.\n\n### note",
        NEW,
        name="new",
    )

    page = render_expert_page(
        "ann-oldtown", "ann oldtown", [new, old], site_of(publication)
    )

    html = page.html
    assert page.path == "experts/ann-oldtown/index.html"
    assert "<h1><bdi>Ann Oldtown</bdi></h1>" in html
    roles = re.findall(r'<p class="role"><bdi>([^<]+)</bdi></p>', html)
    assert roles == ["Director", "Engineer"]
    assert html.index(">New</a>") < html.index(">Old</a>")
    assert "remarks: 2 · roundtables: 2" in html
    assert 'href="https://ann.example">website</a>' in html
    for link in (
        '<a href="../../roundtables/old/index.html#round-1-ann-oldtown">First</a>',
        '<a href="../../roundtables/new/index.html#round-1-ann-oldtown">Second</a>',
        'href="../../roundtables/new/index.html#round-1-bo-park" dir="auto">Bo Park',
    ):
        assert link in html
    assert "<p>one <em>word</em></p>" in html
    assert "kept" in html
    assert "late" in html
    assert "never here" not in html


def test_no_id_is_given_twice_where_texts_have_the_same_heads(
    publication: Path,
) -> None:
    tables = [
        written(
            publication,
            "## One\n\n**Ann:** x[^1]\n\n### note\n\n### in-old\n\n[^1]: y",
            front_matter,
            name=name,
        )
        for name, front_matter in (("old", OLD), ("new", NEW))
    ]

    html = render_expert_page("a", "ann oldtown", tables, site_of(publication)).html

    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) > 8
    assert len(ids) == len(set(ids))


def test_the_list_has_everybody_once_as_they_are_now(publication: Path) -> None:
    site = site_of(publication)
    tables = [
        written(publication, "## One\n\n**Bo:** hi", front_matter, name=name)
        for name, front_matter in (("new", NEW), ("old", OLD))
    ]
    entries = [roundtable_entry(table, site) for table in tables]
    slugs = expert_slugs(["Ann Oldtown", "Bo Park"])

    found = expert_entries(entries, slugs)
    html = render_experts_page(site, found).html

    assert [(item.person.name, item.roundtables) for item in found] == [
        ("Ann Oldtown", 2),
        ("Bo Park", 2),
    ]
    assert found[0].person.role == "Director"
    assert found[0].person.url == "https://ann.example"
    assert html.count('href="../experts/ann-oldtown/index.html"') == 1
