"""A roundtable's page: the panel, who answers whom, consensus and signals."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.config.publication import load_publication
from newsletter.content.images import ImageFolder
from newsletter.content.issue import read_issue
from newsletter.content.roundtable import read_roundtable
from newsletter.model.page import Page
from newsletter.render.page import Site
from newsletter.render.page_roundtable import render_roundtable_page

Render = Callable[..., Page]

PANEL = "panel: [{name: Ann Oldtown}, {name: Bo Park}, {name: 李 小龍}]"


@pytest.fixture
def render(publication: Path) -> Render:
    """Render a roundtable: `render("## One\\n…", "key: value")`, or a sample's."""

    def run(body: str = "", front_matter: str = PANEL, *, name: str = "x") -> Page:
        path = publication / "issues" / "roundtables" / f"{name}.md"
        if body:
            path.write_text(f"---\ntitle: x\n{front_matter}\n---\n\n{body}\n", "utf-8")
        site = Site(
            publication=load_publication(publication, {}),
            images_beside=ImageFolder(publication).beside,
        )
        issues = sorted((publication / "issues").glob("*.md"), reverse=True)
        found = [read_issue(path, publication) for path in issues]
        featured_by = [
            item for item in found if item.roundtable and item.roundtable.slug == name
        ]
        roundtable = read_roundtable(path, publication)
        return render_roundtable_page(roundtable, site, featured_by)

    return run


def remarks(html: str) -> list[tuple[str, str, list[str]]]:
    """Class, id and the anchors answered of every remark."""
    found = re.findall(
        r'<article class="remark ([^"]+)" id="([^"]+)">(.*?)</article>', html, re.DOTALL
    )
    return [
        (look, anchor, re.findall(r'<a href="#([^"]+)">', text.partition("prose")[0]))
        for look, anchor, text in found
    ]


def test_the_page_has_all_parts_of_the_roundtable(render: Render) -> None:
    page = render(name="the-launch-she-stopped")

    for part in (
        "<h1>The Launch She Stopped: Calling Off a Billing Migration at 11 p.m.</h1>",
        '<p class="column">expert roundtable · Ownership</p>',
        'href="https://interviews.example.com/watch/the-launch-she-stopped">watch the',
        '<img src="../../images/priya-raman-',
        '<span class="role" dir="auto">Group Product Manager</span>',
        '<h2 id="round-2">Pushing back</h2>',
        '<h2 id="consensus">panel consensus</h2>',
        "<strong>what happens now, on her team,",
        '<h2 id="signals">hiring signals from the loop</h2>',
        '<a href="../../pull-up-the-second-chair/index.html">pull up the',
    ):
        assert part in page.html
    assert page.problems == ()


def test_every_expert_keeps_a_colour_and_a_side(render: Render) -> None:
    found = remarks(render(name="the-launch-she-stopped").html)

    assert len(found) == 9
    assert {(anchor[len("round-1-") :], look) for look, anchor, _ in found} == {
        ("priya-raman", "expert-1 start"),
        ("tomas-ibarra", "expert-2 end"),
        ("grace-lindqvist", "expert-3 start"),
    }


def test_a_reply_leads_to_what_the_other_said_last(render: Render) -> None:
    html = render(
        "## One\n\n**Ann:** I wait for Bo.\n\n**Bo:** Ann is right.\n\n"
        "## Two\n\n**Ann:** Thank you, Bo.\n\n**Ann:** And more.\n\n"
        "**Bo:** Ann, Bo agrees."
    ).html

    assert [(anchor, answered) for _, anchor, answered in remarks(html)] == [
        ("round-1-ann-oldtown", []),
        ("round-1-bo-park", ["round-1-ann-oldtown"]),
        ("round-2-ann-oldtown", ["round-1-bo-park"]),
        ("round-2-ann-oldtown.2", []),
        ("round-2-bo-park", ["round-2-ann-oldtown.2"]),
    ]


def test_a_name_without_latin_letters_has_an_anchor_too(render: Render) -> None:
    html = render("## One\n\n**李 小龍:** 好").html

    assert [anchor for _, anchor, _ in remarks(html)] == ["round-1-expert.3"]


def test_the_seventh_expert_has_the_first_colour_again(render: Render) -> None:
    people = ", ".join(f"{{name: N{number} X}}" for number in range(7))
    body = "## One\n\n" + "\n\n".join(f"**N{number} X:** hi" for number in range(7))
    looks = [look for look, _, _ in remarks(render(body, f"panel: [{people}]").html)]

    assert looks[0] == "expert-1 start"
    assert looks[5:] == ["expert-6 end", "expert-1 start"]


def test_markdown_in_remarks_and_signals_is_rendered(render: Render) -> None:
    panel = "panel: [{name: Ann, hire: 'very **good**', concern: '<b>none</b>'}]"
    html = render("## One\n\n**Ann:** first *word*\n\n- a list\n", panel).html

    assert "<p>first <em>word</em></p>" in html
    assert "<li>a list</li>" in html
    assert html.count("very <strong>good</strong>") == 2
    assert "&lt;b&gt;none&lt;/b&gt;" in html


def test_what_the_front_matter_does_not_say_is_not_there(render: Render) -> None:
    html = render("## One\n\n**Ann:** hi").html

    for part in ("consensus", "signals", "featured", "byline", "actions"):
        assert f'"{part}"' not in html


def test_the_problems_of_a_remark_have_its_line(render: Render) -> None:
    front_matter = f"{PANEL}\nconsensus: '[x](javascript:y)'"
    page = render("## One\n\n**Ann:** ok\n\n[x](javascript:y)", front_matter)

    assert [(item.code, item.line) for item in page.problems] == [
        ("link", 11),
        ("link", 0),
    ]
