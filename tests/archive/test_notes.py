"""Where the notes of a text stand: beside it where there is room, else below it."""

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from tests.archive.conftest import Build, write_issue

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.rig.chromium import Pages

WIDE = 1440


def issue(publication: Path, body: str, tldr: str = "") -> None:
    front = f"title: x\ntldr: |\n  {tldr}" if tldr else "title: x"
    write_issue(publication, "2026-11-27-x", front, body)


def box(page: "Page", place: str) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what is first at a place."""
    found = page.locator(place).first.bounding_box()
    assert found
    x, y = found["x"], found["y"]
    return x, y, x + found["width"], y + found["height"]


def test_notes_stand_beside_what_they_are_about(
    open_page: "Pages", build: Build, out: Path
) -> None:
    build()
    url = (out / "fourteen-bullets/index.html").as_uri()

    wide, narrow = open_page(url, width=1440), open_page(url, width=800)
    note, mark = (wide.locator(name).bounding_box() for name in ("#note-1", "#ref-1"))
    assert note
    assert mark
    assert abs(note["y"] - mark["y"]) < 40
    prose = wide.locator(".prose").first.bounding_box()
    assert prose
    assert note["x"] > prose["x"] + prose["width"]
    below = narrow.locator("#note-1").bounding_box()
    mark = narrow.locator("#ref-1").bounding_box()
    assert below
    assert mark
    assert below["y"] > mark["y"] + 500


def test_notes_that_are_close_do_not_cover_each_other(
    open_page: "Pages", build: Build, out: Path, publication: Path
) -> None:
    marks = " ".join(f"word[^{n}]" for n in range(6))
    notes = "\n\n".join(f"[^{n}]: {'long note ' * 20}" for n in range(6))
    write_issue(publication, "2026-11-27-x", "title: x", f"{marks}\n\n{notes}")
    build()

    page = open_page((out / "x/index.html").as_uri(), width=1440)
    boxes = [page.locator(f"#note-{n}").bounding_box() for n in range(1, 7)]
    for above, below in pairwise(boxes):
        assert above
        assert below
        assert above["y"] + above["height"] < below["y"]


def test_more_notes_than_have_a_place_beside_the_text_stand_below_it(
    open_page: "Pages", build: Build, out: Path, publication: Path
) -> None:
    marks = "\n\n".join(f"word[^{n}]" for n in range(20))
    notes = "\n\n".join(f"[^{n}]: a note" for n in range(20))
    issue(publication, f"{marks}\n\n{notes}")
    build()

    page = open_page((out / "x/index.html").as_uri(), width=WIDE)

    boxes = [box(page, f"#note-{n}") for n in range(1, 21)]
    assert boxes[0][1] > box(page, "#ref-20")[3]
    for above, below in pairwise(boxes):
        assert above[3] <= below[1]


def test_a_list_in_a_note_stays_in_it(
    open_page: "Pages", build: Build, out: Path, publication: Path
) -> None:
    issue(publication, "word[^1]\n\n[^1]: see\n\n    - this one\n    - that one")
    build()

    page = open_page((out / "x/index.html").as_uri(), width=1280)

    note, item = box(page, "#note-1"), box(page, "#note-1 li")
    assert note[0] <= item[0]
    assert item[2] <= note[2]
    assert page.evaluate("document.documentElement.scrollWidth") == 1280


def test_a_note_of_a_box_stays_in_it(
    open_page: "Pages", build: Build, out: Path, publication: Path
) -> None:
    issue(publication, "a text", "short[^1]\n\n  [^1]: a note")
    build()

    page = open_page((out / "x/index.html").as_uri(), width=WIDE)

    around, note = box(page, ".box"), box(page, ".box .footnotes li")
    assert around[0] < note[0]
    assert note[2] < around[2]
    assert around[1] < note[1]
    assert note[3] < around[3]
