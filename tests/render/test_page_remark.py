"""A remark's own page, and what lists know of a roundtable."""

from dataclasses import replace
from pathlib import Path

import pytest

from newsletter.render.page_remark import render_remark_page
from newsletter.render.roundtable_entry import (
    RoundtableEntry,
    by_competency,
    competency_anchor,
    neighbours,
    roundtable_entry,
)
from tests.render.roundtables import site_of, written


def test_a_remark_alone_is_a_quote_that_leads_to_its_place(publication: Path) -> None:
    table = written(publication, '## One\n\n**Ann:** "hi" *there* <b>you</b>')
    page = render_remark_page(table, "round-1-ann-oldtown", site_of(publication))

    assert page.path == "roundtables/x/round-1-ann-oldtown/index.html"
    link = '<a class="button" href="../../../roundtables/x/index.html'
    assert f'{link}#round-1-ann-oldtown">' in page.html
    assert "there &lt;b&gt;you&lt;/b&gt;</p></blockquote>" in page.html
    assert '<meta property="og:title" content="Ann Oldtown: x">' in page.html


def test_search_engines_are_sent_to_the_roundtable_and_sharers_are_not(
    publication: Path,
) -> None:
    table = written(publication, "## One\n\n**Ann:** hi")
    html = render_remark_page(table, "round-1-ann-oldtown", site_of(publication)).html

    whole = "https://letter.example.com/roundtables/x/"
    assert f'<link rel="canonical" href="{whole}">' in html
    assert f'<meta property="og:url" content="{whole}round-1-ann-oldtown/">' in html
    assert "noindex" not in html


def test_the_picture_of_a_remark_is_named_only_when_it_is_made(
    publication: Path,
) -> None:
    table = written(publication, "## One\n\n**Ann:** hi")
    site = site_of(publication)
    anchor = "round-1-ann-oldtown"
    picture = f"https://letter.example.com/share/roundtables/x/{anchor}.png"

    without = render_remark_page(table, anchor, site).html
    with_it = render_remark_page(table, anchor, replace(site, pictures=True)).html

    assert "og:image" not in without
    assert f'<meta property="og:image" content="{picture}">' in with_it


def test_there_is_no_page_of_a_remark_that_nobody_made(publication: Path) -> None:
    table = written(publication, "## One\n\n**Ann:** hi")

    with pytest.raises(KeyError):
        render_remark_page(table, "round-2-ann-oldtown", site_of(publication))


def entries(publication: Path, *competencies: str) -> list[RoundtableEntry]:
    site = site_of(publication)
    return [
        roundtable_entry(
            written(
                publication,
                "## One\n\n**Ann:** hi\n\n**Ann:** more",
                f"title: T{number}\ncompetency: '{name}'\npanel: [{{name: Ann}}]",
                name=f"t{number}",
            ),
            site,
        )
        for number, name in enumerate(competencies)
    ]


def test_lists_know_the_anchors_of_all_remarks(publication: Path) -> None:
    (found,) = entries(publication, "")

    assert found.remarks == ("round-1-ann", "round-1-ann.2")


def test_roundtables_are_listed_by_what_they_are_about(publication: Path) -> None:
    listed = entries(publication, "Trust", "", "ownership", "Ownership")

    found = by_competency(listed)

    assert [(item.name, item.anchor) for item in found] == [
        ("ownership", "on-ownership"),
        ("Trust", "on-trust"),
        ("", "others"),
    ]
    assert [item.title for item in found[0].roundtables] == ["T2", "T3"]


def test_neighbours_are_about_the_same(publication: Path) -> None:
    listed = entries(publication, "Ownership", "Trust", "ownership", "Ownership")

    around = neighbours(listed)

    assert [item and item.title for item in around["t2"]] == ["T3", "T0"]
    assert around["t1"] == (None, None)


@pytest.mark.parametrize("pair", [("C++", "C#"), ("Führung", "Fuhrung"), ("信", "任")])
def test_two_competencies_are_two_sections(pair: tuple[str, str]) -> None:
    assert competency_anchor(pair[0]) != competency_anchor(pair[1])
