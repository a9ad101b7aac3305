"""An author who writes in Chromium, in either editor."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newsletter.web.studio.writing import EDITOR
from tests.web.studio.conftest import ISSUE

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


class Held:
    """The next request to an address, kept back until the test lets it go."""

    def __init__(self, page: "Page", address: str) -> None:
        """Keep back the next request of `page` to `address`, a glob."""
        self._page = page
        self._routes: list[Route] = []
        # Playwright keeps a mark on the function, which a built-in one does not take.
        page.route(address, lambda r: self._routes.append(r), times=1)  # noqa: PLW0108

    @property
    def route(self) -> "Route":
        """Wait for it: Playwright tells of a request before it hands over its route."""
        for _ in range(600):
            if self._routes:
                return self._routes[0]
            self._page.wait_for_timeout(50)
        raise TimeoutError("nothing was asked for in 30 seconds")


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
