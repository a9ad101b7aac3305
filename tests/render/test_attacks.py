"""Hostile texts where test_xss does not look: pictures, plain text, the network, and
what mail programs make of our HTML before they show it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from newsletter.render.email_html import EmailHtml
from newsletter.render.web_html import WebHtml
from tests.render.making import (
    a_publication,
    fragment,
    html_for,
    rendered,
    text_for,
)
from tests.render.test_xss import PAYLOADS, RUN, email, opened

if TYPE_CHECKING:
    from tests.rig.chromium import Pages

EVIL = "https://evil.example/"
SCHEMES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java&Tab;script:alert(1)",
    "java&NewLine;script:alert(1)",
    "&#1;javascript:alert(1)",
    "&#x6A;avascript:alert(1)",
    "javascript&colon;alert(1)",
    "&#x200B;javascript:alert(1)",
    "vbscript:x",
    "data:text/html,x",
    "file:///etc/passwd",
    "blob:x",
    "about:blank",
)
CALLS = (
    f"<img src={EVIL}a.png>",
    f"<img srcset='{EVIL}a.png 2x'>",
    f"<link rel=stylesheet href={EVIL}a.css>",
    f"<link rel=preconnect href={EVIL}>",
    f"<style>@import '{EVIL}a.css'; body {{ background: url({EVIL}a.png) }}</style>",
    f"<p style='background:url({EVIL}a.png)'>x</p>",
    f"<base href={EVIL}><img src=a.png>",
    f"<meta http-equiv=refresh content='0;url={EVIL}'>",
    f"<iframe src={EVIL}></iframe>",
    f"<object data={EVIL}></object>",
    f"<video poster={EVIL}a.png></video>",
    f"<audio src={EVIL}a.mp3 autoplay></audio>",
    f"<svg><image href={EVIL}a.png /></svg>",
    f"<svg><use href={EVIL}a.svg#a /></svg>",
    f"<table background={EVIL}a.png><td>x</table>",
    f"<body background={EVIL}a.png>",
    f"<input type=image src={EVIL}a.png>",
    f"<script src={EVIL}a.js></script>",
    f"</title><img src={EVIL}a.png>",
    f"</style><img src={EVIL}a.png>",
    f'"><img src={EVIL}a.png>',
    f"\\'><img src={EVIL}a.png>",
)
MUTATED = """html => [...html].map(one => {
  // As a webmail does that cleans by parsing and writing, twice.
  for (let round = 0; round < 2; round += 1)
    one = new DOMParser().parseFromString(one, "text/html").documentElement.outerHTML;
  return one;
})"""


def payloads() -> Iterator[str]:
    """Every payload, each with a number of its own that it would report."""
    for number, payload in enumerate(PAYLOADS):
        yield payload.replace("RUN", RUN.replace("RUN", str(number)))


def together(fragments: list[str], size: int = 12) -> list[str]:
    """Fragments in fewer documents: a frame for each would take a second for five."""
    starts = range(0, len(fragments), size)
    return ["".join(fragments[start : start + size]) for start in starts]


@pytest.mark.parametrize("trusted", [False, True])
def test_nothing_runs_after_a_mail_program_has_written_it_anew(
    open_page: "Pages", trusted: bool
) -> None:
    fragments = [
        fragment(text, kind, trusted=trusted)
        for kind in (EmailHtml, WebHtml)
        for text in payloads()
    ]
    documents = together(fragments)
    documents += [email(text, trusted=trusted) for text in [*payloads()][::9]]

    ran, faults = opened(open_page, open_page().evaluate(MUTATED, documents))
    assert ran == []
    assert [found for found in faults if found] == []


def test_nothing_runs_beside_a_picture_of_ours(open_page: "Pages") -> None:
    fragments = []
    for text in payloads():
        title = text.replace('"', '\\"').replace("\n", " ")
        for kind in (EmailHtml, WebHtml):
            fragments.append(fragment(f'![{text}](chairs.jpg "{title}")', kind))
            fragments.append(fragment(f"![{text}](chairs.jpg)", kind))

    ran, faults = opened(open_page, together(fragments))
    assert ran == []
    # `javascript:` as the alt text of an image is a text.
    assert {name for found in faults for name in found} <= {"alt"}
    assert sum("chairs-0a1b.jpg" in html for html in fragments) > 150


def test_no_text_calls_another_server(open_page: "Pages") -> None:
    documents = [email(payload, trusted=False) for payload in CALLS]

    opened(open_page, documents)

    assert [url for url in open_page.refused if url.startswith(EVIL)] == []


def test_a_call_would_be_seen(open_page: "Pages") -> None:
    open_page().set_content("".join(CALLS[:4]))

    assert any(url.startswith(EVIL) for url in open_page.refused)


@pytest.mark.parametrize("address", SCHEMES)
def test_an_address_that_could_run_is_in_no_part_of_a_mail(address: str) -> None:
    made = rendered(
        f"[x]({address}) <{address}> ![y]({address}) [z][1]\n\n[1]: {address}\n\n"
        f"**[button]({address})** {address}",
        tldr=f"[x]({address})",
    )

    html = html_for(made)
    links = text_for(made).partition("\n[1] ")[2].splitlines()
    assert 'href="https://letter.example.com/"' in html
    for scheme in ("script:", "data:", "file:", "blob:", "about:"):
        assert f'href="{scheme}' not in html
        assert f'src="{scheme}' not in html
        assert not any(scheme in link for link in links), links
    assert "script:alert" not in "".join(
        part for part in html.split('"')[1::2] if not part.startswith("mailto:")
    )


def test_html_in_the_words_of_the_frame_is_text() -> None:
    line = '<img src=x onerror="alert(1)"> & </title>'
    values: dict[str, Any] = {
        "music": {"url": "https://a.example", "title": line, "note": line},
        "title": line,
        "description": line,
        "my_2_cents": f"{line} too",
    }
    made = rendered(publication=a_publication(author=line, trusted_html=True), **values)

    html, text = html_for(made), text_for(made)
    # In an attribute, which it does not end, `<` is a character like any other.
    assert html.count("<img src=x") == html.count('"<img src=x')
    assert html.count("&lt;img src=x onerror=") >= 6
    assert text.count('<img src=x onerror="alert(1)"> & </title>') >= 2
