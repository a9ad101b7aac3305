"""The live view in Chromium: real files are changed, and the page shows it."""

import shutil
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.studio.conftest import ISSUE, exchange, lasting_port, previewing

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Locator, Page

    from tests.rig.chromium import Pages

VIEW = f"issues/{ISSUE}"
FRAME = ".pane:first-of-type iframe:not(.coming)"

# What could be wrong while somebody writes; each with a word of what is said of it.
BROKEN = [
    ("---\ntitle: x\n", "the front matter is not closed"),
    ("---\ntitle: [x\n---\n", "a list or mapping that is not closed"),
    ("---\ntitle: 'x\n---\n", "a quote is opened and never closed"),
    ("---\n\ttitle: x\n---\n", "a tab"),
    ("---\ntitle: x\ntitle: y\n---\n", "`title` is given twice"),
    ("---\ntitel: x\n---\n", "unknown key `titel`"),
    ("---\ntitle: x\ndate: 2026-02-30\n---\n", "the calendar has no `2026-02-30`"),
    ("---\ntitle: x\nstatus: perhaps\n---\n", "`status` must be one of"),
    ("---\ntitle: x\nroundtable: nowhere\n---\n", "no roundtable `nowhere`"),
    ("---\ntitle: x\nmusic: nothing\n---\n", "`nothing` is not a web address"),
    ("---\ntitle: x\ntags: {a: b}\n---\n", "`tags` must be a list"),
    ("---\ntitle: x\nslug: ../x\n---\n", "`../x` cannot be a slug"),
    ("---\ntitle: x\ncanonical_url: ftp://x\n---\n", "`ftp://x` is not a web address"),
    ("---\ntitle: &a x\nsubject: *a\n---\n", "the anchor &a"),
    ("---\ntitle: !!python/name:os.system x\n---\n", "the tag !!python"),
    ("---\n- x\n---\n", "lines were expected here"),
    ("---\ntitle: x\nnumber: many\n---\n", "must be a whole number"),
    ("---\ntitle: x\nprivate: perhaps\n---\n", "must be true or false"),
    ("---\ntitle: x\n\x07: y\n---\n", "the control character U+0007"),
    ("---\n" + "[" * 5000 + "\n---\n", "lines were expected here"),
    ("+++\ntitle = 'x'\n+++\n", "the front matter is TOML"),
    ('{"title": "x"}\n', "the front matter is JSON"),
    ("--- title: x\n---\n", "text after the opening `---`"),
    ("title: x\n", "no front matter"),
]


def path_of(root: Path) -> Path:
    """The newest issue's file."""
    return root / "issues" / f"{ISSUE}.md"


def add(root: Path, text: str) -> None:
    """Write a text at the end of the newest issue."""
    path = path_of(root)
    exchange(path, f"{path.read_text()}\n\n{text}\n")


