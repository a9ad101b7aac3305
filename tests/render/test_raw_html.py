"""An author's own HTML: its addresses become what those of Markdown do."""

import pytest

from newsletter.model.email import Heading
from newsletter.render.email_html import EmailHtml
from newsletter.render.merge import MergeTags
from newsletter.render.raw_html import own_addresses
from newsletter.render.tree import parse
from newsletter.render.web_html import WebHtml
from tests.render.making import (
    BASE,
    FILE,
    KNOWN,
    a_publication,
    findings,
    fragment,
    html_for,
    rendered,
)

TRUSTED = a_publication(trusted_html=True)


@pytest.mark.parametrize("kind", [EmailHtml, WebHtml])
@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ('<a href="/a/">b</a>', f'<a href="{BASE}/a/">b</a>'),
        ('<a href="a">b</a>', f'<a href="{BASE}/a">b</a>'),
        ('<a href="#a">b</a>', '<a href="#a">b</a>'),
        ('<a href=" java&#10;script:alert(1)">b</a>', "<a>b</a>"),
        ('<a href="//a.example">b</a>', "<a>b</a>"),
        (
            '<a href="https://a.example/?b&amp;c">b</a>',
            '<a href="https://a.example/?b&amp;c">b</a>',
        ),
        ('<img src="gone.jpg" alt="b">', '<img alt="b">'),
        (
            '<img src="chairs.jpg" alt="b">',
            f'<img src="{BASE}/images/chairs-0a1b.jpg" alt="b">',
        ),
    ],
)
def test_an_address_is_safe_and_absolute(
    html: str, clean: str, kind: type[EmailHtml] | type[WebHtml]
) -> None:
    assert clean in fragment(html, kind, trusted=True)


@pytest.mark.parametrize(
    "html",
    [
        '<a href="{{ name }}">a</a>',
        '<a href="{{ name }}:x">a</a>',
        '<a href=" {{ name }}">a</a>',
        '<a href="https://{{ name }}">a</a>',
        '<a href="https://a.example{{ name }}">a</a>',
        '<a href="https://{{ name }}@a.example/">a</a>',
        '<img src="{{ name }}" alt="a">',
        '<img src="https://{{ name }}/a.jpg" alt="a">',
        '<blockquote cite="{{ name }}">a</blockquote>',
        '<blockquote cite="https://{{ name }}/">a</blockquote>',
        '<table><tr><td style="color: {{ name }}">a</td></tr></table>',
    ],
)
def test_no_value_begins_an_attribute(html: str) -> None:
    email = rendered(f"so {html}\n\n{html}", publication=TRUSTED)

    made = html_for(email, name="javascript:alert(1)")
    assert "alert" not in made
    assert "XXX" not in html_for(email, name="XXX")


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://a.example/{{ name }}">a</a>',
        '<a href="https://a.example?{{ name }}">a</a>',
        '<a href="mailto:{{ name }}">a</a>',
        '<img src="https://a.example/{{ name }}.jpg" alt="a">',
        '<img src="chairs.jpg" alt="{{ name }}">',
    ],
)
def test_a_value_may_stand_after_a_settled_host(html: str) -> None:
    email = rendered(html, publication=TRUSTED)

    assert "XXX" in html_for(email, name="XXX")
    assert email.problems == ()


def test_a_link_to_leave_may_be_written_in_html() -> None:
    email = rendered('<a href="{{ unsubscribe_url }}">leave</a>', publication=TRUSTED)

    assert '<a href="LEAVE">leave</a>' in html_for(email, unsubscribe_url="LEAVE")
    assert email.problems == ()


def test_headings_are_kept_with_their_places() -> None:
    email = rendered("<h2>a {{ name }}</h2>\n\n<h5>b", publication=TRUSTED)

    assert email.headings == (
        Heading(2, "a {{ name }}", 10, 1),
        Heading(5, "b", 12, 1),
    )


@pytest.mark.parametrize("html", ["<div ", "<!--", "<a <", "<?", '<a x="', "</"])
@pytest.mark.parametrize("around", ["{}", "<div>\n{}\n</div>", "{}>"])
def test_what_never_ends_is_not_looked_for_again_and_again(
    html: str, around: str
) -> None:
    # A parser that tries each of them would need minutes, and the run its time limit.
    found = findings()
    text = around.format(html * 20_000)

    own_addresses(parse(text, MergeTags(FILE, KNOWN)), found)

    assert len(found.links) <= 1
