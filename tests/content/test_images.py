"""Images: found inside the publication only, measured, published under a safe name."""

import os
import re
from pathlib import Path

import pytest
from PIL import Image

from newsletter.content.images import ImageFolder
from newsletter.model.email import ImageFile
from tests.content.pictures import ISSUE, found, save, trouble


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


def test_an_upright_photo_is_measured_as_it_is_shown(home: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    save(home / "issues/a.jpg", (30, 20), exif=exif)

    image = found(home, "a.jpg")

    assert (image.width, image.height) == (20, 30)


def test_a_link_inside_the_publication_is_followed(home: Path) -> None:
    save(home / "photos/a.png")
    (home / "issues/link.png").symlink_to("../photos/a.png")

    assert found(home, "link.png").name.startswith("a-")


def test_each_file_is_read_once_and_remembered_for_the_archive(home: Path) -> None:
    path = save(home / "issues/a.png")
    folder = ImageFolder(home)

    first = folder.beside(home / ISSUE)("a.png")
    path.write_bytes(b"changed meanwhile")

    assert folder.beside(home / "newsletter.yaml")("issues/a.png") == first
    assert isinstance(first, ImageFile)
    assert folder.files == {first.name: path}
