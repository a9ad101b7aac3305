"""Writing in Chromium: real files, typed in and saved; pictures, fields, mistakes."""

import re

import pytest

from newsletter.web.studio.assets import found_asset
from newsletter.web.studio.writing import EDITOR
from tests.web.studio.conftest import ISSUE
from tests.web.studio.sharing import preview as preview  # a fixture
from tests.web.studio.sharing import publication as publication  # a fixture
from tests.web.studio.sharing import shared as shared  # a fixture
from tests.web.studio.test_creating import png
from tests.web.studio.writer import KINDS, Held, Sit
from tests.web.studio.writer import sit as sit  # a fixture


def test_the_bundle_was_made() -> None:
    assert found_asset(EDITOR), "run `make assets`"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_typed_and_saved_is_in_the_file_and_in_the_picture(
    sit: Sit, kind: str
) -> None:
    writer = sit(kind)
    before = writer.file.read_text()

    writer.type_at_the_end("so long, and thanks.")
    writer.state("unsaved")
    assert writer.page.title().startswith("• ")
    assert writer.file.read_text() == before
    writer.save()

    assert writer.file.read_text() == before + "so long, and thanks."
    frame = writer.page.frame_locator("#panes iframe:not(.coming)")
    frame.get_by_text("so long, and thanks.").wait_for()


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_typed_is_in_the_picture_before_it_is_saved(
    sit: Sit, kind: str
) -> None:
    writer = sit(kind)
    before = writer.file.read_text()
    frame = writer.page.frame_locator("#panes iframe:not(.coming)")

    writer.type_at_the_end("not saved yet, see [this](http://127.0.0.1/x).")
    frame.get_by_text("not saved yet").wait_for()
    problems = writer.page.locator(".problems pre")
    problems.filter(has_text="(http://127.0.0.1/x)").first.wait_for()
    title = "• pull up the second chair · newsletter preview"
    assert writer.page.title() == title
    assert writer.file.read_text() == before
    writer.state("unsaved")

    writer.page.locator("[name=show]").select_option("text")
    frame.get_by_text("not saved yet").wait_for()
    # The studio is started anew, or the laptop has slept: what is written stays.
    writer.page.evaluate(
        "document.dispatchEvent(new CustomEvent('studio:change', "
        "{detail: {files: ['.']}}))"
    )
    writer.save()
    assert "not saved yet" in writer.file.read_text()
    frame.get_by_text("not saved yet").wait_for()


def test_it_is_written_on_a_phone_too(sit: Sit) -> None:
    writer = sit("CodeMirror", width=375)
    writer.type_at_the_end("from the train")
    writer.page.get_by_role("button", name="save").click()
    writer.state("saved")
    assert writer.file.read_text().endswith("from the train")


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_pasted_and_dropped(sit: Sit, kind: str) -> None:
    writer = sit(kind)
    writer.type_at_the_end("\n")
    assert writer.give("paste", ("image.png", "image/png", png()))
    writer.says("the picture is in issues/images/picture-")
    # Its words are selected: what is typed next takes their place.
    writer.page.keyboard.type("a red field")
    writer.page.keyboard.press("ControlOrMeta+End")
    assert writer.give("drop", ("Blue Field.png", "image/png", png("blue")))
    writer.says("the picture is in issues/images/blue-field.png")
    writer.save()

    assert "![a red field](images/picture-" in writer.file.read_text()
    assert "![what the picture shows](images/blue-field.png)" in writer.text
    assert (writer.file.parent / "images/blue-field.png").read_bytes() == png("blue")
    frame = writer.page.frame_locator("#panes iframe:not(.coming)")
    frame.get_by_alt_text("a red field").wait_for()


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_falls_into_the_front_matter_begins_the_body(
    sit: Sit, kind: str
) -> None:
    writer = sit(kind)
    front, body = re.split(r"(?<=\n---\n)", writer.text, maxsplit=1)
    writer.pad.focus()
    writer.page.keyboard.press("ControlOrMeta+Home")
    writer.page.keyboard.press("ArrowDown")
    assert writer.give("paste", ("red.png", "image/png", png()))
    writer.says("say what it shows")
    writer.page.keyboard.type("a red field")
    writer.save()

    added = "\n![a red field](images/red.png)\n"
    assert writer.file.read_text() == front + added + body


def test_lines_with_problems_are_marked_in_the_editor(sit: Sit) -> None:
    """What is over the picture wins: the rest is told of a text that was whole."""
    writer = sit("CodeMirror")
    marks = writer.page.locator(".editor .cm-problem")
    assert marks.count() == 0
    writer.type_at_the_end("\n\nsee [the](http://localhost/x) page")
    marks.first.wait_for()
    places = writer.page.locator("#beside .problems [data-copy]").all_inner_texts()
    assert marks.count() == len({place.split(":")[1] for place in places})
    told = writer.page.locator("#beside .problems li p").first.text_content() or "-"
    assert told in (marks.first.get_attribute("title") or "")
    writer.page.keyboard.press("ControlOrMeta+Home")
    writer.page.keyboard.press("ArrowDown")
    writer.page.keyboard.type("title: [")
    over = writer.page.locator("#over .mistakes")
    # Of what was typed by halves another mistake may be told before.
    over.get_by_text("that is not closed").wait_for()
    writer.page.locator(".editor .cm-problem.error").wait_for()
    assert marks.count() == 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_picture_is_refused(sit: Sit, kind: str) -> None:
    writer = sit(kind)
    before = writer.text
    assert writer.give("drop", ("a.pdf", "application/pdf", b"%PDF"))
    writer.says("only pictures")
    assert writer.give("paste", ("a.png", "image/png", b"not a picture"))
    writer.says("the picture is not an image")
    assert writer.text == before


