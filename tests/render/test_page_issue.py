"""An issue's page: what is on it, and what of an email is not."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsletter.config.publication import load_publication
from newsletter.content.images import ImageFolder
from newsletter.content.library import load_issue
from newsletter.model.page import Page
from newsletter.render.page import Site
from newsletter.render.page_issue import render_issue_page

Render = Callable[..., Page]


@pytest.fixture
def render(publication: Path) -> Render:
    """Render an issue: `render("text", "key: value")`, or one of the sample by name."""

    def run(
        body: str = "", front_matter: str = "", *, name: str = "", **changed: Any
    ) -> Page:
        if not name:
            name = "2026-01-02-x"
            path = publication / "issues" / f"{name}.md"
            path.write_text(f"---\ntitle: x\n{front_matter}\n---\n{body}\n", "utf-8")
        settings = load_publication(publication, {}).model_copy(update=changed)
        site = Site(publication=settings, images_beside=ImageFolder(publication).beside)
        issue, roundtable = load_issue(publication, name)
        return render_issue_page(issue, site, roundtable)

    return run


def test_the_page_has_all_parts_of_the_issue(render: Render) -> None:
    html = render(name="pull-up-the-second-chair").html

    for part in (
        "<h1>pull up the second chair</h1>",
        '<p class="deck">an interview is two people deciding. furnish it that way.</p>',
        '<time datetime="2026-11-20">20 November 2026</time>',
        "mo ellery · 4 min read",
        '<p class="column">my 2 cents</p>',
        '<h2 class="column">TLDR: synopsis</h2>',
        '<p class="column">expert roundtable · Ownership</p>',
        '<span class="name" dir="auto">Tomás Ibarra</span>',
        "<strong>panel consensus:</strong> The panel would hire her",
        '<h2 class="column">music for your friday</h2>',
        '<a href="https://www.youtube.com/watch?v=2ndChairFri" data-player=',
        '<li><a rel="tag" href="../tags/hiring-managers/index.html">hiring managers<',
    ):
        assert part in html


def test_the_head_says_what_is_shared(render: Render) -> None:
    html = render(name="pull-up-the-second-chair").html

    for part in (
        "<title>pull up the second chair · the second chair</title>",
        '<meta name="description" content="an interview is two people deciding.',
        '<meta property="og:type" content="article">',
        '<meta property="og:image" content="https://letter.example.com/images/two-',
        '<meta property="article:published_time" content="2026-11-20">',
        '<link rel="canonical" href="https://letter.example.com/pull-up-the-second-',
        '<link rel="alternate" type="application/atom+xml"',
    ):
        assert part in html


def test_the_headline_is_left_out_where_it_repeats_the_title(render: Render) -> None:
    assert 'class="headline"' not in render(front_matter="my_2_cents: x").html
    assert '<h2 class="headline">y</h2>' in render(front_matter="my_2_cents: y").html


def test_an_issue_of_a_title_alone_has_a_page(render: Render) -> None:
    html = render("word").html

    assert "<h1>x</h1>" in html
    for part in ("box", "deck", "tags", "neighbours", "<footer>"):
        assert f'"{part}"' not in html


@pytest.mark.parametrize(
    ("front_matter", "body", "description"),
    [
        ("description: the deck\npreheader: p", "text", "the deck"),
        ("preheader: the preheader", "text", "the preheader"),
        ("tldr: in short", "text", "in short"),
        (
            "",
            'hello {{ name | default("you") }}, *this* is it.',
            "hello you, this is it.",
        ),
    ],
)
def test_the_description_is_the_best_there_is(
    render: Render, front_matter: str, body: str, description: str
) -> None:
    html = render(body, front_matter).html

    assert f'<meta name="description" content="{description}">' in html


def test_the_picture_is_the_one_named_or_the_first_of_the_text(render: Render) -> None:
    body = "![a](images/two-paths.jpg) ![b](images/two-chairs.jpg)"

    first = render(body).picture
    named = render(body, "image: images/two-chairs.jpg").picture
    elsewhere = render(body, "image: https://example.com/a.png\nimage_alt: an a").html

    assert first is not None
    assert first.name.startswith("two-paths-")
    assert named is not None
    assert named.name.startswith("two-chairs-")
    assert '<meta property="og:image" content="https://example.com/a.png">' in elsewhere
    assert '<meta property="og:image:alt" content="an a">' in elsewhere
    assert "og:image" not in render("no picture").html


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (
            "![a *b*](https://a.example/x.png)",
            '<a href="https://a.example/x.png">a b</a>',
        ),
        ("![a [b](/c)](https://a.example/x.png)", 'example/x.png">a b</a>'),
        ("![](https://a.example/x.png)", ">https://a.example/x.png</a>"),
        ("[![a](https://a.example/x.png)](https://b.example/)", 'b.example/">a</a>'),
        ("**[![a](https://a.example/x.png)](https://b.example/)**", ">a</a></p>"),
        ("![a](https://letter.example.com/own.png)", '<img src="../own.png" alt="a"'),
    ],
)
def test_a_page_asks_no_other_site_for_an_image(
    render: Render, body: str, shown: str
) -> None:
    front_matter = (
        "music: {url: 'https://m.example/', cover: 'https://a.example/c.png'}"
    )
    html = render(body, front_matter).html

    assert shown in html
    assert not re.search(r'<img[^>]*(src|srcset)="http', html)
    assert "img-src &#39;self&#39;;" in html


def test_an_image_has_its_size_so_that_the_text_does_not_jump(render: Render) -> None:
    html = render('![two paths](images/two-paths.jpg "which?")').html

    assert '<img src="../images/two-paths-' in html
    assert 'alt="two paths" width="1200" height="800" loading="lazy">' in html
    assert '<span class="caption">which?</span>' in html


def test_the_problems_of_a_page_say_where_they_are(render: Render) -> None:
    page = render("ok\n\n[x](javascript:y)\n", "description: '{{ nobody }}'")

    assert [(item.code, item.line) for item in page.problems] == [
        ("link", 7),
        ("merge-tag", 0),
    ]


def test_the_page_says_in_which_language_it_is(render: Render) -> None:
    assert '<html lang="ar-EG" dir="rtl">' in render("a", language="ar-EG").html


def test_quotes_are_curled_in_english_only(render: Render) -> None:
    assert "“a”" in render('"a"').html
    assert '"a"' in render('"a"', language="de").html


def test_columns_keep_their_alignment_without_a_style_in_line(render: Render) -> None:
    html = render("| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |").html

    assert '<td class="left">1</td><td class="center">2</td>' in html
    assert "style=" not in html
    assert "align=" not in html


def test_the_notes_of_both_texts_are_told_apart(render: Render) -> None:
    tldr = "tldr: |\n  a[^1] b[^1]\n\n  [^1]: one"
    html = render("c[^1]\n\n[^1]: two", tldr).html

    assert '<sup id="ref-1"><a href="#note-1" aria-label="note 1">1</a></sup>' in html
    assert html.count('id="text-2-ref-1"') == 1
    assert html.count('href="#text-2-note-1"') == 2
    assert '<li id="text-2-note-1"><p>one</p>' in html


def test_html_is_shown_as_text_unless_the_publication_trusts_it(render: Render) -> None:
    body = "<div class=own>x</div>\n\n<script>y</script>"

    assert "&lt;div class=own&gt;" in render(body).html
    trusted = render(body, trusted_html=True).html
    assert '<div class="own">x</div>' in trusted
    assert "<script>" not in trusted
