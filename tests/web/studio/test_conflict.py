"""Nothing that was written is lost: to another program, another tab, a closed page."""

import shutil

import pytest

from newsletter.content import saving
from tests.web.studio.conftest import exchange
from tests.web.studio.sharing import preview as preview  # a fixture
from tests.web.studio.sharing import publication as publication  # a fixture
from tests.web.studio.sharing import shared as shared  # a fixture
from tests.web.studio.writer import KINDS, Held, Sit, Writer
from tests.web.studio.writer import sit as sit  # a fixture


def test_another_programs_save_during_ours_is_noticed(sit: Sit) -> None:
    """Its news come while our own answer is on the way."""
    writer = sit("CodeMirror")
    page = writer.page
    page.evaluate("document.addEventListener('studio:change', () => window.told++)")
    held = Held(page, "**/write")
    writer.type_at_the_end("mine ")
    page.evaluate("window.told = 0")
    page.keyboard.press("ControlOrMeta+s")
    answer = held.route.fetch()
    page.wait_for_function("() => window.told > 0")
    page.evaluate("window.told = 0")
    writer.file.write_text(writer.file.read_text() + "and theirs")
    page.wait_for_function("() => window.told > 0")
    held.route.fulfill(response=answer)

    writer.wait_for_text("mine and theirs")
    writer.state("saved")


def test_an_answer_that_is_older_than_a_save_takes_nothing_back(sit: Sit) -> None:
    writer = sit("CodeMirror")
    page = writer.page
    held = Held(page, "**/text")
    news = "new CustomEvent('studio:change', {detail: {files: ['.']}})"
    page.evaluate(f"document.dispatchEvent({news})")
    asked = held.route
    answer = asked.fetch()
    writer.type_at_the_end("mine")
    writer.save()
    with page.expect_response(lambda each: each.request == asked.request):
        asked.fulfill(response=answer)

    writer.type_at_the_end("!")
    writer.save()
    assert writer.file.read_text().endswith("mine!")


@pytest.mark.parametrize("kind", KINDS)
def test_two_saves_one_after_the_other(sit: Sit, kind: str) -> None:
    writer = sit(kind)
    writer.type_at_the_end("one")
    writer.save()
    writer.type_at_the_end("two")
    writer.page.get_by_role("button", name="save").click()
    writer.state("saved")
    assert writer.file.read_text().endswith("onetwo")


@pytest.mark.parametrize("kind", KINDS)
def test_leaving_with_unsaved_words_is_asked_about(sit: Sit, kind: str) -> None:
    writer = sit(kind)
    writer.type_at_the_end("unsaved")
    writer.state("unsaved")
    writer.page.on("dialog", lambda dialog: dialog.dismiss())
    with writer.page.expect_event("dialog") as asked:
        writer.page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    writer.save()


@pytest.mark.parametrize("kind", KINDS)
def test_another_programs_words_appear_where_nothing_was_written(
    sit: Sit, kind: str
) -> None:
    writer = sit(kind)
    writer.file.write_text(writer.file.read_text() + "from another editor")
    writer.wait_for_text("from another editor")
    writer.state("saved")
    writer.says("another program has changed the file")
    writer.type_at_the_end("!")
    writer.save()
    assert writer.file.read_text().endswith("from another editor!")


@pytest.mark.parametrize("kind", KINDS)
def test_both_versions_are_offered_and_mine_is_kept(sit: Sit, kind: str) -> None:
    writer = sit(kind)
    before = writer.file.read_text()
    writer.type_at_the_end("mine")
    writer.file.write_text(before + "theirs")
    writer.says("and so have you")
    writer.page.get_by_role("button", name="compare").click()
    dialog = writer.page.get_by_role("dialog", name="two versions")
    dialog.get_by_role("button", name="decide later").click()
    assert writer.file.read_text() == before + "theirs"

    writer.page.keyboard.press("ControlOrMeta+s")
    dialog.get_by_role("cell", name="mine", exact=True).wait_for()
    dialog.get_by_role("cell", name="theirs", exact=True).wait_for()
    dialog.get_by_role("button", name="keep mine").click()
    writer.state("saved")

    assert writer.file.read_text() == before + "mine"
    kept = list((writer.file.parents[1] / saving.KEPT).glob("*.md"))
    assert [path.read_text() for path in kept] == [before + "theirs"]


