"""A page that can only say what to mend looks again when it was mended."""

from pathlib import Path
from typing import TYPE_CHECKING

from tests.web.studio.conftest import ISSUE

if TYPE_CHECKING:
    from tests.rig.chromium import Pages

VIEW = f"/issues/{ISSUE}"


def test_a_page_of_mistakes_follows_the_file(
    publication: Path, preview: str, open_page: "Pages"
) -> None:
    file = publication / f"issues/{ISSUE}.md"
    whole = file.read_text()
    file.write_text(whole.replace("title: ", "titel: ", 1))
    page = open_page(f"{preview}{VIEW}/rehearsal")
    page.get_by_text("unknown key `titel`").wait_for()
    file.write_text(whole.replace("title: ", "title: [", 1))
    page.get_by_text("that is not closed").wait_for()
    file.write_text(whole)
    page.get_by_role("button", name="rehearse", exact=True).wait_for()


def test_what_a_form_has_sent_is_not_sent_again(
    publication: Path, preview: str, open_page: "Pages"
) -> None:
    file = publication / f"issues/{ISSUE}.md"
    whole = file.read_text()
    page = open_page(f"{preview}{VIEW}/test")
    page.get_by_label("to").fill("mo@example.com")
    file.write_text(whole.replace("title: ", "title: [", 1))
    page.get_by_role("button", name="send the test").click()
    page.get_by_text("that is not closed").wait_for()
    file.write_text(whole)
    page.get_by_role("button", name="send the test").wait_for()
    assert page.get_by_label("to").input_value() == ""
    assert not [*publication.rglob("*.eml")]
