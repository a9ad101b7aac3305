"""A roundtable's page: the panel, who answers whom, consensus and signals."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.content.issue import read_issue
from newsletter.model.page import Page
from newsletter.render.experts import expert_slugs
from newsletter.render.page import entry
from newsletter.render.page_roundtable import render_roundtable_page
from newsletter.render.roundtable_entry import roundtable_entry
from tests.render.roundtables import PANEL, read, site_of, written

Render = Callable[..., Page]


@pytest.fixture
def render(publication: Path) -> Render:
    """Render a roundtable: `render("## One\\n…", "key: value")`, or a sample's."""

    def run(
        body: str = "", front_matter: str = PANEL, *, name: str = "x", **given: object
    ) -> Page:
        site = site_of(publication)
        issues = sorted((publication / "issues").glob("*.md"), reverse=True)
        found = [read_issue(path, publication) for path in issues]
        featured_by = [
            entry(item, site)
            for item in found
            if item.roundtable and item.roundtable.slug == name
        ]
        roundtable = (
            written(publication, body, front_matter, name=name)
            if body
            else read(publication, name)
        )
        return render_roundtable_page(roundtable, site, featured_by, **given)  # type: ignore[arg-type]

    return run


def remarks(html: str) -> list[tuple[str, str, list[str]]]:
    """Class, id and the anchors answered of every remark."""
    found = re.findall(
        r'<article class="remark ([^"]+)" id="([^"]+)"[^>]*>(.*?)</article>',
        html,
        re.DOTALL,
    )
    return [
        (
            look,
            anchor,
            re.findall(r'<a class="[^"]+" href="#([^"]+)"', text.partition("prose")[0]),
        )
        for look, anchor, text in found
    ]


def test_the_page_has_all_parts_of_the_roundtable(render: Render) -> None:
    page = render(name="the-launch-she-stopped")

    for part in (
        "<h1>The Launch She Stopped: Calling Off a Billing Migration at 11 p.m.</h1>",
        '<p class="column">expert roundtable · '
        '<a href="../../roundtables/index.html#on-ownership">Ownership</a></p>',
        '<h2 class="column" id="panel">3 experts discuss this interview</h2>',
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
        "## One\n\n**Ann:** Bo, I wait.\n\n**Bo:** Ann, you are right.\n\n"
        "## Two\n\n**Ann:** Thank you, Bo.\n\n**Ann:** And more.\n\n"
        "**Bo:** Ann, Bo agrees with what Ann said."
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
    assert html.count("very <strong>good</strong>") == 1
    assert "&lt;b&gt;none&lt;/b&gt;" in html


def test_what_the_front_matter_does_not_say_is_not_there(render: Render) -> None:
    html = render("## One\n\n**Ann:** hi").html

    for part in ("consensus", "signals", "featured", "byline", "actions", "answers"):
        assert f'"{part}"' not in html
    assert '<nav class="neighbours' not in html


def test_the_problems_of_a_remark_have_its_line(render: Render) -> None:
    front_matter = f"{PANEL}\nconsensus: '[x](javascript:y)'"
    page = render("## One\n\n**Ann:** ok\n\n[x](javascript:y)", front_matter)

    assert [(item.code, item.line) for item in page.problems] == [
        ("link", 11),
        ("link", 0),
    ]


def test_an_expert_is_linked_to_their_page_or_to_where_they_are_else(
    render: Render,
) -> None:
    panel = "panel: [{name: Ann, url: https://ann.example}, {name: Bo}, {name: Cy}]"
    html = render("## One\n\n**Ann:** hi", panel, experts=expert_slugs(["BO"])).html

    assert '<a href="https://ann.example">Ann</a>' in html
    assert '<a href="../../experts/bo/index.html">Bo</a>' in html
    assert '<span class="name" dir="auto">Cy</span>' in html


def test_the_name_over_a_remark_leads_to_the_expert(render: Render) -> None:
    body = "## One\n\n**Ann:** hi\n\n**Bo:** hi"
    html = render(body, "panel: [{name: Ann}, {name: Bo}]", experts={"bo": "bo"}).html

    link = '<bdi><a href="../../experts/bo/index.html">Bo</a></bdi></h3>'
    assert f'id="round-1-bo.by">{link}' in html
    assert 'id="round-1-ann.by"><bdi>Ann</bdi></h3>' in html


def test_every_remark_can_be_linked_and_shared(render: Render) -> None:
    html = render("## One\n\n**Ann:** hi\n\n**Ann:** and hi").html

    for anchor in ("round-1-ann-oldtown", "round-1-ann-oldtown.2"):
        name = 'aria-label="share: Ann Oldtown, One">share</a>'
        assert f'<a href="../../roundtables/x/{anchor}/index.html" {name}' in html
        name = 'aria-label="link to this remark of Ann Oldtown, One">'
        assert f'<a class="anchor" href="#{anchor}" {name}' in html


def test_the_neighbours_are_on_the_same_competency(
    render: Render, publication: Path
) -> None:
    site = site_of(publication)
    older = roundtable_entry(read(publication, "the-honest-i-dont-know"), site)
    newer = roundtable_entry(read(publication, "the-launch-she-stopped"), site)

    html = render(
        "## One\n\n**Ann:** hi", f"competency: C++\n{PANEL}", older=older, newer=newer
    ).html

    nav = html[html.index('<nav class="neighbours') :]
    assert re.search(
        r'<a href="../../roundtables/index.html#on-c-[0-9a-f]{6}">more on C\+\+</a>',
        nav,
    )
    assert 'rel="prev" href="../../roundtables/the-honest-i-dont-know/' in nav
    assert 'rel="next" href="../../roundtables/the-launch-she-stopped/' in nav


def test_a_signal_is_said_once_and_both_halves_are_optional(render: Render) -> None:
    panel = "panel: [{name: Ann, hire: yes-yes}, {name: Bo, concern: no-no}, {name: C}]"
    html = render("## One\n\n**Ann:** hi", panel).html

    rows = re.findall(r'<tr class="signal [^"]+">(.*?)</tr>', html, re.DOTALL)
    assert len(rows) == 2
    assert html.count("yes-yes") == 1
    assert '<td class="concern" data-label="concern"></td>' in rows[0]
    assert '<td class="hire" data-label="reason to hire"></td>' in rows[1]


def test_an_expert_alone_has_a_page_like_any_other(render: Render) -> None:
    html = render("## One\n\n**Ann:** Ann, hi", "panel: [{name: Ann, hire: x}]").html

    assert '<h2 class="column" id="panel">expert</h2>' in html
    assert "<svg" not in html


def test_the_ids_of_the_page_are_not_taken_by_a_text(render: Render) -> None:
    html = render(
        "## One\n\n**Ann:** x\n\n### panel\n\n### round-1\n\n### answers\n\n"
        "**Bo:** Ann, y",
        f"{PANEL}\nconsensus: '### signals'",
    ).html

    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_a_roundtable_without_remarks_has_the_rest(publication: Path) -> None:
    table = read(publication, "the-launch-she-stopped")

    html = render_roundtable_page(
        table.model_copy(update={"rounds": ()}), site_of(publication)
    ).html

    assert '<h2 id="signals">' in html
    assert 'class="round"' not in html
    assert "<svg" not in html
