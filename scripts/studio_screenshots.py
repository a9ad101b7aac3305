"""Takes pictures of every view of the preview studio: part of `make screenshots`.

Each as a desk (1280 and 1600 pixels) and a phone (375) show it, by day and by night.
Ends with an error when one has to be scrolled sideways or axe finds a fault in it.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.rig.chromium import Chromium
from tests.web.studio.views import VIEWS, Place, faults, places, showing

FOLDER = Path(".newsletter/screenshots/studio")
WIDTHS = (375, 1280, 1600)


def main() -> None:
    """Take the pictures and say where they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--view", help="this view only")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    chromium = Chromium()
    found = []
    try:
        with TemporaryDirectory() as home, places(Path(home)) as place:
            for width in WIDTHS:
                found += photograph(options, chromium, place, width)
    finally:
        chromium.stop()
    sys.stdout.write(f"the pictures are in {options.folder}\n")
    if found:
        sys.exit("\n".join(found))


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
