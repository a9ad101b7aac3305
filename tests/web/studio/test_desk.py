"""Writing in Chromium: real files, typed in, saved, changed by others; pictures."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newsletter.content import saving
from newsletter.web.studio.assets import found_asset
from newsletter.web.studio.writing import EDITOR
from tests.web.studio.conftest import ISSUE
from tests.web.studio.sharing import preview as preview  # a fixture
from tests.web.studio.sharing import publication as publication  # a fixture
from tests.web.studio.sharing import shared as shared  # a fixture
from tests.web.studio.test_creating import png

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.rig.chromium import Pages

WRITE = f"/issues/{ISSUE}/write"
KINDS = ["CodeMirror", "text area"]

# What a person does with a file: `kind` is the event, `files` its names and bytes.
_GIVE = """([kind, files, text]) => {
  const transfer = new DataTransfer();
  for (const [name, type, bytes] of files) {
    transfer.items.add(new File([new Uint8Array(bytes)], name, {type}));
  }
  if (text) transfer.setData("text/plain", text);
  const editor = document.querySelector(".editor")?.shadowRoot;
  const area = document.querySelector("textarea[name=text]");
  const target = editor?.querySelector(".cm-content") ?? area;
  const options = {bubbles: true, cancelable: true, composed: true};
  const event = kind === "paste"
    ? new ClipboardEvent("paste", {...options, clipboardData: transfer})
    : new DragEvent("drop", {...options, dataTransfer: transfer});
  return !target.dispatchEvent(event);
}"""


class Writer:
    """An author at the writing view, in one of its editors."""

    def __init__(self, page: "Page", kind: str, file: Path) -> None:
        """Wait until it can be written in."""
        self.page, self.kind, self.file = page, kind, file
        self.pad = page.get_by_role("textbox", name=f"text of issues/{file.name}")
        page.wait_for_selector("#desk[data-ready]")
        self.pad.wait_for()
        in_editor = page.locator(".editor .cm-content").count() == 1
        assert in_editor == (kind == "CodeMirror")

    def type_at_the_end(self, text: str) -> None:
        """Type as a person does."""
        self.pad.focus()
        self.page.keyboard.press("ControlOrMeta+End")
        self.page.keyboard.type(text)

    def save(self) -> None:
        """Save by the keyboard, and wait until it is done."""
        self.page.keyboard.press("ControlOrMeta+s")
        self.state("saved")

    def state(self, state: str) -> None:
        """Wait until the view says so."""
        self.page.wait_for_selector(f"#state[data-state={state}]")

    @property
    def text(self) -> str:
        """What would be saved."""
        found: str = self.page.input_value("textarea[name=text]")
        return found

    def says(self, words: str) -> None:
        """Wait until it says so in its note."""
        self.page.locator("#note").get_by_text(words).wait_for()

    def wait_for_text(self, words: str) -> None:
        """Wait until the text has these words."""
        wanted = "w => document.querySelector('textarea[name=text]').value.includes(w)"
        self.page.wait_for_function(wanted, arg=words)

    def give(self, kind: str, *files: tuple[str, str, bytes], text: str = "") -> bool:
        """Paste or drop files; tells whether the view takes them."""
        listed = [[name, type_, list(data)] for name, type_, data in files]
        taken: bool = self.page.evaluate(_GIVE, [kind, listed, text])
        return taken


Sit = Callable[..., Writer]


@pytest.fixture
def sit(preview: str, publication: Path, open_page: "Pages") -> Iterator[Sit]:
    """Sit down at the newest issue: `sit("CodeMirror", width=375)`."""

    def sit_down(kind: str, width: int = 1280) -> Writer:
        page = open_page("about:blank", width=width)
        if kind == "text area":
            # As it is where nobody has run `make assets`.
            page.route(f"**/{EDITOR}", lambda route: route.fulfill(status=404))
        page.goto(preview + WRITE)
        return Writer(page, kind, publication / f"issues/{ISSUE}.md")

    yield sit_down
    assert open_page.refused == []


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


def test_another_programs_save_during_ours_is_noticed(sit: Sit) -> None:
    """Its news come while our own answer is on the way."""
    writer = sit("CodeMirror")
    page = writer.page
    page.evaluate("document.addEventListener('studio:change', () => window.told++)")
    held: list[Route] = []
    # Playwright keeps a mark on the function, which a built-in one does not take.
    page.route("**/write", lambda r: held.append(r), times=1)  # noqa: PLW0108
    writer.type_at_the_end("mine ")
    page.evaluate("window.told = 0")
    with page.expect_request("**/write"):
        page.keyboard.press("ControlOrMeta+s")
    answer = held[0].fetch()
    page.wait_for_function("() => window.told > 0")
    page.evaluate("window.told = 0")
    writer.file.write_text(writer.file.read_text() + "and theirs")
    page.wait_for_function("() => window.told > 0")
    held[0].fulfill(response=answer)

    writer.wait_for_text("mine and theirs")
    writer.state("saved")


def test_it_is_written_on_a_phone_too(sit: Sit) -> None:
    writer = sit("CodeMirror", width=375)
    writer.type_at_the_end("from the train")
    writer.page.get_by_role("button", name="save").click()
    writer.state("saved")
    assert writer.file.read_text().endswith("from the train")


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
    writer.page.get_by_role("button", name="keep mine").click()
    writer.state("saved")
    assert writer.file.read_text().endswith("still here")


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
    waiting: list[Route] = []
    # Playwright keeps a mark on the function, which a built-in one does not take.
    page.route("**/change", lambda r: waiting.append(r), times=1)  # noqa: PLW0108
    page.get_by_text("front matter", exact=True).click()
    page.get_by_label("preheader").fill("from the form")
    with page.expect_request("**/change"):
        page.get_by_label("preheader").blur()
    writer.type_at_the_end("from the text")
    waiting[0].continue_()
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
    assert date.get_attribute("aria-invalid") == "true"
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
    shutil.rmtree(kept, ignore_errors=True)
    kept.write_text("a file in the way")
    writer.type_at_the_end("x")
    writer.page.keyboard.press("ControlOrMeta+s")
    writer.says("cannot be written")
    writer.state("unsaved")
