"""Markdown for the archive: anchors that are never given twice, sizes, ways back."""

import weakref
from collections import Counter
from re import findall

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.render.merge import MergeTags
from newsletter.render.tree import parse
from newsletter.render.web_html import WebHtml
from tests.render.making import CHAIRS, FILE, KNOWN, findings, fragment
from tests.render.markdown import word


def test_headings_have_addresses_of_their_own() -> None:
    shown = fragment("## one\n\n## One\n\n## 何\n\n## two {#the-two}", WebHtml)

    assert findall(r'id="([^"]+)"', shown) == ["one", "one-2", "section", "the-two"]


def test_an_image_has_its_size_so_that_nothing_jumps() -> None:
    shown = fragment("![two chairs](chairs.jpg)", WebHtml)

    assert f'width="{CHAIRS.width}" height="{CHAIRS.height}" loading="lazy"' in shown


def test_a_footnote_leads_to_its_note_and_back() -> None:
    shown = fragment("a[^x] b[^x]\n\n[^x]: one", WebHtml)

    assert shown.count('href="#note-1"') == 2
    assert shown.count('id="ref-1"') == 1
    assert shown.count('id="note-1"') == 1
    assert shown.count('href="#ref-1"') == 1


@pytest.mark.parametrize("trusted", [False, True])
def test_a_wide_table_scrolls_by_itself(*, trusted: bool) -> None:
    shown = fragment("| a |\n|--:|\n| b |", WebHtml, trusted=trusted)

    assert shown.startswith('<div class="scroll" tabindex="0"><table')
    assert "align=" not in shown


def test_an_author_puts_nothing_first_in_the_order_of_keys() -> None:
    shown = fragment('<div tabindex="5">a</div>', WebHtml, trusted=True)

    assert "tabindex" not in shown


def test_a_renderer_does_not_hold_itself() -> None:
    html = WebHtml(findings(), trusted=False, notes="notes")
    html.render(parse("A *word*.", MergeTags(FILE, KNOWN)))
    seen = weakref.ref(html)

    del html

    # Builds run without a look for cycles: each page would stay until the end.
    assert seen() is None


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(word | st.sampled_from(["note 1", "ref 1"])), max_size=3))
def test_no_id_is_given_twice_on_a_page_of_several_texts(
    texts: list[list[str]],
) -> None:
    html = WebHtml(findings(), trusted=False, notes="notes", taken=("main",))
    shown = "".join(
        html.render(
            parse(
                "\n\n".join(f"## {title}[^1]" for title in titles) + "\n\n[^1]: x",
                MergeTags(FILE, KNOWN),
            )
        )
        for titles in texts
    )

    ids = Counter(findall(r' id="([^"]+)"', shown))
    assert [name for name, count in ids.items() if count > 1] == []
    assert "main" not in ids
