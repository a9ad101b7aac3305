"""The studio by the keyboard: a sheet of keys, and keys that leave fields alone."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.web.studio.sharing import preview as preview  # a fixture
from tests.web.studio.sharing import publication as publication  # a fixture
from tests.web.studio.sharing import shared as shared  # a fixture

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.rig.chromium import Pages


@pytest.fixture
def page(preview: str, open_page: "Pages") -> Iterator["Page"]:
    shown = open_page(f"{preview}/")
    shown.get_by_role("button", name="keys").wait_for()
    yield shown
    assert open_page.refused == []


def test_the_sheet_lists_the_keys_of_the_page(page: "Page") -> None:
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="keys")
    listed = sheet.locator("dl").inner_text().split("\n")
    assert {"?", "Esc", "n", "new issue", "/", "search"} <= {*listed}
    assert len(sheet.locator("dt").all()) == len(
        {*sheet.locator("dt").all_inner_texts()}
    )
    page.keyboard.press("Escape")
    sheet.wait_for(state="hidden")
    page.get_by_role("button", name="keys").click()
    sheet.get_by_role("button", name="close").click()
    sheet.wait_for(state="hidden")


def test_a_key_leads_where_its_link_leads(page: "Page", preview: str) -> None:
    page.keyboard.press("n")
    page.wait_for_url(f"{preview}/new/issue")


def test_keys_leave_fields_alone(page: "Page", preview: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type("n?")
    assert page.get_by_label("search").input_value() == "n?"
    assert page.get_by_role("dialog").count() == 0
    assert page.url == f"{preview}/"


@pytest.mark.parametrize("modifier", ["Control", "Alt", "Meta"])
def test_keys_of_the_browser_stay_its_own(page: "Page", modifier: str) -> None:
    page.keyboard.press(f"{modifier}+?")
    assert page.get_by_role("dialog").count() == 0


def test_single_keys_can_be_turned_off_for_good(page: "Page", preview: str) -> None:
    page.keyboard.press("?")
    page.get_by_label("use single keys").uncheck()
    page.get_by_role("button", name="close").click()
    page.reload()
    page.get_by_role("button", name="keys").wait_for()
    page.keyboard.press("n")
    page.keyboard.press("?")
    assert page.get_by_role("dialog").count() == 0
    assert page.url == f"{preview}/"


def test_a_new_issue_by_the_keyboard_alone(page: "Page", preview: str) -> None:
    page.keyboard.press("n")
    page.wait_for_url(f"{preview}/new/issue")
    # It has the caret a moment after the page is there.
    page.locator("#title:focus").wait_for()
    page.keyboard.type("The Quiet Desk")
    page.keyboard.press("Enter")
    page.get_by_text("It is a file like any other").wait_for()
    assert page.url.endswith("-the-quiet-desk/write?written=1")
    page.wait_for_selector("#desk[data-ready]")
