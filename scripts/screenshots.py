"""Takes pictures of every sample email in every theme: `make screenshots`.

Each as a desktop and a phone (375 and 320 pixels) show it, by day and by night, with
images off, and as plain text. Ends with an error when one has to be scrolled sideways.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from scripts.pictures import parser, take_pictures
from tests.render.samples import Sample, all_samples
from tests.rig.chromium import Chromium, Pages

FOLDER = Path(".newsletter/screenshots")
TEXT = """<!doctype html><meta charset="utf-8"><title>text</title><style>
pre {{ font: 14px/1.45 "DejaVu Sans Mono", monospace; margin: 24px; color: #222 }}
</style><pre>{}</pre>"""


@dataclass(frozen=True, slots=True)
class View:
    """One kind of reader: how wide the window is, in pixels, and what is shown."""

    name: str
    width: int
    dark: bool = False
    images: bool = True


VIEWS = (
    View("desktop", 800),
    View("desktop-dark", 800, dark=True),
    View("375", 375),
    View("375-dark", 375, dark=True),
    View("320", 320),
    View("320-dark", 320, dark=True),
    View("images-off", 800, images=False),
)


def main() -> None:
    """Take the pictures and say where they are."""
    options = parser(__doc__, FOLDER)
    options.add_argument("--theme", help="this theme only")
    take_pictures(options.parse_args(), _themes)


def _themes(
    options: argparse.Namespace, chromium: Chromium, home: Path
) -> Iterator[str]:
    for sample in all_samples(home):
        if options.theme in (None, sample.theme):
            yield from photograph(sample, options.folder, chromium)


def photograph(sample: Sample, folder: Path, chromium: Chromium) -> list[str]:
    """Take every picture of one email; tells which have to be scrolled sideways."""
    home = folder / sample.theme
    home.mkdir(parents=True, exist_ok=True)
    with chromium.pages() as pages:
        text = sample.folder / "text.html"
        text.write_text(TEXT.format(escape(sample.text("email.txt"))), encoding="utf-8")
        pages(text.as_uri(), width=800).screenshot(
            path=home / f"{sample.slug}-text.png", full_page=True
        )
        return list(_views(sample, home, pages))


def _views(sample: Sample, home: Path, pages: Pages) -> Iterator[str]:
    for view in VIEWS:
        page = pages(
            sample.preview, width=view.width, dark=view.dark, images=view.images
        )
        page.screenshot(path=home / f"{sample.slug}-{view.name}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide != view.width:
            yield f"{sample}, {view.name}: {wide} pixels wide instead of {view.width}"


if __name__ == "__main__":
    main()
