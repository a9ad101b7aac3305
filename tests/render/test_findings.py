"""Links and images: made safe and absolute, and what is wrong with them said."""

import pytest

from newsletter.model.problem import Severity
from newsletter.render.findings import Findings
from newsletter.render.tree import Node
from tests.render.making import BASE, CHAIRS, PAGE, findings, rendered, text_for


def link(url: str, *, line: int = 3) -> tuple[str, Findings]:
    found = findings()
    text = [Node("Text", "a")]
    node = Node("Link", "", line, {"dest_url": url}, text, 1 if line else 0)
    address = found.link(node)
    assert found.address(node) == address
    return address, found


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://a.example/b?c=d&e#f", "https://a.example/b?c=d&e#f"),
        ("HTTP://A.example", "HTTP://A.example"),
        ("mailto:mo@a.example?subject=hi", "mailto:mo@a.example?subject=hi"),
        ("tel:+44123", "tel:+44123"),
        ("/archive", f"{BASE}/archive"),
        ("#candidates", f"{PAGE}#candidates"),
        ("/my report.pdf", f"{BASE}/my%20report.pdf"),
        (" https://a.example/b c ", "https://a.example/b%20c"),
        ("https://a.example/\u200bb", "https://a.example/b"),
    ],
)
def test_a_link_is_absolute_and_otherwise_as_it_was_written(
    written: str, address: str
) -> None:
    url, found = link(written)

    assert url == address
    assert found.problems == []
    assert [(item.url, item.text, item.line) for item in found.links] == [
        (address, "a", 3)
    ]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("javascript:alert(1)", "a `javascript:` link is not safe"),
        ("JaVaScRiPt:alert(1)", "a `javascript:` link is not safe"),
        ("java\tscript:alert(1)", "a `javascript:` link is not safe"),
        ("java\nscript:alert(1)", "a `javascript:` link is not safe"),
        (" \x01javascript:alert(1)", "a `javascript:` link is not safe"),
        ("java\u200bscript:alert(1)", "a `javascript:` link is not safe"),
        ("vbscript:x", "a `vbscript:` link is not safe"),
        ("data:text/html,x", "a `data:` link is not safe"),
        ("file:///etc/passwd", "a `file:` link is not safe"),
        ("c:\\temp", "a `c:` link is not safe"),
        ("//evil.example", "`//evil.example` does not say where it leads"),
        ("\\\\evil.example", "`\\\\evil.example` does not say where it leads"),
        ("/\\evil.example", "`/\\evil.example` does not say where it leads"),
        ("https:", "`https:` has no host"),
        ("https:///a", "`https:///a` has no host"),
        ("https:\\\\a.example", "`https:\\\\a.example` has no host"),
        ("https://[::1", "`https://[::1` has no host"),
        ("", "a link without an address"),
    ],
)
def test_a_link_that_is_not_safe_is_left_out_and_named(
    written: str, message: str
) -> None:
    url, found = link(written)

    assert url == ""
    assert found.links == []
    [problem] = found.problems
    assert message in problem.message
    assert problem.severity is Severity.ERROR
    assert problem.place == "issues/a.md:3:1"


def test_a_relative_link_leads_into_the_archive_with_a_warning() -> None:
    url, found = link("../the-nine-day-silence/")

    assert url == f"{BASE}/the-nine-day-silence/"
    assert [item.severity for item in found.problems] == [Severity.WARNING]


def test_a_word_with_a_blank_before_its_colon_is_no_scheme() -> None:
    assert link("java script:alert(1)")[0] == f"{BASE}/java%20script:alert(1)"


def image(source: str, line: int = 3) -> tuple[str, Findings]:
    found = findings()
    text = [Node("Text", "two chairs")]
    node = Node("Image", "", line, {"dest_url": source}, text, 1 if line else 0)
    url, file = found.image(node)
    assert (file == CHAIRS) == (CHAIRS.name in url)
    return url, found


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("chairs.jpg", f"{BASE}/images/{CHAIRS.name}"),
        ("https://b.example/c.png", "https://b.example/c.png"),
        ("HTTPS://b.example/c d.png", "HTTPS://b.example/c%20d.png"),
    ],
)
def test_an_image_has_an_absolute_address(source: str, url: str) -> None:
    address, found = image(source)

    assert address == url
    assert [(item.source, item.alt, item.line) for item in found.images] == [
        (source, "two chairs", 3)
    ]
    assert found.problems == []


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("gone.jpg", "`gone.jpg` is not there"),
        ("data:image/svg+xml,<svg/onload=alert(1)>", "cannot be a `data:` address"),
        ("javascript:alert(1)", "cannot be a `javascript:` address"),
        ("https:///c.png", "cannot be a `https:` address"),
        ("//evil.example/pixel.gif", "`//evil.example/pixel.gif` is not there"),
        ("", "`` is not there"),
    ],
)
def test_an_image_that_cannot_be_used_is_left_out_and_named(
    source: str, message: str
) -> None:
    address, found = image(source)

    assert address == ""
    [problem] = found.problems
    assert message in problem.message
    assert problem.place == "issues/a.md:3:1"


def test_problems_show_merge_tags_as_they_were_written() -> None:
    email = rendered("[a](//{{ name }}) ![b](x/{{ email }}.png)\n\n[c](rel/{{ name }})")

    assert [problem.message for problem in email.problems[:3]] == [
        "`//{{ name }}` does not say where it leads",
        "`x/{{ email }}.png` is not there",
        "`rel/{{ name }}` is relative: a mail has no place to start from",
    ]
    assert email.images[0].source == "x/{{ email }}.png"


def test_both_parts_of_a_mail_lead_to_the_same_places() -> None:
    text = text_for(
        rendered("[a](/b) [c](javascript:alert(1)) [d](#e) [f](g) <mo@a.example>")
    )

    assert f"[1] {BASE}/b\n[2] {PAGE}#e\n[3] {BASE}/g\n" in text
    assert "a [1] c d [2] f [3] mo@a.example" in text
    assert "javascript" not in text