def test_text_that_brings_a_picture_of_itself_is_text(sit: Sit) -> None:
    writer = sit("text area")
    given = ("a.png", "image/png", png())
    assert not writer.give("paste", given, text="words of a word processor")
    assert not list(writer.file.parent.glob("images/a*.png"))


@pytest.mark.parametrize("kind", KINDS)
def test_fields_change_the_text_and_a_save_the_file(sit: Sit, kind: str) -> None:
    writer = sit(kind)
    before = writer.file.read_text()
    page = writer.page
    page.get_by_text("front matter", exact=True).click()
    preheader = page.get_by_label("preheader")
    preheader.fill("fourteen chars")
    assert page.locator("#c-preheader").inner_text() == "14"
    preheader.blur()
    writer.wait_for_text('preheader: "fourteen chars"')
    page.get_by_label("featured").select_option("the-honest-i-dont-know")
    writer.wait_for_text("roundtable: the-honest-i-dont-know")
    writer.state("unsaved")
    assert writer.file.read_text() == before
    writer.save()

    old, new = before.split("\n"), writer.file.read_text().split("\n")
    assert [a for a, b in zip(old, new, strict=True) if a != b] == [old[2], old[17]]
    frame = page.frame_locator("#panes iframe:not(.coming)")
    frame.get_by_text("fourteen chars").first.wait_for(state="attached")


def test_a_field_that_was_not_left_is_saved_too(sit: Sit) -> None:
    writer = sit("CodeMirror")
    page = writer.page
    page.get_by_text("front matter", exact=True).click()
    page.get_by_label("preheader").fill("typed and saved at once")
    writer.state("unsaved")
    writer.save()
    assert 'preheader: "typed and saved at once"' in writer.file.read_text()

    page.get_by_label("preheader").fill("typed, then the button")
    page.get_by_role("button", name="save", exact=True).click()
    writer.state("saved")
    assert 'preheader: "typed, then the button"' in writer.file.read_text()


def test_what_is_typed_while_a_field_goes_into_the_text_stays(sit: Sit) -> None:
    writer = sit("CodeMirror")
    page = writer.page
    held = Held(page, "**/change")
    page.get_by_text("front matter", exact=True).click()
    page.get_by_label("preheader").fill("from the form")
    page.get_by_label("preheader").blur()
    asked = held.route
    writer.type_at_the_end("from the text")
    asked.continue_()
    writer.wait_for_text('preheader: "from the form"')
    assert writer.text.endswith("from the text")


def test_a_field_that_cannot_be_is_said_beside_it(sit: Sit) -> None:
    writer = sit("CodeMirror")
    before = writer.text
    writer.page.get_by_text("front matter", exact=True).click()
    date = writer.page.get_by_label("date")
    date.fill("someday")
    date.blur()
    writer.page.get_by_text("`date` must be a date").wait_for()
    # Longer than the form waits before it follows the text, which is the same.
    writer.page.wait_for_timeout(1000)
    assert writer.page.get_by_text("`date` must be a date").is_visible()
    assert date.get_attribute("aria-invalid") == "true"
    assert date.input_value() == "someday"
    assert writer.text == before


def test_the_form_follows_the_text(sit: Sit) -> None:
    writer = sit("CodeMirror")
    writer.page.get_by_text("front matter", exact=True).click()
    writer.file.write_text(writer.file.read_text().replace("send the questions", "hi"))
    writer.page.wait_for_function(
        "() => document.querySelector('[name=preheader]').value.startsWith('hi')"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_mistake_is_said_over_the_last_good_picture(sit: Sit, kind: str) -> None:
    writer = sit(kind)
    writer.page.keyboard.press("ControlOrMeta+Home")
    writer.pad.focus()
    writer.page.keyboard.press("ControlOrMeta+Home")
    writer.page.keyboard.press("End")
    writer.page.keyboard.type("\ntags: [open")
    writer.save()
    overlay = writer.page.locator("#overlay")
    overlay.get_by_text("that is not closed").wait_for()
    place = overlay.get_by_role("button", name=f"issues/{ISSUE}.md:2")
    place.click()
    writer.page.keyboard.type("# ")
    assert writer.text.startswith("---\n# tags: [open\n")
    frame = writer.page.frame_locator("#panes iframe:not(.coming)")
    frame.get_by_role("heading", name="pull up the second chair").first.wait_for()
