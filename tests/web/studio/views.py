"""Every view of the studio, in the states that a person sees; tested and pictured."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from newsletter.config.publication import load_publication
from newsletter.events.apply import apply
from newsletter.model.event import Bounce, Event, EventKind
from newsletter.model.message import delivery_id
from newsletter.store import campaigns, schema
from newsletter.store.engine import Store
from tests.conftest import ROOT
from tests.web.studio.conftest import ISSUE, exchange, previewing

if TYPE_CHECKING:
    from playwright.sync_api import Page

ISSUE_URL = f"/issues/{ISSUE}"
TABLE_URL = "/roundtables/the-launch-she-stopped"
SENT = "2026-11-13-fourteen-bullets"
MARKUP = "550 <img src=x onerror=\"document.title='run'\"><h1>&amp;"
BROKEN = "2026-10-30-the-nine-day-silence"
BINARY = "2026-10-02-not-a-text"

State = Callable[["Page", Path], AbstractContextManager[None]]
"""What is done once the page is there, and undone when it was looked at."""


@dataclass(frozen=True, slots=True)
class View:
    """One state of one page; `locked` where it is asked for without the key."""

    name: str
    path: str
    state: State | None = None
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where the views are: a publication, and two studios of it, one with a key."""

    root: Path
    url: str
    locked_url: str


@contextmanager
def places(root: Path) -> Iterator[Place]:
    """Run both studios."""
    with (
        previewing(a_publication(root)) as url,
        previewing(root, "--host", "127.0.0.1") as locked,
    ):
        yield Place(root, url, locked.partition("/?key=")[0])


@contextmanager
def showing(view: View, page: "Page", place: Place) -> Iterator[None]:
    """Open a view in its state."""
    page.goto((place.locked_url if view.locked else place.url) + view.path)
    with view.state(page, place.root) if view.state else nullcontext():
        yield


def a_publication(root: Path) -> Path:
    """A copy of the sample with a file that is no text and one that can be broken."""
    for name in ("issues", "newsletter.yaml", "subscribers.csv"):
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, root / name)
    (root / f"issues/{BINARY}.md").write_bytes(b"\x89PNG\0\xff")
    command = Path(sys.executable).with_name("newsletter")
    for order in ("subscribers import subscribers.csv", f"send {SENT} --yes"):
        asked = [str(command), *order.split()]
        subprocess.run(asked, cwd=root, check=True, capture_output=True)
    _bounce(root)
    return root


def _bounce(root: Path) -> None:
    """One message of the issue that was sent comes back; why is not to be trusted."""
    publication = load_publication(root)
    with Store.open(publication.store_path or publication.store) as store:
        with store.read() as connection:
            campaign = campaigns.latest(connection, 1)[0]
            people = schema.subscribers.c
            reader = connection.execute(select(people.id, people.address)).first()
        assert reader is not None
        event = Event(
            kind=EventKind.BOUNCED,
            id="1",
            at=datetime.now(UTC),
            address=reader.address,
            delivery_id=delivery_id(campaign.uid, reader.id),
            bounce=Bounce.HARD,
            reason=MARKUP,
        )
        apply(store, "outbox", [event], event.at)
        with store.write() as connection:
            connection.execute(update(schema.campaigns).values(reason=MARKUP))


@contextmanager
def _help(page: "Page", _: Path) -> Iterator[None]:
    page.keyboard.press("?")
    page.get_by_role("dialog", name="keys").wait_for()
    yield


@contextmanager
def _writing(page: "Page", _: Path) -> Iterator[None]:
    page.wait_for_selector("#desk[data-ready]")
    yield


@contextmanager
def _fields(page: "Page", root: Path) -> Iterator[None]:
    with _writing(page, root):
        page.get_by_text("front matter", exact=True).click()
        page.get_by_label("preheader").wait_for()
        yield


@contextmanager
def _changed(file: Path, text: str) -> Iterator[None]:
    """Another text in a file, for a while."""
    before = file.read_text()
    exchange(file, text)
    try:
        yield
    finally:
        exchange(file, before)


@contextmanager
def _conflict(page: "Page", root: Path) -> Iterator[None]:
    file = root / f"issues/{ISSUE}.md"
    text = (
        file.read_text().replace("guess who", "guess, who").rstrip() + "\n\nps: hi.\n"
    )
    with _writing(page, root):
        page.get_by_role("textbox", name=f"text of issues/{file.name}").focus()
        page.keyboard.press("ControlOrMeta+End")
        page.keyboard.type("and one more thing, from here.")
        with _changed(file, text):
            page.get_by_role("button", name="compare").click()
            page.get_by_role("cell", name="ps: hi.").wait_for()
            yield


def _overlay(name: str) -> State:
    """The front matter is broken while it is looked at."""

    @contextmanager
    def state(page: "Page", root: Path) -> Iterator[None]:
        file = root / f"{name}.md"
        with _changed(file, file.read_text().replace("title: ", "title: [", 1)):
            page.locator("#overlay").get_by_text("that is not closed").wait_for()
            yield

    return state


@contextmanager
def _gone(page: "Page", root: Path) -> Iterator[None]:
    file = root / f"issues/{ISSUE}.md"
    away = file.rename(root / ".away.md")
    try:
        page.locator("#gone").wait_for()
        yield
    finally:
        away.rename(file)


