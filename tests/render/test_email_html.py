"""Markdown for mail programs: widths as attributes, tables for buttons, no anchors."""

import pytest

from newsletter.errors import SourceError
from newsletter.render.email_html import CONTENT_WIDTH, MAX_DEPTH
from tests.render.making import BASE, CHAIRS, fragment

URL = f"{BASE}/images/{CHAIRS.name}"
IMAGE = f'<img src="{URL}" alt="two chairs" width="{CONTENT_WIDTH}">'


def test_an_image_is_never_wider_than_the_mail() -> None:
    assert fragment("![two chairs](chairs.jpg)") == (
        f'<div class="images">{IMAGE}</div>\n'
    )


def test_an_image_from_elsewhere_has_a_width_too() -> None:
    assert f'alt="" width="{CONTENT_WIDTH}"' in fragment("![](https://b.example/c.png)")


def test_the_title_of_an_image_is_its_caption() -> None:
    shown = fragment('![two chairs](chairs.jpg "same <height>")')

    assert f'{IMAGE}<span class="caption">same &lt;height&gt;</span>' in shown


def test_images_in_a_sentence_or_a_link_stay_in_their_paragraph() -> None:
    assert fragment("a ![two chairs](chairs.jpg)") == f"<p>a {IMAGE}</p>\n"
    assert fragment("[![two chairs](chairs.jpg)](https://b.example)") == (
        f'<p><a href="https://b.example">{IMAGE}</a></p>\n'
    )


def test_several_images_in_a_paragraph_have_no_indent() -> None:
    shown = fragment("![two chairs](chairs.jpg)\n![two chairs](chairs.jpg)")

    assert shown == f'<div class="images">{IMAGE} {IMAGE}</div>\n'


def test_a_paragraph_that_is_only_a_bold_link_is_a_button() -> None:
    button = fragment("**[grab *a* slot](https://b.example/?c&d)**")

    assert button.startswith('<table role="presentation" class="button"')
    assert '<a href="https://b.example/?c&amp;d">grab <em>a</em> slot</a>' in button


@pytest.mark.parametrize(
    "text", ["**[a](https://b.example)** c", "[a](https://b.example)", "**a**"]
)
def test_any_other_bold_or_link_is_no_button(text: str) -> None:
    assert "<table" not in fragment(text)


def test_lines_of_a_paragraph_are_joined_with_a_blank() -> None:
    assert fragment("*a*\n*b*") == "<p><em>a</em> <em>b</em></p>\n"


def test_a_table_is_data_and_its_alignment_is_an_attribute() -> None:
    table = fragment("| a | b |\n|---|--:|\n| c | d |\n| e |")

    assert table.startswith('<table class="data"><thead>')
    assert '<th scope="col" align="right">b</th>' in table
    assert '<td>c</td><td align="right">d</td>' in table
    assert "presentation" not in table


def test_footnotes_are_numbered_and_not_linked() -> None:
    shown = fragment("a[^x] b[^y] c[^x]\n\n[^x]: one\n[^y]: two\n\n    more")

    assert "a<sup>1</sup> b<sup>2</sup> c<sup>1</sup>" in shown
    assert '<div class="footnotes"><ol>\n<li><p>one</p>\n</li>' in shown
    assert "<p>two</p>\n<p>more</p>" in shown
    assert "href" not in shown


def test_headings_have_no_ids_that_two_texts_of_a_mail_could_share() -> None:
    assert fragment("## one {#one}") == "<h2>one</h2>\n"


def test_html_may_be_nested_as_deep_as_mails_are() -> None:
    markdown = "<table><tr><td>" * 40 + "a"

    assert fragment(markdown, trusted=True).count("<td>") == 40


@pytest.mark.parametrize("tag", ["<div>", "<b>", "<table><tr><td>", "<ul><li>"])
def test_html_nested_beyond_reason_is_refused_and_does_not_end_the_process(
    tag: str,
) -> None:
    with pytest.raises(SourceError, match=f"more than {MAX_DEPTH} deep"):
        fragment(tag * 5_000, trusted=True)


def test_elements_that_hold_nothing_do_not_count_as_nested() -> None:
    assert fragment("a<br>" * 500, trusted=True).count("<br>") == 500
