"""Images that lead out, explode or are none: refused, and never a traceback."""

import os
import re
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from newsletter.content.image_variant import (
    MAX_FRAMES,
    MAX_PIXELS,
    MAX_SCANS,
)
from newsletter.content.image_wish import MAX_WIDTH
from newsletter.content.images import MAX_BYTES, ImageFolder
from newsletter.model.email import ImageTrouble
from tests.config.locked import locked
from tests.content.pictures import (
    SRGB,
    animation,
    encoded,
    exif,
    found,
    noise,
    resized,
    resolve,
    save,
    trouble,
)
from tests.rig.cpu import seconds


def test_a_suffix_cannot_smuggle_anything_into_a_page(home: Path) -> None:
    save(home / 'issues/a.png" onerror="x', format="PNG")
    save(home / "issues/b.html", format="GIF")

    assert re.fullmatch(r"a-\w+\.png", found(home, 'a.png" onerror="x').name)
    assert found(home, "b.html").name.endswith(".gif")


@pytest.mark.parametrize(
    "source",
    [
        "/etc/passwd",
        "../none.png",
        "file:///etc/passwd",
        "C:\\a.png",
        "https://a.test/b.png",
        "n%00l.png",
        "%ff.png",
        "n" * 300,
        "loop.png",
        "gone.png",
    ],
)
def test_what_is_not_there_is_told(home: Path, source: str) -> None:
    (home / "issues/loop.png").symlink_to("loop.png")
    (home / "issues/gone.png").symlink_to("nowhere.png")

    assert trouble(home, source) == "is not there"


@pytest.mark.parametrize(
    "source",
    [
        "../../out.png",
        "../../none.png",
        "..%2f..%2Fout.png",
        "%2e%2e/%2e%2e/out.png",
        "%2Fetc/../../../out.png",
        "/../out.png",
        "/%2e%2e/out.png",
        "file.png",
        "folder/out.png",
        "dangling.png",
    ],
)
def test_what_leads_out_of_the_publication_is_not_read(home: Path, source: str) -> None:
    save(home.parent / "out.png")
    (home / "issues/file.png").symlink_to(home.parent / "out.png")
    (home / "issues/folder").symlink_to(home.parent)
    (home / "issues/dangling.png").symlink_to(home.parent / "nowhere.png")

    assert trouble(home, source) == "leads out of the publication"


def test_what_is_no_image_is_told(home: Path) -> None:
    (home / "issues/text.png").write_text("not a picture", encoding="utf-8")
    (home / "issues/empty.png").touch()
    os.mkfifo(home / "issues/pipe.png")

    for name in ("text.png", "empty.png"):
        assert trouble(home, name) == "is not an image"
    assert trouble(home, "pipe.png") == trouble(home, "") == "is not a file"
    with locked("issues/x.md") as root:
        assert trouble(root, "x.md") == "cannot be read: Permission denied"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<svg/>", "is an SVG, which mail programs do not show"),
        (b'<?xml version="1.0"?>\n<!-- x -->\n<SVG xmlns="x">', "is an SVG, which"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "is a HEIC photo, which hardly any"),
        (animation("WEBP"), "is an animated WEBP, which mail programs do not show"),
        (animation("AVIF"), "is an animated AVIF, which mail programs do not show"),
    ],
    ids=["svg", "svg in xml", "heic", "webp", "avif"],
)
def test_what_no_mail_shows_is_told_with_what_to_do(
    home: Path, content: bytes, message: str
) -> None:
    (home / "issues/a.png").write_bytes(content)

    image = resolve(home, "a.png")

    assert isinstance(image, ImageTrouble)
    assert image.message.startswith(message)
    assert re.match("export it as (PNG|JPEG|GIF)", image.hint)


@pytest.mark.parametrize(
    ("width", "height", "message"),
    [
        (8_000, 8_000, "has 8000 × 8000 pixels"),
        (20_000, 10, "has 20000 × 10 pixels"),
        (10, 20_000, "has 10 × 20000 pixels"),
        (65_000, 65_000, "has far too many pixels"),
    ],
)
def test_bombs_are_refused_before_they_go_off(
    home: Path, width: int, height: int, message: str
) -> None:
    png = save(home / "issues/a.png").read_bytes()
    (home / "issues/bomb.png").write_bytes(resized(png, width, height))

    def look() -> None:
        assert trouble(home, "bomb.png") == message

    assert MAX_PIXELS < 8_000 * 8_000
    assert seconds(look, enough=0.2) < 0.2


