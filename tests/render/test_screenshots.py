"""`make screenshots`: every view of an email, and an error for one that is too wide."""

from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from scripts.screenshots import VIEWS, photograph
from tests.render.samples import Sample

if TYPE_CHECKING:
    from tests.rig.chromium import Chromium


def an_email(folder: Path, html: str) -> Sample:
    """A sample that is nothing but this HTML."""
    (folder / "preview.html").write_text(html, encoding="utf-8")
    (folder / "email.txt").write_text("a <text>\n", encoding="utf-8")
    return Sample("one", "friday", folder)


def test_each_view_is_a_picture(tmp_path: Path, browser: "Chromium") -> None:
    night = "@media (prefers-color-scheme: dark) { body { background: #000 } }"
    html = f"<style>{night}</style>"

    faults = photograph(an_email(tmp_path, html), tmp_path / "out", browser)

    assert faults == []
    names = {path.name for path in (tmp_path / "out" / "friday").iterdir()}
    assert names == {f"one-{view.name}.png" for view in VIEWS} | {"one-text.png"}
    for view in VIEWS:
        with Image.open(tmp_path / f"out/friday/one-{view.name}.png") as picture:
            dark = picture.convert("L").getpixel((5, 300)) == 0
            assert (picture.width, dark) == (view.width, view.dark)


def test_what_has_to_be_scrolled_sideways_is_told(
    tmp_path: Path, browser: "Chromium"
) -> None:
    email = an_email(tmp_path, '<meta name="viewport"><p style="width:400px">x')

    faults = photograph(email, tmp_path / "out", browser)

    assert [fault.split(":")[0] for fault in faults] == [
        "one in friday, 375",
        "one in friday, 375-dark",
        "one in friday, 320",
        "one in friday, 320-dark",
    ]