# As when another page is chosen in the same window, and this one again.
_SHOW = """shown => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => !shown });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def picture(page: "Page") -> "FrameLocator":
    """What is in the first pane."""
    return page.frame_locator(FRAME)


def seen(page: "Page", text: str) -> "Locator":
    """Wait until the picture has a text."""
    found = picture(page).get_by_text(text)
    found.first.wait_for()
    return found


def test_a_save_is_seen_and_the_place_is_kept(
    publication: Path, preview: str, open_page: "Pages"
) -> None:
    page = open_page(f"{preview}/{VIEW}")
    seen(page, "hello Ana,")
    page.evaluate(f"document.querySelector('{FRAME}').contentWindow.scrollTo(0, 700)")

    add(publication, "a line that was not there")

    seen(page, "a line that was not there")
    script = f"document.querySelector('{FRAME}').contentWindow.scrollY"
    assert page.evaluate(script) == 700
    page.wait_for_function("document.querySelectorAll('.pane iframe').length === 1")


def test_beside_the_picture_everything_follows(
    publication: Path, preview: str, open_page: "Pages"
) -> None:
    page = open_page(f"{preview}/{VIEW}")
    text = path_of(publication).read_text()

    changed = text.replace("title: ", "title: 'so new' #", 1)
    path_of(publication).write_text(f"{changed}\n\n[here](http://127.0.0.1/x)\n")

    page.locator(".inbox .subject", has_text="so new").first.wait_for()
    page.locator(
        ".problems pre", has_text="[here](http://127.0.0.1/x)"
    ).first.wait_for()
    assert page.title().startswith("so new")


def test_a_mistake_lies_over_the_last_good_picture(
    publication: Path, preview: str, open_page: "Pages"
) -> None:
    page = open_page(f"{preview}/{VIEW}")
    seen(page, "hello Ana,")
    good = path_of(publication).read_text()

    path_of(publication).write_text(good.replace("title:", "titel:", 1))

    overlay = page.locator("#overlay")
    told = overlay.filter(has_text=f"issues/{ISSUE}.md:2")
    told.filter(has_text="did you mean").wait_for()
    seen(page, "hello Ana,")

    path_of(publication).write_text(good)
    overlay.wait_for(state="detached")


def test_a_mistake_in_a_template_is_shown_with_its_place(
    publication: Path, preview: str, open_page: "Pages"
) -> None:
    page = open_page(f"{preview}/{VIEW}")
    seen(page, "hello Ana,")

    # Made elsewhere: a file in a folder that is only just watched may be missed.
    own = publication.parent / "own"
    (own / "email").mkdir(parents=True)
    (own / "email" / "tldr.html").write_text("<p>\n{{ nothing }}\n")
    own.rename(publication / "templates")

    page.locator("#overlay", has_text="templates/email/tldr.html:2").wait_for()
    seen(page, "hello Ana,")
    shutil.rmtree(publication / "templates")
    page.locator("#overlay").wait_for(state="detached")


def test_whatever_is_written_the_studio_goes_on(
    publication: Path, preview: str, open_page: "Pages"
) -> None:
    page = open_page(f"{preview}/{VIEW}")
    path = path_of(publication)
    good = path.read_text()
    overlay = page.locator("#overlay")
    assert len({text for text, _ in BROKEN}) >= 20
    for text, word in BROKEN:
        path.write_text(text + "x\n")
        overlay.filter(has_text=word).wait_for()
    for data, word in [
        (b"\x00\xff\xfe" * 999, "UTF-8"),
        (b"", "the file is empty"),
        (b"x" * 5_000_000, "5,000,000 bytes"),
        (b"x" * 30_000_000, "30,000,000 bytes"),
    ]:
        path.write_bytes(data)
        overlay.filter(has_text=word).wait_for()
    path.write_text(good + "\n\nall is well\n")
    seen(page, "all is well")
    overlay.wait_for(state="detached")


def test_files_and_folders_come_and_go(
    publication: Path, preview: str, open_page: "Pages"
) -> None:
    page = open_page(f"{preview}/{VIEW}")
    path, issues = path_of(publication), publication / "issues"
    seen(page, "hello Ana,")

    path.rename(path.with_name("renamed.md"))
    page.locator("#gone").wait_for()
    path.with_name("renamed.md").rename(path)
    page.locator("#gone").wait_for(state="detached")

    issues.rename(publication / "elsewhere")
    page.locator("#gone").wait_for()
    (publication / "elsewhere").rename(issues)
    page.locator("#gone").wait_for(state="detached")

    shutil.rmtree(issues)
    page.locator("#gone").wait_for()
    issues.mkdir()
    path.write_text("---\ntitle: from the ashes\ndate: 2026-11-20\n---\na new text\n")
    seen(page, "a new text")


def test_a_roundtable_that_is_deleted_while_it_is_featured_is_missed(
    publication: Path, preview: str, open_page: "Pages"
) -> None:
    page = open_page(f"{preview}/{VIEW}")
    seen(page, "hello Ana,")

    for path in (publication / "issues" / "roundtables").glob("*.md"):
        path.unlink()

    page.locator("#overlay", has_text="there is no roundtable").wait_for()
    seen(page, "hello Ana,")


def test_a_saved_setting_is_seen(
    publication: Path, preview: str, open_page: "Pages"
) -> None:
    page = open_page(f"{preview}/{VIEW}")
    settings = publication / "newsletter.yaml"

    settings.write_text(settings.read_text().replace("my 2 cents", "my two pence"))

    seen(page, "my two pence")
    settings.write_text("name: [\n")
    page.locator("#overlay", has_text="newsletter.yaml:").wait_for()


def test_two_previews_of_one_publication_both_work(
    publication: Path, open_page: "Pages"
) -> None:
    with previewing(publication) as one, previewing(publication) as two:
        pages = [open_page(f"{url}/{VIEW}") for url in (one, two)]
        for page in pages:
            seen(page, "hello Ana,")
        add(publication, "both of them see this")
        for page in pages:
            seen(page, "both of them see this")


def test_a_studio_that_was_started_anew_is_found_again(
    publication: Path, open_page: "Pages"
) -> None:
    """As after a laptop's sleep: what was missed is seen."""
    port = lasting_port()
    with previewing(publication, "--port", port) as url:
        page = open_page(f"{url}/{VIEW}")
        seen(page, "hello Ana,")
    add(publication, "written while nobody looked")
    with previewing(publication, "--port", port):
        seen(page, "written while nobody looked")


@pytest.mark.parametrize("name", ["newsletter.yaml", "issues", "templates"])
def test_what_is_watched_may_be_missing_at_first(
    publication: Path, open_page: "Pages", name: str
) -> None:
    kept = publication / name
    away = publication.parent / "away"
    kept.mkdir(exist_ok=True) if name == "templates" else None
    with previewing(publication) as url:
        page = open_page(f"{url}/{VIEW}")
        kept.rename(away)
        page.locator(
            "#overlay, #gone"
        ).first.wait_for() if name != "templates" else None
        away.rename(kept)
        add(publication, "and here it is")
        seen(page, "and here it is")


def test_a_far_image_that_never_comes_holds_up_no_word(
    publication: Path, preview: str, open_page: "Pages"
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/far.png"
        page = open_page(f"{preview}/{VIEW}")
        seen(page, "hello Ana,")
        add(publication, f"![far away]({address})\n\nand words below it")
        seen(page, "and words below it")
        page.locator(".pane iframe.coming").wait_for(state="detached")


def test_forgotten_pages_do_not_keep_others_from_opening(
    publication: Path, preview: str, open_page: "Pages"
) -> None:
    """A browser holds six connections to one address."""
    page = open_page(f"{preview}/{VIEW}")
    for _ in range(7):
        other = page.context.new_page()
        other.goto(f"{preview}/")
        other.evaluate(_SHOW, False)
    add(publication, "written meanwhile")
    seen(page, "written meanwhile")

    page.evaluate(_SHOW, False)
    add(publication, "written behind its back")
    page.evaluate(_SHOW, True)
    seen(page, "written behind its back")
