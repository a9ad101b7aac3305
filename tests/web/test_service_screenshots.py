"""`make screenshots`: every public page, and an error for one that is too wide."""

from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from scripts.service_screenshots import photograph, serving

if TYPE_CHECKING:
    from tests.rig.chromium import Pages


def test_each_page_is_a_picture(tmp_path: Path, open_page: "Pages") -> None:
    with serving(tmp_path / "publication") as shown:
        faults = list(photograph(shown, tmp_path, open_page))
        headings = [
            open_page(url).get_by_role("heading", level=1).inner_text()
            for url in shown.values()
        ]

    assert faults == []
    assert headings == [
        "get the second chair by mail",
        "one click left",
        "leave the second chair?",
        "what you get",
    ]
    for name in ("join", "confirm", "leave", "preferences"):
        for width in (1280, 375):
            with (
                Image.open(tmp_path / f"{name}-{width}.png") as day,
                Image.open(tmp_path / f"{name}-{width}-dark.png") as night,
            ):
                assert (day.width, night.width) == (width, width)
                assert day.getpixel((0, 0)) != night.getpixel((0, 0))


def test_what_has_to_be_scrolled_sideways_is_told(
    tmp_path: Path, open_page: "Pages"
) -> None:
    page = tmp_path / "wide.html"
    page.write_text(
        '<!doctype html><html lang="en"><title>wide</title>'
        '<meta name="viewport" content="width=device-width">'
        '<main><h1 style="width: 400px">wide</h1></main>'
    )

    found = list(photograph({"wide": page.as_uri()}, tmp_path, open_page))

    assert [each for each in found if "pixels" in each] == [
        "wide-375: 408 pixels wide, not 375",
        "wide-375-dark: 408 pixels wide, not 375",
    ]
