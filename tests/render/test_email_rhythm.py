"""How a mail is measured out: sizes of text, lines of a list, what a finger meets."""

import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.render.making import rendered

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.rig.chromium import Pages

LETTER = """\
it was cold.[^1] say `newsletter send issues/2026-11-20-letter.md --at "9:00"` now

## a sub-head

### a smaller one

- one
- two
  - of two
  - more of two
- three

[^1]: so it was.
"""
EXTRAS: dict[str, Any] = {
    "tldr": "in short.",
    "music": "https://lantern.bandcamp.com/x",
}


@pytest.fixture
def letter(open_page: "Pages", tmp_path: Path) -> "Page":
    """The mail on a phone."""
    email = rendered(LETTER, **EXTRAS)
    path = tmp_path / "letter.html"
    html = email.html.join([item.default for item in email.fields])
    path.write_text(html, encoding="utf-8")
    return open_page(path.as_uri(), width=320)


def test_sizes_of_text_are_few() -> None:
    email = rendered(LETTER, **EXTRAS)
    html = email.html.join([item.default for item in email.fields])

    shown = {int(size) for size in re.findall(r"font-size: ?(\d+)px", html)} - {0, 1}

    assert shown == {13, 15, 17, 21, 24, 30, 36}


def test_items_of_a_list_are_as_far_apart_as_those_of_a_list_within(
    letter: "Page",
) -> None:
    tops = letter.evaluate("""() => [...document.querySelectorAll(".body ul li")].map(
      item => item.getBoundingClientRect().top)""")

    assert len(tops) == 5
    assert {round(b - a) for a, b in pairwise(tops)} == {34}


def test_links_of_the_footer_have_a_line_each_on_a_phone(letter: "Page") -> None:
    links = letter.locator(".footer .line")
    boxes = [links.nth(number).bounding_box() for number in range(3)]

    assert not letter.locator(".dot").first.is_visible()
    tops = [box["y"] for box in boxes if box]
    assert [b - a >= 24 for a, b in pairwise(tops)] == [True, True]
    letter.set_viewport_size({"width": 700, "height": 800})
    assert letter.locator(".dot").first.is_visible()


@pytest.mark.parametrize("mark", ["sup a", ".back"])
def test_a_finger_meets_the_mark_of_a_note(letter: "Page", mark: str) -> None:
    box = letter.locator(mark).bounding_box()

    assert box
    assert box["height"] >= 36
    assert box["width"] >= 20


def test_the_way_back_from_a_note_never_stands_alone(letter: "Page") -> None:
    # Where only the arrow would not fit: its word goes with it, to the next line.
    alone = letter.evaluate("""() => {
      const back = document.querySelector(".back");
      const words = back.previousSibling, range = document.createRange();
      const faults = [];
      for (let width = 40; width < 120; width++) {
        back.parentElement.style.width = width + "px";
        const end = words.data.trimEnd().length;
        range.setStart(words, end - 1); range.setEnd(words, end);
        const arrow = back.getBoundingClientRect();
        const word = range.getBoundingClientRect();
        if (arrow.top > word.bottom) faults.push(width);
      }
      return faults;
    }""")

    assert alone == []


def test_code_on_two_lines_has_an_edge_at_each(letter: "Page") -> None:
    edges = "getComputedStyle(document.querySelector('code')).webkitBoxDecorationBreak"

    assert letter.evaluate(edges) == "clone"


def test_a_box_is_as_heavy_below_its_words_as_above(letter: "Page") -> None:
    letter.set_viewport_size({"width": 700, "height": 800})
    above, below = letter.evaluate("""() => {
      const box = document.querySelector(".box.tldr").getBoundingClientRect();
      const parts = document.querySelectorAll(".box.tldr > *");
      const first = parts[0].getBoundingClientRect();
      const last = parts[parts.length - 1].getBoundingClientRect();
      return [first.top - box.top, box.bottom - last.bottom];
    }""")

    assert abs(above - below) <= 1


def test_music_of_an_address_alone_is_one_line(letter: "Page") -> None:
    letter.set_viewport_size({"width": 700, "height": 800})
    box = letter.locator(".box.music").bounding_box()

    assert box
    assert box["height"] < 80