@pytest.mark.parametrize("kind", KINDS)
def test_both_versions_are_offered_and_theirs_is_taken(sit: Sit, kind: str) -> None:
    writer = sit(kind)
    before = writer.file.read_text()
    writer.type_at_the_end("mine")
    writer.file.write_text(before + "theirs")
    writer.says("and so have you")
    writer.page.keyboard.press("ControlOrMeta+s")
    dialog = writer.page.get_by_role("dialog", name="two versions")
    dialog.get_by_role("button", name="take the one on disk").click()
    writer.state("saved")

    assert writer.text == before + "theirs"
    kept = list((writer.file.parents[1] / saving.KEPT).glob("*.md"))
    assert [path.read_text() for path in kept] == [before + "mine"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_deleted_is_saved_anew(sit: Sit, kind: str) -> None:
    writer = sit(kind)
    writer.type_at_the_end("still here")
    writer.file.unlink()
    writer.says("the file is gone from the disk")
    writer.page.keyboard.press("ControlOrMeta+s")
    dialog = writer.page.get_by_role("dialog")
    dialog.get_by_text("was deleted, or has another name").wait_for()
    assert not dialog.get_by_role("button", name="take the one on disk").count()
    dialog.get_by_role("button", name="write it anew").click()
    writer.state("saved")
    assert writer.file.read_text().endswith("still here")


def test_a_studio_that_has_ended_loses_no_word(sit: Sit) -> None:
    writer = sit("CodeMirror")
    writer.page.route("**/write", lambda route: route.abort())
    writer.type_at_the_end("kept in the browser")
    writer.page.keyboard.press("ControlOrMeta+s")
    writer.says("not saved: the studio has ended")
    writer.state("unsaved")
    assert writer.text.endswith("kept in the browser")


def test_a_publication_that_cannot_be_written_is_said(sit: Sit) -> None:
    writer = sit("CodeMirror")
    kept = writer.file.parents[1] / ".newsletter"
    # All that the studio keeps of the page's images it has kept by then.
    problems = writer.page.locator("#beside .problems :is(ol, p:not(.later))")
    problems.first.wait_for()
    shutil.rmtree(kept, ignore_errors=True)
    kept.write_text("a file in the way")
    writer.type_at_the_end("x")
    writer.page.keyboard.press("ControlOrMeta+s")
    writer.says("cannot be written")
    writer.state("unsaved")


def test_two_tabs_that_write_the_same_issue_lose_nothing(sit: Sit) -> None:
    one = sit("CodeMirror")
    before = one.text
    tab = one.page.context.new_page()
    tab.goto(one.page.url)
    two = Writer(tab, "CodeMirror", one.file)
    one.type_at_the_end("from the first tab")
    two.type_at_the_end("from the second tab")
    one.save()

    two.page.keyboard.press("ControlOrMeta+s")
    dialog = two.page.get_by_role("dialog", name="two versions")
    dialog.get_by_role("cell", name="from the first tab").wait_for()
    dialog.get_by_role("button", name="keep mine").click()
    two.state("saved")

    assert one.file.read_text() == before + "from the second tab"
    kept = list((one.file.parents[1] / saving.KEPT).glob("*.md"))
    assert [path.read_text() for path in kept] == [before + "from the first tab"]
    one.wait_for_text("from the second tab")
    one.state("saved")


def test_what_was_the_matter_with_the_file_is_said_no_more(sit: Sit) -> None:
    writer = sit("CodeMirror")
    before = writer.file.read_text()
    note = writer.page.locator("#note")

    exchange(writer.file, b"\xff\0")
    writer.says("is not a text in UTF-8")
    exchange(writer.file, before)
    note.wait_for(state="hidden")

    writer.type_at_the_end("mine ")
    exchange(writer.file, before + "theirs\n")
    writer.says("another program has changed the file, and so have you")
    exchange(writer.file, before)
    note.wait_for(state="hidden")
    writer.state("unsaved")
