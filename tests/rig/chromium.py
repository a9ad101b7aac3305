"""Runs Debian's Chromium, without a window and without a network."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from tests.rig.tools import program

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = [
    # Its sandbox needs rights a container rarely has, and it opens our own pages only.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # What routing does not see (sockets, the browser's own calls) finds no address.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]

# It begins while the rest of a run does, and may have to be read from the disk.
_START_MS = 120_000


class Pages:
    """Opens the pages of one test; `refused` has every address they may not reach."""

    def __init__(self, browser: Browser) -> None:
        """Open pages in `browser`."""
        self.refused: list[str] = []
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    def __call__(
        self,
        url: str = "about:blank",
        *,
        width: int = 1280,
        height: int = 800,
        dark: bool = False,
        images: bool = True,
        javascript: bool = True,
    ) -> Page:
        """Open `url` (file:, data: or 127.0.0.1) as one kind of reader sees it."""
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="UTC",
        )
        self._contexts.append(context)
        context.route("**/*", lambda route: self._answer(route, images=images))
        page = context.new_page()
        page.goto(url)
        return page

    def _answer(self, route: Route, *, images: bool) -> None:
        url = urlsplit(route.request.url)
        if not images and route.request.resource_type == "image":
            route.abort()
        elif url.scheme in {"file", "data"} or url.hostname == "127.0.0.1":
            route.continue_()
        else:
            self.refused.append(route.request.url)
            route.abort()

    def close(self) -> None:
        """Close every page."""
        for context in self._contexts:
            context.close()


class Chromium:
    """The one browser of the session."""

    def __init__(self) -> None:
        """Start it."""
        path = program("chromium", *_NAMES)
        self._playwright = sync_playwright().start()
        # Playwright leaves its event loop marked as running in this thread, and the
        # asyncio.run of any later test would fail: mark it only while pages are open.
        self._loop = asyncio.get_running_loop()
        try:
            self._browser = self._playwright.chromium.launch(
                executable_path=path, args=_ARGUMENTS, timeout=_START_MS
            )
        except BaseException:
            self._playwright.stop()
            raise
        self._mark(running=False)

    @contextmanager
    def pages(self) -> Iterator[Pages]:
        """Yield what opens pages; close them after."""
        self._mark(running=True)
        pages = Pages(self._browser)
        try:
            yield pages
            pages.close()
        finally:
            self._mark(running=False)

    def stop(self) -> None:
        """Stop the browser."""
        self._mark(running=True)
        self._browser.close()
        self._playwright.stop()

    def _mark(self, *, running: bool) -> None:
        asyncio._set_running_loop(self._loop if running else None)
