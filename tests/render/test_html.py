"""Markdown as HTML: pyromark is the judge of every word; raw HTML only when trusted."""

import re

import pytest
from hypothesis import example, given, settings

from newsletter.render.email_html import EmailHtml
from newsletter.render.merge import MergeTags
from newsletter.render.tree import parse
from newsletter.render.web_html import WebHtml
from tests.render.making import FILE, KNOWN, findings, fragment, words
from tests.render.markdown import document, noise, oracle

KINDS = pytest.mark.parametrize("kind", [EmailHtml, WebHtml])


# What only a phone shows, where a wide table is stacked: its columns' names again.
_REPEATED = re.compile(r'<span class="head">.*?</span>')


def read(
    markdown: str, kind: type[EmailHtml] | type[WebHtml], *, trusted: bool = False
) -> str:
    """The words of a text, each as often as its author wrote it."""
    return words(_REPEATED.sub("", fragment(markdown, kind, trusted=trusted)))


@settings(max_examples=120, deadline=None)
@given(document)
@example("| a | b |\n|:-|-:|\n| **~~~~cccccc~~~~** | **~~~~dddddd~~~~** |")
def test_no_word_of_a_document_is_lost_or_glued_to_another(markdown: str) -> None:
    for kind in (EmailHtml, WebHtml):
        assert read(markdown, kind) == oracle(markdown)


@settings(max_examples=120, deadline=None)
@given(noise)
def test_no_word_is_lost_in_any_mixture_of_marks(markdown: str) -> None:
    for kind in (EmailHtml, WebHtml):
        assert read(markdown, kind) == oracle(markdown)


@settings(max_examples=60, deadline=None)
@given(document)
def test_trusting_an_author_changes_no_word(markdown: str) -> None:
    assert read(markdown, EmailHtml, trusted=True) == oracle(markdown)


@KINDS
@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("# one", "<h2"),
        ("###### six", "<h6"),
        ("a\\\nb", "a<br>\nb"),
        ("~~a~~", "<s>a</s>"),
        ("---", "<hr>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("- [x] a\n- [ ] b", '<li class="task">☑ a</li>\n<li class="task">☐ b</li>'),
        ("`a < b & c`", '<code dir="ltr">a &lt; b &amp; c</code>'),
        ("```html\n<b>\n```", '<pre><code dir="ltr">&lt;b&gt;\n</code></pre>'),
        ('[a](https://b.example "c \\"d\\"")', 'title="c &quot;d&quot;">a</a>'),
        ("a & b &copy; &lt;", "a &amp; b © &lt;"),
        ("[^a]\n\n[^b]: c", "[^a]"),
    ],
)
def test_each_mark_has_its_element(
    kind: type[EmailHtml] | type[WebHtml], markdown: str, html: str
) -> None:
    assert html in fragment(markdown, kind)


@KINDS
@pytest.mark.parametrize(
    "raw",
    [
        "<b>bold</b>",
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "<!-- remark -->",
        "<div>\n\n*a*\n\n</div>",
    ],
)
def test_html_is_shown_as_text_unless_it_is_trusted(
    kind: type[EmailHtml] | type[WebHtml], raw: str
) -> None:
    shown = fragment(raw, kind)

    assert words(shown) == words(raw.replace("*a*", "a").replace("<", "&lt;"))
    assert "&lt;" in shown


@KINDS
def test_trusted_html_passes_but_nothing_that_runs(
    kind: type[EmailHtml] | type[WebHtml],
) -> None:
    shown = fragment(
        '<div class="note" onclick="alert(1)">a <mark>b</mark></div>\n\n'
        "c <u>d</u> <script>alert(1)</script><iframe src=x></iframe>"
        '<a href="javascript:alert(1)">e</a> <a href="https://f.example">g</a>',
        kind,
        trusted=True,
    )

    assert '<div class="note">a <mark>b</mark></div>' in shown
    assert "c <u>d</u>" in shown
    assert '<a>e</a> <a href="https://f.example">g</a>' in shown
    assert "alert" not in shown
    assert "iframe" not in shown


def test_trusted_html_is_balanced_so_that_it_cannot_swallow_what_follows() -> None:
    assert fragment("<div><b>a", trusted=True).count("</") == 2
    assert fragment("</div></td></table>a", trusted=True) == "a"


def test_a_text_of_one_paragraph_can_stand_in_a_line() -> None:
    tags = MergeTags(FILE, KNOWN)
    html = EmailHtml(findings(), trusted=False, notes="notes")

    assert html.inline(parse("a *b*", tags)) == "a <em>b</em>"
    assert html.inline(parse("a\n\nb", tags)) == "<p>a</p>\n<p>b</p>\n"


def test_an_image_that_cannot_be_used_leaves_its_text() -> None:
    assert fragment("a ![two <chairs>](gone.jpg) b") == (
        "<p>a two &lt;chairs&gt; b</p>\n"
    )


def test_a_link_that_cannot_be_used_leaves_its_text() -> None:
    assert fragment("[a *b*](javascript:alert(1))") == "<p>a <em>b</em></p>\n"
    assert fragment("**[a](javascript:alert(1))**") == "<p><strong>a</strong></p>\n"