@contextmanager
def _conflict_gone(page: "Page", root: Path) -> Iterator[None]:
    file = root / f"issues/{ISSUE}.md"
    with _writing(page, root):
        page.get_by_role("textbox", name=f"text of issues/{file.name}").focus()
        page.keyboard.type("mine")
        away = file.rename(root / ".away.md")
        try:
            page.get_by_text("a save asks what to do").wait_for()
            page.keyboard.press("ControlOrMeta+s")
            page.get_by_role("button", name="write it anew").wait_for()
            yield
        finally:
            away.rename(file)


@contextmanager
def _without_scripts(page: "Page", _: Path) -> Iterator[None]:
    """None runs while the page is loaded; afterwards what looks at it may."""
    command = "Emulation.setScriptExecutionDisabled"
    session = page.context.new_cdp_session(page)
    session.send(command, {"value": True})
    page.reload()
    session.send(command, {"value": False})
    assert page.locator("textarea[name=text]").is_visible()
    yield
    session.detach()


@contextmanager
def _empty(page: "Page", root: Path) -> Iterator[None]:
    issues, away = root / "issues", root / ".away"
    issues.rename(away)
    try:
        page.reload()
        page.get_by_text("there are no issues yet").wait_for()
        yield
    finally:
        away.rename(issues)


@contextmanager
def _sent(page: "Page", _: Path) -> Iterator[None]:
    page.get_by_role("heading", name=MARKUP).wait_for()
    page.get_by_text("bounced: 1").first.wait_for()
    assert page.title() != "run"
    yield


@contextmanager
def _lost(page: "Page", _: Path) -> Iterator[None]:
    page.route("**/live", lambda route: route.fulfill(status=503))
    page.reload()
    page.get_by_role("status").filter(has_text="not connected").wait_for()
    yield
    page.unroute("**/live")


def _whole(page: "Page") -> None:
    """Wait for the style as well: the words of a form's answer are there before it."""
    page.wait_for_load_state()


def _tested(typed: str, told: str) -> State:
    """A test was sent, or was not."""

    @contextmanager
    def state(page: "Page", _: Path) -> Iterator[None]:
        page.get_by_label("to").fill(typed)
        page.get_by_role("button", name="send the test").click()
        page.get_by_text(told).first.wait_for()
        _whole(page)
        yield

    return state


@contextmanager
def _unnamed(page: "Page", _: Path) -> Iterator[None]:
    """A new file is refused: there is no name for it in the title."""
    page.get_by_label("title", exact=True).fill("Привет")
    page.get_by_role("button", name="write the file").click()
    page.get_by_text("fill in “name in addresses”").wait_for()
    _whole(page)
    yield


VIEWS = (
    View("library", "/"),
    View("library-search", "/?q=number"),
    View("library-empty", "/", _empty),
    View("not-connected", "/", _lost),
    View("locked", "/", locked=True),
    View("help", "/", _help),
    View("issue", ISSUE_URL),
    View("issue-sent", f"/issues/{SENT}", _sent),
    View("issue-beside", f"{ISSUE_URL}?show=email&beside=dark&width=phone"),
    View("issue-darkened", f"{ISSUE_URL}?show=outlook&beside=inverted"),
    View("issue-as", f"{ISSUE_URL}?find=an&show=text"),
    View("issue-twice", f"{ISSUE_URL}?show=email&beside=email&width=desktop"),
    View("issue-without-images", f"{ISSUE_URL}?images=off"),
    View("issue-source", f"{ISSUE_URL}?show=source&beside=message"),
    View("issue-page", f"{ISSUE_URL}?show=page&beside=page-dark"),
    View("issue-gone", ISSUE_URL, _gone),
    View("overlay", f"/issues/{BROKEN}", _overlay(f"issues/{BROKEN}")),
    View("never-whole", f"/issues/{BINARY}"),
    View("write", f"{ISSUE_URL}/write?written=1", _writing),
    View("fields", f"{ISSUE_URL}/write", _fields),
    View("conflict", f"{ISSUE_URL}/write", _conflict),
    View("conflict-gone", f"{ISSUE_URL}/write", _conflict_gone),
    View("write-without-scripts", f"{ISSUE_URL}/write", _without_scripts),
    View("roundtable", TABLE_URL),
    View("roundtable-overlay", TABLE_URL, _overlay(f"issues{TABLE_URL}")),
    View("roundtable-write", f"{TABLE_URL}/write", _writing),
    View("new-issue", "/new/issue"),
    View("new-roundtable", "/new/roundtable"),
    View("new-issue-refused", "/new/issue", _unnamed),
    View("new-roundtable-refused", "/new/roundtable", _unnamed),
    View("rehearsal", f"{ISSUE_URL}/rehearsal"),
    View("rehearsal-refused", f"{ISSUE_URL}/rehearsal?per_hour=-5"),
    View("test", f"{ISSUE_URL}/test"),
    View(
        "test-sent",
        f"{ISSUE_URL}/test",
        _tested("mo@example.com, ana@example.com", "accepted by outbox"),
    ),
    View("test-refused", f"{ISSUE_URL}/test", _tested("nobody", "nothing was sent")),
    View("not-a-text", f"/issues/{BINARY}/write"),
    View("nowhere", "/issues/nowhere"),
)


def faults(page: "Page", *, colours: bool = False) -> list[str]:
    """What is wrong with the view as it is: axe's finds, and scrolling sideways."""
    from tests.rig import axe

    found = axe.faults(page, colours=colours)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found, *([f"{wide} pixels too wide"] if wide > 0 else [])]
