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

# How many characters of an element are inside of what it shows.
_COUNT = """row => {
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
  return [shown(row.querySelector(".subject")), shown(row.querySelector(".preheader"))];
}"""


Lines = Callable[[int], dict[str, tuple[int, int]]]


@pytest.fixture
def lines(publication: "Path", preview: str, open_page: "Pages") -> Lines:
    """The characters that each list shows, of a subject so long and a preheader."""

    def measured(length: int) -> dict[str, tuple[int, int]]:
        (publication / f"issues/{ISSUE}.md").write_text(
            f'---\ntitle: "{WORDS[:length]}"\npreheader: "{WORDS[:200]}"\n'
            "date: 2026-11-20\n---\nhi\n"
        )
        page = open_page(f"{preview}/issues/{ISSUE}", width=1600)
        shown = {}
        for layout in SHOWN:
            subject, preheader = page.locator(f".{layout} .row").evaluate(_COUNT)
            shown[layout] = subject, preheader
        return shown

    return measured


def test_it_is_cut_where_the_programs_cut_it(lines: Lines) -> None:
    for layout, shown in lines(150).items():
        for count, (least, most) in zip(shown, SHOWN[layout], strict=True):
            assert least <= count <= most, f"{layout}: {shown}"


def test_what_is_short_is_whole_and_gmail_fills_the_rest_of_the_line(
    lines: Lines,
) -> None:
    found = lines(30)
    assert {subject for subject, _ in found.values()} == {30}
    assert 70 <= found["gmail-desktop"][1] <= 100
    assert found["apple-phone"] == (30, lines(150)["apple-phone"][1])
