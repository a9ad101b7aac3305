"""Images that lead out, explode or are none: refused, and never a traceback."""

import os
import re
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from newsletter.content.images import MAX_BYTES, MAX_PIXELS, ImageFolder
from tests.config.locked import locked
from tests.content.pictures import found, save, trouble


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
    (home / "issues/svg.png").write_text("<svg/>", encoding="utf-8")
    (home / "issues/empty.png").touch()
    os.mkfifo(home / "issues/pipe.png")

    for name in ("text.png", "svg.png", "empty.png"):
        assert trouble(home, name) == "is not an image"
    assert trouble(home, "pipe.png") == trouble(home, "") == "is not a file"
    with locked("issues/x.md") as root:
        assert trouble(root, "x.md") == "is not an image"


def test_bombs_are_refused_before_they_go_off(home: Path) -> None:
    png = save(home / "issues/a.png").read_bytes()
    start = time.process_time()

    for side, message in ((8_000, "has 8000 × 8000 pixels"), (65_000, "has far too")):
        header = b"IHDR" + side.to_bytes(4, "big") * 2 + png[24:29]
        checksum = zlib.crc32(header).to_bytes(4, "big")
        (home / "issues/bomb.png").write_bytes(png[:12] + header + checksum + png[33:])
        assert message in trouble(home, "bomb.png")

    assert MAX_PIXELS < 8_000 * 8_000
    assert time.process_time() - start < 0.2


def test_a_file_that_is_too_large_is_not_read(home: Path) -> None:
    with save(home / "issues/a.png").open("r+b") as file:
        file.truncate(MAX_BYTES + 1)

    assert trouble(home, "a.png") == "is larger than 20 MiB"


@given(st.data())
def test_a_damaged_image_is_never_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    root = tmp_path_factory.mktemp("damaged")
    kind = data.draw(st.sampled_from(["JPEG", "PNG", "GIF", "WEBP", "AVIF"]))
    exif = Image.Exif()
    exif[0x0112] = 6
    path = save(root / "a", format=kind, exif=exif)
    damaged = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(
            st.integers(0, 255)
        )
    path.write_bytes(damaged[: data.draw(st.integers(0, len(damaged)))])

    ImageFolder(root).beside(root / "x.md")("a")
