"""The email as readers see it: on a phone, in the dark, without images."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newsletter.config.publication import load_publication
from newsletter.sending.rendering import write_rendering
from tests.rig import axe

if TYPE_CHECKING:
    from tests.rig.chromium import Pages

MOMENT = datetime(2026, 11, 20, tzinfo=UTC)
SAMPLE = "pull-up-the-second-chair"
# A mail is shown inside of another page, which has the landmarks.
PAGE_RULES = ("landmark-one-main", "region")
LONG = "https://talent.example.com/" + "a-long-address-" * 9
HARD = f"""---
title: "what does not fit: {"w" * 60}"
date: 2026-11-27
tldr: "{LONG} ![two chairs](images/two-chairs.jpg)"
music: {{url: "https://youtu.be/x", title: "{"t" * 80}", note: "soft"}}
---

{LONG} and [a link]({LONG}) with `code_{"x" * 90}`

[![two chairs](images/two-chairs.jpg)](https://talent.example.com) text
![two chairs](images/two-chairs.jpg "by a window")

```
{"y" * 120}
```

| one | two | three | four | five | six |
|---|---|---|---|---|---|
| something | anotherthing | whatsoever | nevertheless | fundamental | considerable |

> a quote with {LONG}

**[a label that goes on and on until it no longer fits a phone](https://a.example)**

- [x] done[^1]
  1. **bold** and ~~gone~~

[^1]: a note with {LONG}

## a smaller head

{"z" * 90}
"""

Write = Callable[[str], Path]


@pytest.fixture
def write(publication: Path, tmp_path: Path) -> Write:
    """Write an issue's email as files and give its folder."""
    (publication / "issues/2026-11-27-hard.md").write_text(HARD, encoding="utf-8")

    def run(name: str) -> Path:
        loaded = load_publication(publication, {})
        return (
            write_rendering(loaded, name, tmp_path / name, {}, MOMENT).files[0].parent
        )

    return run


@pytest.mark.parametrize("name", [SAMPLE, "hard"])
def test_nothing_has_to_be_scrolled_sideways(
    write: Write, open_page: "Pages", name: str
) -> None:
    page = open_page((write(name) / "preview.html").as_uri())

    for width in (320, 375, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("[...document.images].every(image => image.naturalWidth)")
    assert open_page.refused == []


def test_only_images_of_the_publication_are_asked_for(
    write: Write, open_page: "Pages"
) -> None:
    open_page((write(SAMPLE) / "email.html").as_uri())

    assert open_page.refused
    home = "https://letter.example.com/images/"
    assert [url for url in open_page.refused if not url.startswith(home)] == []


def test_without_images_every_word_is_there_and_says_what_they_show(
    write: Write, open_page: "Pages"
) -> None:
    url = (write(SAMPLE) / "preview.html").as_uri()
    shown = open_page(url, width=375).locator("body").inner_text()
    page = open_page(url, width=375, images=False)

    assert page.locator("body").inner_text() == shown
    assert page.evaluate("[...document.images].every(image => !image.naturalWidth)")
    assert page.get_by_alt_text("Two equal armchairs").is_visible()


@pytest.mark.parametrize("name", [SAMPLE, "hard"])
def test_everybody_can_read_it_by_day_and_by_night(
    write: Write, open_page: "Pages", name: str
) -> None:
    page = open_page((write(name) / "preview.html").as_uri(), width=375)

    assert axe.faults(page, ignore=PAGE_RULES) == []
    page.emulate_media(color_scheme="dark")
    assert axe.faults(page, ignore=PAGE_RULES) == []


def test_at_night_the_paper_is_dark_and_the_ink_is_light(
    write: Write, open_page: "Pages"
) -> None:
    page = open_page((write(SAMPLE) / "preview.html").as_uri(), dark=True)

    def brightness(selector: str, property: str) -> float:
        colour = page.locator(selector).first.evaluate(
            f"node => getComputedStyle(node).{property}"
        )
        return sum(map(int, colour.strip("rgba()").split(",")[:3])) / 3

    for paper in (".paper", ".card", ".box", ".box.outlined"):
        assert brightness(paper, "backgroundColor") < 60, paper
    for ink in (".body p", ".body li", "h1", "h2", ".footer a", ".box p", ".body a"):
        assert brightness(ink, "color") > 140, ink


def test_outlook_at_night_leaves_the_button_readable(
    write: Write, open_page: "Pages"
) -> None:
    page = open_page((write(SAMPLE) / "preview.html").as_uri())

    page.evaluate("""() => { for (const name of ["data-ogsc", "data-ogsb"])
      document.documentElement.setAttribute(name, "") }""")
    style = "node => [getComputedStyle(node).color, "
    style += "getComputedStyle(node.parentNode).backgroundColor]"
    assert page.locator(".button a").first.evaluate(style) == [
        "rgb(21, 23, 26)",
        "rgb(240, 153, 127)",
    ]


@pytest.mark.parametrize("name", [SAMPLE, "hard"])
def test_screen_readers_hear_one_title_and_no_tables(
    write: Write, open_page: "Pages", name: str
) -> None:
    page = open_page((write(name) / "preview.html").as_uri())

    assert page.locator("h1").count() == 1
    assert page.locator("img:not([alt])").count() == 0
    assert page.locator("table:not([role=presentation]):not(.data)").count() == 0
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate("document.title") == page.locator("h1").inner_text()
