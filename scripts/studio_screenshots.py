"""Takes pictures of every view of the preview studio: part of `make screenshots`.

Each as a desk (1280 and 1600 pixels) and a phone (375) show it, by day and by night.
Ends with an error when one has to be scrolled sideways or axe finds a fault in it.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from scripts.pictures import parser, take_pictures
from tests.rig.chromium import Chromium
from tests.web.studio.views import VIEWS, Place, faults, places, showing

FOLDER = Path(".newsletter/screenshots/studio")
WIDTHS = (375, 1280, 1600)


def main() -> None:
    """Take the pictures and say where they are."""
    options = parser(__doc__, FOLDER)
    options.add_argument("--view", help="this view only")
    take_pictures(options.parse_args(), _studio)


def _studio(
    options: argparse.Namespace, chromium: Chromium, home: Path
) -> Iterator[str]:
    with places(home) as place:
        for width in WIDTHS:
            yield from photograph(options, chromium, place, width)


def photograph(
    options: argparse.Namespace, chromium: Chromium, place: Place, width: int
) -> list[str]:
    """Take every view in one window; tells what is wrong with them."""
    found = []
    with chromium.pages() as pages:
        for view in VIEWS:
            if options.view not in (None, view.name):
                continue
            page = pages("about:blank", width=width, height=900)
            with showing(view, page, place):
                for scheme in ("light", "dark"):
                    page.emulate_media(color_scheme=scheme)
                    kind = f"{width}{'-dark' if scheme == 'dark' else ''}"
                    page.screenshot(path=options.folder / f"{view.name}-{kind}.png")
                    found += [f"{view.name}, {kind}: {each}" for each in faults(page)]
            page.close()
    return found


if __name__ == "__main__":
    main()
