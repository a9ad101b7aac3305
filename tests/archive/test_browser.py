"""What browsers, readers of all kinds and the standard make of the pages."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.archive.conftest import Build, tree, write_issue
from tests.rig import axe

if TYPE_CHECKING:
    from tests.rig.chromium import Pages
    from tests.rig.vnu import Vnu

LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
EVERYTHING = f"""
a note[^1] at https://example.com/{"long/" * 30}

## {LONG}

| left | right | a column of some words | one more column of words |
|:-----|------:|------------------------|--------------------------|
| 1    | 2     | three and four         | five and six             |

```
{"code " * 40}
```

![a chair](images/two-chairs.jpg "a caption") `code` ~~gone~~

- [ ] to do
- [x] done

{"".join(f"{'  ' * depth}- unquestionably" + chr(10) for depth in range(12))}

{"> " * 12}unquestionably

[^1]: The note.
"""
# The checker is given a page without its address, so that nothing is 'self' to it.
POLICY_BY_FILE = ("Resource violates Content Security Policy",)
PAGES = (
    "index.html",
    "everything/index.html",
    "roundtables/the-launch-she-stopped/index.html",
)


@pytest.fixture
def site(build: Build, out: Path, publication: Path) -> Path:
    """The sample site, with an issue in which there is everything."""
    write_issue(
        publication,
        "2026-11-27-everything",
        f"title: the {LONG}\ndescription: a deck\nnumber: 7\nmy_2_cents: the headline\n"
        "tldr: |\n  in short[^1]\n\n  [^1]: very\n"
        "music: https://lantern.bandcamp.com/track/x\n"
        f"roundtable: the-launch-she-stopped\ntags: [one, {LONG}]",
        EVERYTHING,
    )
    build()
    return out


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_no_fault(open_page: "Pages", site: Path, *, dark: bool) -> None:
    for name in PAGES:
        page = open_page((site / name).as_uri(), dark=dark)
        # Without a script of ours in the page: the policy forbids it any.
        page.evaluate(
            "document.querySelectorAll('details').forEach(d => d.open = true)"
        )

        assert axe.faults(page) == []


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_no_fault_where_no_page_is(
    open_page: "Pages", build: Build, out: Path, *, dark: bool
) -> None:
    # It links from the root of its host: here, from that of this machine's files.
    build(base_url=f"https://example.com{out}")
    page = open_page((out / "404.html").as_uri(), dark=dark)

    assert page.evaluate(
        "document.querySelector('link[rel=stylesheet]').sheet !== null"
    )
    assert axe.faults(page) == []


def test_no_page_scrolls_sideways_on_the_smallest_phone(
    open_page: "Pages", site: Path
) -> None:
    for name in PAGES:
        page = open_page((site / name).as_uri(), width=320)

        assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_lists_in_lists_and_quotes_in_quotes_leave_a_phone_room_for_words(
    open_page: "Pages", site: Path
) -> None:
    page = open_page((site / "everything/index.html").as_uri(), width=320)

    for deepest in (page.locator(".prose li").last, page.locator("blockquote p").last):
        found = deepest.bounding_box()
        assert found
        assert found["width"] > 120
        # A long word is hyphenated once at most, whatever serif the machine has.
        line = deepest.evaluate("e => parseFloat(getComputedStyle(e).lineHeight)")
        assert found["height"] < 2.5 * line


def test_a_page_opened_from_the_disk_has_its_style_and_its_images(
    open_page: "Pages", site: Path
) -> None:
    page = open_page((site / "everything/index.html").as_uri())

    page.evaluate("document.querySelectorAll('img').forEach(i => i.loading = 'eager')")
    page.wait_for_function("[...document.images].every(image => image.complete)")

    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 16
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colour == "rgb(251, 248, 242)"
    assert open_page.refused == []


def test_nobody_else_is_asked_for_anything(
    open_page: "Pages", build: Build, out: Path, publication: Path
) -> None:
    write_issue(
        publication,
        "2026-11-27-all",
        "title: all\nmusic: {url: 'https://lantern.bandcamp.com/track/x', "
        "cover: 'https://a.example/c.png'}\nroundtable: the-launch-she-stopped",
        "![a](https://a.example/x.png)\n\n[![b](https://a.example/y.png)](/about/)",
    )
    build()
    asked: list[str] = []
    page = open_page()
    page.on("request", lambda request: asked.append(request.url))
    for path in out.rglob("*.html"):
        page.goto(path.as_uri(), wait_until="load")

    assert {url.partition(":")[0] for url in asked} == {"file"}


def test_a_line_is_no_longer_than_the_eye_likes(open_page: "Pages", site: Path) -> None:
    page = open_page((site / "everything/index.html").as_uri(), width=1600)

    characters = page.evaluate(
        """() => {
            const ruler = document.createElement("span");
            ruler.textContent = "0".repeat(65);
            const prose = document.querySelector(".prose");
            prose.append(ruler);
            return prose.clientWidth / ruler.getBoundingClientRect().width;
        }"""
    )
    assert characters <= 1.01


def test_motion_stops_for_those_who_ask_for_less(
    open_page: "Pages", site: Path
) -> None:
    page = open_page((site / "index.html").as_uri())

    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    assert page.evaluate(behaviour) == "auto"


def test_the_first_key_press_offers_to_skip_to_the_text(
    open_page: "Pages", site: Path
) -> None:
    page = open_page((site / "everything/index.html").as_uri())

    page.keyboard.press("Tab")

    focused = page.locator(":focus")
    assert focused.inner_text() == "skip to the text"
    box = focused.bounding_box()
    assert box is not None
    assert box["y"] >= 0


def test_paper_gets_no_menu(open_page: "Pages", site: Path) -> None:
    page = open_page((site / "everything/index.html").as_uri())

    page.emulate_media(media="print", color_scheme="dark")

    assert not page.locator("nav.menu").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(255, 255, 255)"
    )


def test_every_page_is_valid_html(vnu: "Vnu", site: Path) -> None:
    faults = {
        name: found
        for name, data in tree(site).items()
        if name.endswith(".html")
        and (found := vnu.messages(data.decode(), ignore=POLICY_BY_FILE))
    }

    assert faults == {}
