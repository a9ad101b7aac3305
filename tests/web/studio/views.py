"""Every view of the studio, in the states that a person sees; tested and pictured."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.conftest import ROOT
from tests.web.studio.conftest import ISSUE

if TYPE_CHECKING:
    from playwright.sync_api import Page

ISSUE_URL = f"/issues/{ISSUE}"
TABLE_URL = "/roundtables/the-launch-she-stopped"
BROKEN = "2026-10-30-the-nine-day-silence"
BINARY = "2026-10-02-not-a-text"

Act = Callable[["Page", Path], None]
"""What is done once the page is there; it may change files of the publication."""


@dataclass(frozen=True, slots=True)
class View:
    """One state of one page."""

    name: str
    path: str
    act: Act | None = None


def a_publication(root: Path) -> Path:
    """A copy of the sample with a file that is no text and one that can be broken."""
    for name in ("issues", "newsletter.yaml", "subscribers.csv"):
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, root / name)
    (root / f"issues/{BINARY}.md").write_bytes(b"\x89PNG\0\xff")
    command = Path(sys.executable).with_name("newsletter")
    people = ["subscribers", "import", "subscribers.csv"]
    subprocess.run([command, *people], cwd=root, check=True, capture_output=True)
    return root


def _help(page: "Page", _: Path) -> None:
    page.keyboard.press("?")
    page.get_by_role("dialog", name="keys").wait_for()


def _writing(page: "Page", _: Path) -> None:
    page.wait_for_selector("#desk[data-ready]")


def _fields(page: "Page", root: Path) -> None:
    _writing(page, root)
    page.get_by_text("front matter", exact=True).click()
    page.get_by_label("preheader").wait_for()


def _conflict(page: "Page", root: Path) -> None:
    _writing(page, root)
    file = root / f"issues/{ISSUE}.md"
    before = file.read_text()
    page.get_by_role("textbox", name=f"text of issues/{file.name}").focus()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type("and one more thing, from here.")
    file.write_text(
        before.replace("guess who", "guess, who").rstrip() + "\n\nps: hi.\n"
    )
    page.get_by_role("button", name="compare").click()
    page.get_by_role("cell", name="ps: hi.").wait_for()
    file.write_text(before)


def _overlay(page: "Page", root: Path) -> None:
    file = root / f"issues/{BROKEN}.md"
    before = file.read_text()
    file.write_text(before.replace("title: ", "title: [", 1))
    page.locator("#overlay").get_by_text("that is not closed").wait_for()
    file.write_text(before)


VIEWS = (
    View("library", "/"),
    View("library-search", "/?q=number"),
    View("help", "/", _help),
    View("issue", ISSUE_URL),
    View("issue-beside", f"{ISSUE_URL}?show=email&beside=dark&width=phone"),
    View("issue-as", f"{ISSUE_URL}?find=an&show=text"),
    View("overlay", f"/issues/{BROKEN}", _overlay),
    View("write", f"{ISSUE_URL}/write?written=1", _writing),
    View("fields", f"{ISSUE_URL}/write", _fields),
    View("conflict", f"{ISSUE_URL}/write", _conflict),
    View("roundtable", TABLE_URL),
    View("roundtable-write", f"{TABLE_URL}/write", _writing),
    View("new-issue", "/new/issue"),
    View("new-roundtable", "/new/roundtable"),
    View("rehearsal", f"{ISSUE_URL}/rehearsal"),
    View("test", f"{ISSUE_URL}/test"),
    View("not-a-text", f"/issues/{BINARY}/write"),
    View("nowhere", "/issues/nowhere"),
)


def faults(page: "Page") -> list[str]:
    """What is wrong with the view as it is: axe's finds, and scrolling sideways."""
    from tests.rig import axe

    found = axe.faults(page)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found, *([f"{wide} pixels too wide"] if wide > 0 else [])]
