"""Images: found inside the publication only, measured, published under a safe name."""

import os
import re
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from newsletter.content.images import MAX_BYTES, MAX_PIXELS, ImageFolder
from newsletter.model.email import ImageFile, ImageTrouble
from tests.config.locked import locked

ISSUE = Path("issues/x.md")


def save(path: Path, size: tuple[int, int] = (3, 2), **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, "red").save(path, **options)
    return path


def resolve(root: Path, source: str) -> ImageFile | ImageTrouble:
    return ImageFolder(root).beside(root / ISSUE)(source)


def found(root: Path, source: str) -> ImageFile:
    image = resolve(root, source)
    assert isinstance(image, ImageFile), image
    return image


def trouble(root: Path, source: str) -> str:
    image = resolve(root, source)
    assert isinstance(image, ImageTrouble), image
    assert image.hint
    return image.message


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [
        ("JPEG", "jpg"),
        ("PNG", "png"),
        ("GIF", "gif"),
        ("WEBP", "webp"),
        ("AVIF", "avif"),
    ],
)
def test_every_kind_is_measured_and_named_for_what_it_is(
    home: Path, kind: str, suffix: str
) -> None:
    save(home / "issues/My Chair.PNG", format=kind)

    image = found(home, "My%20Chair.PNG")

    assert (image.width, image.height) == (3, 2)
    assert re.fullmatch(rf"my-chair-[0-9a-f]{{12}}\.{suffix}", image.name)


@pytest.mark.parametrize("kind", ["TIFF", "BMP", "ICO", "PDF", "PPM"])
def test_what_mail_programs_do_not_show_is_refused(home: Path, kind: str) -> None:
    save(home / "issues/a.png", format=kind)

    assert trouble(home, "a.png") == "is not an image"


@pytest.mark.parametrize(
    "source",
    [
        "images/zwei Stühle.png",
        "images/zwei%20St%C3%BChle.png",
        "./images/../images/zwei%20Stühle.png",
        "/issues/images/zwei Stühle.png",
        "/issues/images/zwei%20St%C3%BChle.png",
        "//issues/images/zwei Stühle.png",
    ],
)
def test_a_path_may_be_written_as_a_path_or_as_an_address(
    home: Path, source: str
) -> None:
    save(home / "issues/images/zwei Stühle.png")

    assert found(home, source).name.startswith("zwei-stuhle-")


def test_a_name_changes_with_the_bytes_and_only_with_them(home: Path) -> None:
    first = save(home / "issues/a.png")
    save(home / "issues/other/a.png")
    names = {found(home, "a.png").name, found(home, "other/a.png").name}
    os.utime(first, (0, 0))

    assert {found(home, "a.png").name} == names
    save(first, (4, 4))
    assert found(home, "a.png").name not in names


def test_a_name_that_is_not_latin_is_named_image(home: Path) -> None:
    save(home / "issues/日本.png")

    assert found(home, "日本.png").name.startswith("image-")


def test_a_suffix_cannot_smuggle_anything_into_a_page(home: Path) -> None:
    save(home / 'issues/a.png" onerror="x', format="PNG")
    save(home / "issues/b.html", format="GIF")

    assert re.fullmatch(r"a-\w+\.png", found(home, 'a.png" onerror="x').name)
    assert found(home, "b.html").name.endswith(".gif")


def test_an_upright_photo_is_measured_as_it_is_shown(home: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    save(home / "issues/a.jpg", (30, 20), exif=exif)

    image = found(home, "a.jpg")

    assert (image.width, image.height) == (20, 30)


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


def test_a_link_inside_the_publication_is_followed(home: Path) -> None:
    save(home / "photos/a.png")
    (home / "issues/link.png").symlink_to("../photos/a.png")

    assert found(home, "link.png").name.startswith("a-")


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


def test_each_file_is_read_once_and_remembered_for_the_archive(home: Path) -> None:
    path = save(home / "issues/a.png")
    folder = ImageFolder(home)

    first = folder.beside(home / ISSUE)("a.png")
    path.write_bytes(b"changed meanwhile")

    assert folder.beside(home / "newsletter.yaml")("issues/a.png") == first
    assert isinstance(first, ImageFile)
    assert folder.files == {first.name: path}


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
