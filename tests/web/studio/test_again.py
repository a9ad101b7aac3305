"""A page that can only say what to mend looks again when it was mended."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.studio.conftest import ISSUE, exchange
from tests.web.studio.writer import Held

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.rig.chromium import Pages

VIEW = f"/issues/{ISSUE}"


@pytest.fixture
def file(publication: Path) -> Path:
    """The newest issue's."""
    return publication / f"issues/{ISSUE}.md"


@pytest.fixture
def whole(file: Path) -> str:
    """Its text without a mistake."""
    return file.read_text()


@pytest.fixture
def mistaken(file: Path, whole: str, preview: str, open_page: "Pages") -> "Page":
    """A page that can only say what is wrong with the file."""
    file.write_text(whole.replace("title: ", "titel: ", 1))
    page = open_page(f"{preview}{VIEW}/rehearsal")
    page.get_by_text("unknown key `titel`").wait_for()
    return page


def test_a_page_of_mistakes_follows_the_file(
    file: Path, whole: str, mistaken: "Page"
) -> None:
    page = mistaken
    file.write_text(whole.replace("title: ", "title: [", 1))
    page.get_by_text("that is not closed").wait_for()
    file.write_text(whole)
    page.get_by_role("button", name="rehearse", exact=True).wait_for()


def test_an_older_answer_that_comes_late_is_not_shown(
    file: Path, whole: str, mistaken: "Page"
) -> None:
    page = mistaken
    held = Held(page, f"**{VIEW}/rehearsal")
    exchange(file, whole.replace("title: ", "titles: ", 1))
    asked = held.route
    older = asked.fetch()
    exchange(file, whole.replace("title: ", "title: [", 1))
    page.get_by_text("that is not closed").wait_for()

    with page.expect_response(lambda each: each.request == asked.request):
        asked.fulfill(response=older)
    page.evaluate("fetch('/').then((answer) => answer.text())")
    assert page.get_by_text("that is not closed").is_visible()


def test_what_a_form_has_sent_is_not_sent_again(
    file: Path, whole: str, preview: str, open_page: "Pages"
) -> None:
    page = open_page(f"{preview}{VIEW}/test")
    page.get_by_label("to").fill("mo@example.com")
    file.write_text(whole.replace("title: ", "title: [", 1))
    page.get_by_role("button", name="send the test").click()
    page.get_by_text("that is not closed").wait_for()
    file.write_text(whole)
    page.get_by_role("button", name="send the test").wait_for()
    assert page.get_by_label("to").input_value() == ""
    assert not [*file.parents[1].rglob("*.eml")]
