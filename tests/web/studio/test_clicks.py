"""A click on a place in Chromium: it is in the clipboard, or in the author's editor."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.web.studio.conftest import ISSUE, exchange, previewing

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.rig.chromium import Pages

FILE = f"issues/{ISSUE}.md"
EDITOR = "NEWSLETTER_EDITOR"

# As where a browser gives no leave to write there.
_NO_LEAVE = "() => { navigator.clipboard.writeText = () => Promise.reject('no'); }"

# What a button says it says for a second: here until we have read it.
_STAY = "() => { window.over = []; window.setTimeout = (act) => over.push(act); }"
_LET_GO = "() => over.forEach((act) => act())"


@pytest.fixture
def problem(publication: Path) -> str:
    """The place of a problem of the newest issue."""
    path = publication / FILE
    text = f"{path.read_text().rstrip()}\n\nsee [here](https://example.com/x)\n"
    path.write_text(text)
    return f"{FILE}:{text.count(chr(10))}:5"


@contextmanager
def opened(root: Path, open_page: "Pages") -> Iterator["Page"]:
    """The newest issue in a preview of its own."""
    with previewing(root) as url:
        yield open_page(f"{url}/issues/{ISSUE}")


def test_a_place_is_copied(publication: Path, problem: str, open_page: "Pages") -> None:
    with opened(publication, open_page) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        button = page.locator(f".problems [data-copy='{problem}']")
        page.evaluate(_STAY)
        button.click()
        page.locator(".problems").get_by_role("button", name="copied").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == problem
        page.evaluate(_LET_GO)
        button.get_by_text(problem).wait_for()


def test_a_place_in_a_mistake_is_copied_by_the_keyboard(
    publication: Path, open_page: "Pages"
) -> None:
    path = publication / FILE
    with opened(publication, open_page) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.frame_locator(".pane iframe").locator("h1").first.wait_for()
        page.evaluate(_STAY)
        exchange(path, path.read_text().replace("title:", "titel:", 1))
        page.locator("#overlay [data-copy$=':2:1']").press("Enter")
        page.locator("#overlay").get_by_role("button", name="copied").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == f"{FILE}:2:1"


def test_without_leave_it_is_marked_to_be_copied_by_hand(
    publication: Path, problem: str, open_page: "Pages"
) -> None:
    with opened(publication, open_page) as page:
        button = page.locator(f".problems [data-copy='{problem}']")
        button.wait_for()
        page.evaluate(_NO_LEAVE)
        button.click()
        page.wait_for_function(f"getSelection().toString() === '{problem}'")


def test_a_place_is_opened_by_the_editor_that_is_named(
    publication: Path,
    problem: str,
    open_page: "Pages",
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    told, script = tmp_path / "told", tmp_path / "an editor.py"
    os.mkfifo(told)
    script.write_text(
        "import sys\nfrom pathlib import Path\n"
        f"Path({str(told)!r}).write_text(repr(sys.argv[1:]))"
    )
    command = f"{sys.executable} '{script}' --goto {{file}}:{{line}}:{{column}}"
    monkeypatch.setenv(EDITOR, command)
    with opened(publication, open_page) as page:
        page.evaluate(_STAY)
        page.locator(f".problems [data-open='{problem}']").click()
        assert told.read_text() == repr(["--goto", f"{publication}/{problem}"])
        page.locator(".problems").get_by_role("button", name="opened").wait_for()


def test_an_editor_that_is_not_there_is_told(
    publication: Path,
    problem: str,
    open_page: "Pages",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(EDITOR, "no-such-editor")
    with opened(publication, open_page) as page:
        page.evaluate(_STAY)
        page.locator(f".problems [data-open='{problem}']").click()
        page.get_by_role("button", name="cannot be opened").wait_for()


@pytest.mark.parametrize(
    ("editor", "scheme"), [("", "vscode://file"), ("zed://file{file}", "zed://file")]
)
def test_a_link_leads_to_an_editor_by_its_address(
    publication: Path,
    problem: str,
    open_page: "Pages",
    monkeypatch: pytest.MonkeyPatch,
    editor: str,
    scheme: str,
) -> None:
    monkeypatch.setenv(EDITOR, editor)
    with opened(publication, open_page) as page:
        link = page.locator(".problems").get_by_role("link", name="open").first
        href = link.get_attribute("href") or ""
        assert href.startswith(scheme + quote(str(publication / FILE)))
        if not editor:
            assert href.endswith(problem.removeprefix(FILE))
