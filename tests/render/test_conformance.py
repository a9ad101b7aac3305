"""Every example of the CommonMark specification, through each of our renderers."""

from typing import TYPE_CHECKING

import pytest

from newsletter.content.images import ImageFolder
from newsletter.model.email import ImageFile
from newsletter.render.email_html import EmailHtml
from newsletter.render.findings import Findings
from newsletter.render.merge import MergeTags
from newsletter.render.page import Site
from newsletter.render.page_issue import render_issue_page
from newsletter.render.tree import Node, parse
from newsletter.render.web_html import WebHtml
from tests.conftest import ROOT
from tests.render.commonmark import ALIKE, Example, examples
from tests.render.making import (
    BASE,
    FILE,
    PAGE,
    a_publication,
    an_issue,
    fragment,
    images,
    rendered,
    sample,
    text_for,
    words,
)

if TYPE_CHECKING:
    from tests.rig.chromium import Pages

ADDRESSES = {20, 202, 502, 526, 538, 603}
"""Addresses stay as they were typed: `%5C`, `%5B` and `%5D` for `\\`, `[` and `]` are
left to the renderer by the specification."""

OPEN = {173}
"""A `<style>` that never ends: closed by us, so that it swallows nothing else."""

BARE_ADDRESSES = {602, 608, 611}
"""A bare web address is a link, as in every mail program."""


class AsWritten(Findings):
    """Lets every address through, since the examples have few that a mail may have."""

    def link(self, node: Node) -> str:
        return str(node.attributes["dest_url"])

    def image(self, node: Node) -> tuple[str, ImageFile | None]:
        return str(node.attributes["dest_url"]), None


class Unsanitised(WebHtml):
    """What is handed to the sanitiser: HTML that it takes away is no fault of ours."""

    def _clean(self, html: str) -> str:
        return html


def to_web(markdown: str) -> str:
    """Markdown as HTML for the web, addresses and an author's HTML as they are."""
    findings = AsWritten(FILE, BASE, PAGE, images)
    document = parse(markdown, MergeTags(FILE, ()), smart=False)
    return Unsanitised(findings, trusted=True, notes="notes").render(document)


def html_of(example: Example) -> list[str]:
    """The HTML that stands between the Markdown."""
    document = parse(example.markdown, MergeTags(FILE, ()), smart=False)
    kinds = ("Html", "InlineHtml")
    return [node.text for node in document.nodes if node.kind in kinds]


@pytest.fixture(scope="module")
def spec() -> list[Example]:
    found = examples()
    assert len(found) == 652
    return found


def test_the_web_says_what_the_specification_says(
    spec: list[Example], open_page: "Pages"
) -> None:
    pairs = [(to_web(example.markdown), example.html) for example in spec]

    compared = open_page().evaluate(ALIKE, pairs)
    differing = {
        example.number: (ours, theirs)
        for example, (ours, theirs) in zip(spec, compared, strict=True)
        if ours != theirs
    }
    expected = ADDRESSES | BARE_ADDRESSES | OPEN
    assert {key: differing[key] for key in differing.keys() - expected} == {}
    assert differing.keys() == expected


def test_the_comparison_sees_what_matters(open_page: "Pages") -> None:
    pairs = [
        ("<p>a</p>", "<p>b</p>"),
        ("<p>a b</p>", "<p>ab</p>"),
        ("<em>a</em> b", "<em>a</em>b"),
        ("<h2>a</h2>", "<h3>a</h3>"),
        ('<a href="/a">x</a>', '<a href="/b">x</a>'),
        ('<img src="a" alt="b">', '<img src="a" alt="c">'),
        ("<pre><code>a\n b</code></pre>", "<pre><code>a\nb</code></pre>"),
        ("<ol><li>a</li></ol>", '<ol start="2"><li>a</li></ol>'),
        ("<!-- a -->", "<!-- b -->"),
    ]

    assert [
        one for one, other in open_page().evaluate(ALIKE, pairs) if one == other
    ] == []


def test_html_that_is_not_trusted_is_shown_as_the_text_it_is(
    spec: list[Example],
) -> None:
    mixed = [example for example in spec if html_of(example)]

    assert len(mixed) == 72
    for example in mixed:
        shown = words(fragment(example.markdown, WebHtml))
        for html in html_of(example):
            assert " ".join(html.split()) in shown, example.number


def test_html_that_is_trusted_changes_nothing_else(spec: list[Example]) -> None:
    plain = [example for example in spec if not html_of(example)]

    for example in plain:
        shown, cleaned = (
            words(fragment(example.markdown, WebHtml, trusted=trusted))
            for trusted in (False, True)
        )
        assert shown == cleaned, example.number


@pytest.mark.parametrize("trusted", [False, True])
def test_the_mail_has_the_words_of_the_web(spec: list[Example], trusted: bool) -> None:
    for example in spec:
        mail, web = (
            words(fragment(example.markdown, kind, trusted=trusted))
            for kind in (EmailHtml, WebHtml)
        )
        assert mail == web, example.number


@pytest.mark.parametrize("trusted", [False, True])
def test_every_example_becomes_a_mail_a_text_and_a_page(
    spec: list[Example], trusted: bool
) -> None:
    publication = a_publication(trusted_html=trusted)
    site = Site(publication, ImageFolder(ROOT).beside)

    for example in spec:
        made = rendered(example.markdown, publication=publication)
        assert "A title of some length" in text_for(made)
        page = render_issue_page(an_issue(example.markdown), site)
        assert "A title of some length" in page.html
    assert sample().trusted_html is False
