"""An author's own HTML loses nothing of the letter, and brings in nothing unsafe."""

import pytest

from newsletter.model.email import Email
from newsletter.model.problem import Severity
from newsletter.render.allowed_html import is_closed, split_style
from newsletter.render.email_html import EmailHtml
from newsletter.render.web_html import WebHtml
from tests.render.making import (
    BASE,
    a_publication,
    fragment,
    html_for,
    rendered,
    text_for,
    words,
)

TRUSTED = a_publication(trusted_html=True)
HOLDING = ["script", "style", "title", "textarea", "xmp", "iframe", "noscript"]
HOLDING += ["noembed", "noframes", "plaintext", "template"]


def trusted(body: str) -> Email:
    return rendered(body, publication=TRUSTED)


def said(email: Email) -> list[tuple[str, Severity, int, int]]:
    return [(p.message, p.severity, p.line, p.column) for p in email.problems]


@pytest.mark.parametrize(
    "number", ["&#xF0005;", "&#XF0000", "&#x00f0000;", "&#983040;", "&#0983040a"]
)
@pytest.mark.parametrize(
    "around", ["<p>{} x</p>", '<p title="{}">x</p>', "a <b>{}</b>"]
)
def test_a_number_never_stands_for_a_merge_tag(number: str, around: str) -> None:
    email = trusted("{{ name }}\n\n" + around.format(number))

    assert html_for(email, name="ZOE").count("ZOE") == 1
    assert text_for(email, name="ZOE").count("ZOE") == 1


@pytest.mark.parametrize("number", ["&#233;", "&#xe9;", "&#x10ffff1;", "&#99999999;"])
def test_other_numbers_are_what_they_were(number: str) -> None:
    assert (number in ("&#233;", "&#xe9;")) == ("<p>é</p>" in fragment(
        f"<p>{number}</p>", trusted=True
    ))  # fmt: skip


@pytest.mark.parametrize("kind", [EmailHtml, WebHtml])
@pytest.mark.parametrize("name", HOLDING)
def test_what_holds_its_words_ends_with_its_paragraph(
    name: str, kind: type[EmailHtml] | type[WebHtml]
) -> None:
    shown = fragment(f"a <{name}> b *c*\n\nthe *rest*", kind, trusted=True)

    assert words(shown) == "a b c the rest"
    assert "<em>rest</em>" in shown
    assert "&lt;" not in shown
    assert not is_closed(f"<{name}>")


@pytest.mark.parametrize("name", HOLDING)
def test_what_it_holds_in_a_paragraph_is_left_out(name: str) -> None:
    email = trusted(f"a <{name}>alert *1*</{name}> b <{name}>2</{name}> c\n\nd")

    assert "a b c" in words(html_for(email))
    assert "alert" not in html_for(email) + text_for(email)
    assert (f"`<{name}>` is left out", Severity.WARNING, 10, 3) in said(email)
    assert not [p for p in email.problems if p.severity is Severity.ERROR]


@pytest.mark.parametrize("kind", [EmailHtml, WebHtml])
@pytest.mark.parametrize(
    "block",
    [
        *(f"<div>one <{name}> two</div>" for name in HOLDING),
        '<div>one</div>\n<div class="a',
        "<div>one</div><a href='",
        "<div>one <svg><![CDATA[ two</div>",
        "<div>one</div><!two",
    ],
)
def test_nothing_after_a_block_is_lost(
    block: str, kind: type[EmailHtml] | type[WebHtml]
) -> None:
    shown = fragment(f"{block}\n\nthe *rest*", kind, trusted=True)

    assert "one" in shown
    assert "<p>the <em>rest</em></p>" in shown


@pytest.mark.parametrize(
    ("body", "message", "line", "column"),
    [
        ("a <script> b", "`<script` is never closed", 10, 3),
        ("a <script> b <script> c", "`<script` is never closed", 10, 14),
        ("<div>\nb <textarea>\n</div>", "`<textarea` is never closed", 11, 1),
        ("<style>\n\na", "`<style` is never closed", 10, 1),
        ("a\n\n<!-- b -->\n<!-- b\n\nc", "`<!--` is never closed", 13, 1),
        ('<p>a</p>\n<div class="', "`<div` is never closed", 11, 1),
        ("a[^1]\n\n[^1]: b <xmp> c", "`<xmp` is never closed", 12, 9),
    ],
)
def test_what_is_never_closed_is_an_error_at_its_place(
    body: str, message: str, line: int, column: int
) -> None:
    assert (message, Severity.ERROR, line, column) in said(trusted(body))