def test_an_image_that_is_wide_but_no_bomb_is_made_smaller(home: Path) -> None:
    save(home / "issues/a.png", (12_000, 30))

    image = found(home, "a.png")
    assert (image.width, image.height) == (1200, 3)


@pytest.mark.parametrize("kind", ["GIF", "PNG"])
def test_an_animation_without_end_is_refused(home: Path, kind: str) -> None:
    (home / "issues/a.gif").write_bytes(animation(kind, MAX_FRAMES + 1))

    assert trouble(home, "a.gif") == f"has {MAX_FRAMES + 1} frames"


def test_a_jpeg_that_would_be_decoded_for_hours_is_refused(home: Path) -> None:
    whole = encoded(noise((9, 9)), "JPEG", progressive=True)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    (home / "issues/a.jpg").write_bytes(whole[:-2] + last * MAX_SCANS + whole[-2:])

    assert trouble(home, "a.jpg") == "is a JPEG as no camera makes it"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_a_file_that_is_cut_off_is_told(home: Path, kind: str) -> None:
    whole = encoded(noise((90, 90)), kind)
    for part in (2, 3):
        (home / "issues/a.png").write_bytes(whole[: len(whole) * (part - 1) // part])

        assert trouble(home, "a.png") in ("is damaged or cut off", "is not an image")


@pytest.mark.parametrize("width", [90, 1300])
def test_pixels_that_are_damaged_inside_a_whole_file_are_told(
    home: Path, width: int
) -> None:
    whole = encoded(noise((width, 9)), "PNG")
    at = whole.index(b"IDAT")
    length = int.from_bytes(whole[at - 4 : at], "big")
    pixels = b"IDAT" + b"\xff" * length
    checksum = zlib.crc32(pixels).to_bytes(4, "big")
    (home / "issues/a.png").write_bytes(
        whole[:at] + pixels + checksum + whole[at + length + 8 :]
    )

    assert trouble(home, "a.png") == "is damaged or cut off"


_PEAK = """
import re, sys
from pathlib import Path
from newsletter.content.image_variant import make_variant
from newsletter.content.image_wish import Wish
variant = make_variant(Path(sys.argv[1]).read_bytes(), Wish())
status = Path("/proc/self/status").read_text()
print(variant.width, int(re.search(r"VmHWM:\\s+([0-9]+) kB", status)[1]) // 1024)
"""


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        ("PNG", (5_000, 5_000)),
        ("WEBP", (5_000, 5_000)),
        ("AVIF", (5_000, 5_000)),
        ("JPEG", (10_000, 5_000)),
    ],
)
def test_memory_is_bounded_for_the_largest_images(
    tmp_path: Path, kind: str, size: tuple[int, int]
) -> None:
    clear = Image.new("RGBA", size, (168, 67, 44, 128))
    image = clear.convert("RGB") if kind == "JPEG" else clear
    image.save(tmp_path / "a", kind, progressive=True, speed=10, method=0)

    ended = subprocess.run(
        [sys.executable, "-c", _PEAK, str(tmp_path / "a")],
        capture_output=True,
        text=True,
        check=True,
    )
    width, mebibytes = map(int, ended.stdout.split())
    assert width == MAX_WIDTH
    assert mebibytes < 550


def test_a_file_that_is_too_large_is_not_read(home: Path) -> None:
    with save(home / "issues/a.png").open("r+b") as file:
        file.truncate(MAX_BYTES + 1)

    assert trouble(home, "a.png") == "is larger than 20 MiB"


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_image_is_never_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    root = tmp_path_factory.mktemp("damaged")
    kind = data.draw(st.sampled_from(["JPEG", "PNG", "GIF", "WEBP", "AVIF", "MPO"]))
    options: Any = {} if kind == "GIF" else {"exif": exif(6), "icc_profile": SRGB}
    if data.draw(st.booleans()) and kind in ("GIF", "PNG"):
        whole = animation(kind, **options)
    else:
        whole = encoded(noise((5, 4)), kind, **options)
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(
            st.integers(0, 255)
        )
    (root / "a").write_bytes(damaged[: data.draw(st.integers(0, len(damaged)))])

    square = data.draw(st.booleans())
    ImageFolder(root).beside(root / "x.md")("a", width=1, square=square)
