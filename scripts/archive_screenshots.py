"""Takes pictures of every kind of page of the sample archive: `make screenshots`.

Each as a desktop and a phone show it, by day and by night, and as paper has it. Ends
with an error when one has to be scrolled sideways.
"""

import argparse
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from newsletter.archive.build import build_site
from newsletter.config.publication import load_publication
from scripts.pictures import parser, take_pictures
from tests.rig.chromium import Chromium, Pages

ROOT = Path(__file__).parents[1]
FOLDER = Path(".newsletter/screenshots/archive")
TODAY = date(2026, 12, 1)
"""After the last issue of the sample publication."""

PAGES = {
    "front": "index.html",
    "issues": "issues/index.html",
    "issue": "fourteen-bullets/index.html",
    "roundtables": "roundtables/index.html",
    "roundtable": "roundtables/the-launch-she-stopped/index.html",
    "experts": "experts/index.html",
    "expert": "experts/priya-raman/index.html",
    "tags": "tags/index.html",
    "tag": "tags/candidates/index.html",
    "music": "music/index.html",
    "about": "about/index.html",
    "search": "search/index.html?q=silence",
}


# The policy of a page forbids what waits for an expression.
_LOAD = """() => Promise.all([...document.images].map(image => {
    image.loading = "eager";
    return image.decode().catch(() => {});
}))"""


class View(NamedTuple):
    """One kind of reader: how wide the window is, in pixels, and what is shown."""

    name: str
    width: int
    dark: bool = False
    paper: bool = False


VIEWS = (
    View("1280", 1280),
    View("1280-dark", 1280, dark=True),
    View("375", 375),
    View("375-dark", 375, dark=True),
    View("print", 794, paper=True),
)


def main() -> None:
    """Take the pictures and say where they are."""
    take_pictures(parser(__doc__, FOLDER).parse_args(), _archive)


def _archive(
    options: argparse.Namespace, chromium: Chromium, home: Path
) -> Iterator[str]:
    site = home / "site"
    build_site(load_publication(ROOT, {}), site, today=TODAY)
    with chromium.pages() as pages:
        yield from photograph(site, options.folder, pages)


def photograph(site: Path, folder: Path, pages: Pages) -> Iterator[str]:
    """Take every picture; tells which pages have to be scrolled sideways."""
    for name, place in PAGES.items():
        for view in VIEWS:
            page = pages(f"{site.as_uri()}/{place}", width=view.width, dark=view.dark)
            if view.paper:
                page.emulate_media(media="print")
            page.evaluate(_LOAD)
            page.screenshot(path=folder / f"{name}-{view.name}.png", full_page=True)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide != view.width:
                yield f"{name}, {view.name}: {wide} pixels wide, not {view.width}"


if __name__ == "__main__":
    main()
