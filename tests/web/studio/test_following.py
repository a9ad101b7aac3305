"""Panes in Chromium that are added or followed, and right by other files, too."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.studio.conftest import ISSUE
from tests.web.studio.sharing import preview as preview  # a fixture
from tests.web.studio.sharing import publication as publication  # a fixture
from tests.web.studio.sharing import shared as shared  # a fixture
from tests.web.studio.test_live import add, picture, seen
from tests.web.studio.writer import Held

if TYPE_CHECKING:
    from tests.rig.chromium import Pages

VIEW = f"issues/{ISSUE}"


def test_a_pane_that_is_added_is_as_wide_as_the_first(
    preview: str, open_page: "Pages"
) -> None:
    page = open_page(f"{preview}/{VIEW}", width=1600)
    seen(page, "hello Ana,")
    page.locator("[name=width]").select_option("phone")
    page.locator("[name=beside]").select_option("dark")
    second = page.get_by_role("region", name="email, dark")
    second.get_by_text("375 px").wait_for()
    grip = second.get_by_role("slider")
    assert grip.get_attribute("aria-valuenow") == "375"
    assert grip.get_attribute("aria-label") == "width of email, dark"
    assert second.locator(".sheet").evaluate("e => e.clientWidth") == 375


@pytest.mark.parametrize(
    ("window", "second", "choice", "pixels"),
    [
        (1280, "", "desktop", 1024),
        (1280, "dark", "tablet", 768),
        (375, "", "tablet", 768),
    ],
)
def test_what_is_wider_than_its_room_is_drawn_smaller(
    preview: str, open_page: "Pages", window: int, second: str, choice: str, pixels: int
) -> None:
    """The letter in it has the width that was chosen; down to a half."""
    query = f"width={choice}&beside={second}"
    page = open_page(f"{preview}/{VIEW}?{query}", width=window)
    seen(page, "hello Ana,")
    pane = page.locator(".pane").first
    page.locator("output").get_by_text(f"{pixels} px, drawn at").first.wait_for()
    inside = picture(page).locator("body").evaluate("e => innerWidth")
    assert inside == pixels
    sheet = pane.locator(".sheet").bounding_box()
    frame = pane.locator("iframe").bounding_box()
    stage = pane.locator(".stage").bounding_box()
    assert sheet
    assert stage
    assert frame == pytest.approx(sheet, abs=1)
    fits = sheet["x"] + sheet["width"] <= stage["x"] + stage["width"]
    assert fits or sheet["width"] == pixels / 2
    if window > 375:
        assert fits
        pane.get_by_role("slider").focus()
        page.keyboard.press("ArrowLeft")
        pane.get_by_text(f"{pixels - 16} px").wait_for()


def test_what_fills_the_room_does_so_whatever_was_chosen_at_first(
    preview: str, open_page: "Pages"
) -> None:
    page = open_page(f"{preview}/{VIEW}?width=phone", width=1600)
    page.get_by_text("375 px").wait_for()
    page.locator("[name=width]").select_option("fill")
    assert page.locator(".sheet").evaluate("e => e.clientWidth") > 700


def test_two_panes_of_the_same_have_names_of_their_own(
    preview: str, open_page: "Pages"
) -> None:
    page = open_page(f"{preview}/{VIEW}")
    page.locator("[name=beside]").select_option("email")
    page.get_by_role("region", name="email, light, second", exact=True).wait_for()
    page.locator("[name=show]").select_option("dark")
    page.get_by_role("region", name="email, light", exact=True).wait_for()


def test_a_problem_goes_with_the_other_issues_file_that_made_it(
    publication: Path, preview: str, open_page: "Pages"
) -> None:
    page = open_page(f"{preview}/{VIEW}")
    problems = page.locator(".problems")
    problems.get_by_text("none were found").wait_for()
    own = publication / f"issues/{ISSUE}.md"
    other = publication / "issues/2026-11-21-another.md"
    slug = ISSUE.partition("-20-")[2]
    other.write_text(own.read_text().replace("title:", f"slug: {slug}\ntitle:", 1))
    problems.get_by_text("is also that of").wait_for()
    other.unlink()
    problems.get_by_text("none were found").wait_for()


@pytest.mark.parametrize("shape", ["page", "page-dark"])
def test_who_has_followed_a_link_stays_there_when_a_file_is_saved(
    publication: Path, preview: str, open_page: "Pages", shape: str
) -> None:
    page = open_page(f"{preview}/{VIEW}?show={shape}", height=700)
    picture(page).get_by_role("link", name="all issues").first.click()
    heading = picture(page).get_by_role("heading", name="all issues")
    heading.wait_for()
    scroll = "e => e.ownerDocument.defaultView.scrollTo(0, 120)"
    heading.evaluate(scroll)
    page.evaluate("document.querySelector('iframe').id = 'before'")
    add(publication, "one line more")
    page.wait_for_selector("#before", state="detached")
    heading.wait_for()
    assert heading.evaluate("e => e.ownerDocument.defaultView.scrollY") == 120

    other = {"page": "page-dark", "page-dark": "page"}[shape]
    page.locator("[name=show]").select_option(other)
    tone = {"page": "light", "page-dark": "dark"}[other]
    page.locator(f'iframe[src*="/{tone}/"]:not(.coming)').wait_for()
    heading.wait_for()
    page.locator("[name=show]").select_option("email")
    seen(page, "hello Ana,")
    page.locator("[name=show]").select_option("page")
    seen(page, "hello there,")


_READ = """() => {
  const coming = document.querySelector("iframe.coming")?.contentDocument;
  return coming && coming.URL !== "about:blank" && coming.readyState !== "loading";
}"""


def test_the_place_is_kept_where_the_style_comes_late(
    publication: Path, preview: str, open_page: "Pages"
) -> None:
    page = open_page(f"{preview}/{VIEW}?show=page", height=700)
    picture(page).get_by_role("link", name="all issues").first.click()
    picture(page).get_by_role("heading", name="all issues").wait_for()
    script = "document.querySelector('iframe:not(.coming)').contentWindow"
    page.evaluate(f"{script}.scrollTo(0, 9999)")
    place = page.evaluate(f"{script}.scrollY")
    page.evaluate("document.querySelector('iframe').id = 'before'")
    held = Held(page, "**/style.css*")
    add(publication, "one line more")
    late = held.route
    page.wait_for_function(_READ)
    # Longer than a picture waits for its images.
    page.wait_for_timeout(700)
    late.continue_()
    page.wait_for_selector("#before", state="detached")
    assert page.evaluate(f"{script}.scrollY") == place
