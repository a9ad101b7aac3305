"""Where six inboxes cut a subject and a preheader, measured in Chromium."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.web.studio.conftest import ISSUE
from tests.web.studio.sharing import preview as preview  # a fixture
from tests.web.studio.sharing import publication as publication  # a fixture
from tests.web.studio.sharing import shared as shared  # a fixture

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.rig.chromium import Pages

# English as it is, in letters of ordinary width.
WORDS = (
    "an office i visit a lot has an interview room with one good chair and a folding "
    "one from a wedding, and nobody planned it, but everybody who comes in sees at "
    "once which of the two is theirs, and they sit on it and answer very carefully"
)

# Characters of the subject and of the preheader that are shown where both are long, by
# those who measure it. They differ with the letters and with the width of a window, so
# that each is a span. Gmail on the web has one line for both.
SHOWN = {
    "gmail-phone": ((30, 46), (30, 46)),
    "apple-phone": ((35, 54), (75, 105)),
    "outlook-phone": ((35, 50), (55, 95)),
    "gmail-desktop": ((70, 120), (0, 50)),
    "apple-desktop": ((38, 75), (75, 140)),
    "outlook-desktop": ((45, 60), (35, 60)),
}

# How many characters of each list's two parts are inside of what it shows, all in one
# step: in between the page might be told of a change, and put others in their place.
_COUNT = """layouts => {
  const shown = each => {
    const box = each.getBoundingClientRect();
    const text = each.firstChild;
    const range = document.createRange();
    let count = 0;
    for (let at = 0; at < text.length; at++) {
      range.setStart(text, at);
      range.setEnd(text, at + 1);
      const letter = range.getBoundingClientRect();
      if (letter.right > box.right + 1 || letter.bottom > box.bottom + 1) break;
      count = at + 1;
    }
    return count;
  };
  return layouts.map(layout => {
    const row = document.querySelector(`.${layout} .row`);
    return ["subject", "preheader"].map(part => shown(row.querySelector(`.${part}`)));
  });
}"""

# The lists that can be moved sideways, and what is seen of Gmail's line.
_MOVED = """() => {
  const lists = [...document.querySelectorAll(".inbox-line")];
  const row = document.querySelector(".gmail-desktop .row");
  return {
    lists: lists.length,
    moved: lists.filter(each => each.scrollWidth > each.clientWidth).length,
    text: row.innerText,
  };
}"""


Counts = dict[str, tuple[int, int]]
Lines = Callable[[int], Counts]


def counts(page: "Page") -> Counts:
    """The characters that each list shows, of the subject and of the preheader."""
    page.locator(".gmail-desktop .row.folded").wait_for()
    found = page.evaluate(_COUNT, list(SHOWN))
    return {layout: tuple(pair) for layout, pair in zip(SHOWN, found, strict=True)}


@pytest.fixture
def lines(publication: "Path", preview: str, open_page: "Pages") -> Lines:
    """The characters that each list shows, of a subject so long and a preheader."""

    def measured(length: int) -> dict[str, tuple[int, int]]:
        (publication / f"issues/{ISSUE}.md").write_text(
            f'---\ntitle: "{WORDS[:length]}"\npreheader: "{WORDS[:200]}"\n'
            "date: 2026-11-20\n---\nhi\n"
        )
        page = open_page(f"{preview}/issues/{ISSUE}", width=1600)
        return counts(page)

    return measured


def test_it_is_cut_where_the_programs_cut_it(lines: Lines) -> None:
    for layout, shown in lines(150).items():
        for count, (least, most) in zip(shown, SHOWN[layout], strict=True):
            assert least <= count <= most, f"{layout}: {shown}"


@pytest.mark.parametrize("width", [1600, 1280, 700, 375])
def test_no_line_has_to_be_moved_sideways(
    lines: Lines, preview: str, open_page: "Pages", width: int
) -> None:
    cut = lines(150)["gmail-desktop"]
    page = open_page(f"{preview}/issues/{ISSUE}", width=width)
    page.locator(".gmail-desktop .row.folded").wait_for()
    found = page.evaluate(_MOVED)
    assert found["lists"] == len(SHOWN)
    assert found["moved"] == 0
    assert found["text"].endswith("…")
    assert counts(page)["gmail-desktop"] == cut


def test_what_is_short_is_whole_and_gmail_fills_the_rest_of_the_line(
    lines: Lines,
) -> None:
    found = lines(30)
    assert {subject for subject, _ in found.values()} == {30}
    assert 70 <= found["gmail-desktop"][1] <= 100
    assert found["apple-phone"] == (30, lines(150)["apple-phone"][1])