def test_html_around_markdown_stays_around_it() -> None:
    shown = fragment('<div class="a">\n\n*b*\n\n</div>', trusted=True)

    assert shown == '<div class="a">\n<p><em>b</em></p>\n</div>'


def test_what_is_left_out_is_said_once() -> None:
    email = trusted("a <form>b</form> <form>c</form>")

    assert said(email) == [("`<form>` is left out", Severity.WARNING, 10, 3)]


def test_a_link_may_lead_to_the_image_it_shows() -> None:
    image = '<img src="chairs.jpg" alt="two chairs">'
    shown = fragment(f'<a href="chairs.jpg">{image}</a>', trusted=True)

    assert f'<a href="{BASE}/chairs.jpg"><img src="{BASE}/images/chairs-0a1b.jpg"' in (
        shown
    )


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<p>so <a href="https://a.example/x">the page</a>.</p>', "so the page [1]."),
        ('so <a href="https://a.example/x">the *page*</a>.', "so the _page_ [1]."),
        ('so <a href="https://a.example/x">the page', "so the page [1]"),
        (
            '<a href="https://a.example/x">a<a href="https://a.example/x">b</a>',
            "a [1]b [1]",
        ),
        ('<div><a href="https://a.example/x">\n\nb\n\n</a></div>', "b\n\n[1]"),
        ('<a href="javascript:x">a</a> b', "a b"),
        ("<a>a</a> b", "a b"),
        ('<p><img src="chairs.jpg" alt="two &amp; chairs"></p>',
         "[image: two & chairs]"),
        ('a <img src="chairs.jpg" alt="b"> c', "a [image: b] c"),
        ("<ul><li>one<li>two</ul>", "one\ntwo"),
        ("<details><summary>sum</summary>body</details>", "sum\nbody"),
        ("<p>one\ntwo</p>", "one two"),
        ("<p>one</p><style>two</style><p>three</p>", "one\nthree"),
        ("<p>a</p> < b &amp; c", "a\n< b & c"),
    ],
)  # fmt: skip
def test_html_is_text_as_markdown_is(html: str, text: str) -> None:
    shown = text_for(trusted(html))

    assert f"\n\n{text}\n\n" in shown
    assert ("[1] https://a.example/x\n" in shown) == ("[1]" in text)


def test_a_link_to_leave_has_a_number_too() -> None:
    email = trusted('<a href="{{ unsubscribe_url }}">leave</a>')

    assert "leave [1]\n" in text_for(email, unsubscribe_url="LEAVE")
    assert "[1] LEAVE\n" in text_for(email, unsubscribe_url="LEAVE")


@pytest.mark.parametrize(
    "declaration",
    [
        "background:url(http://evil.example/t.png)",
        "background: URL (x)",
        "background:u\\72l(x)",
        "background:url(data:image/png;base64,AAAA)",
        "background:image-set('x' 1x)",
        "width:expression(alert(1))",
        "width:exp/**/ression(alert(1))",
        "@import 'x'",
        "position : fixed",
        "behavior:x",
        "-moz-binding:x",
        "nothing",
        "color:",
    ],
)
def test_an_unsafe_declaration_is_left_out_and_said(declaration: str) -> None:
    style = f"color: red; {declaration}; padding:4px"

    kept, dropped = split_style("td", style)

    assert kept == "color: red; padding:4px"
    assert "; ".join(dropped).replace("; ", ";") == declaration
    cell = f'<table><tr><td style="{style}">a</td></tr></table>'
    for kind in (EmailHtml, WebHtml):
        assert 'style="color: red; padding:4px"' in fragment(cell, kind, trusted=True)
    left_out = (f"`{dropped[0]} in the style of <td>` is left out", Severity.WARNING)
    assert left_out in [one[:2] for one in said(trusted(cell))]


def test_a_style_that_no_mail_has_is_said() -> None:
    email = trusted('<p style="color: red">a</p>\n\n<table><td style="@x">b</td>')

    assert [p.message for p in email.problems] == [
        "`color: red in the style of <p>` is left out",
        "`@x in the style of <td>` is left out",
    ]
    assert 'style="@' not in fragment('<table><td style="@x">b</td>', trusted=True)
