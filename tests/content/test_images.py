"""Images: found inside the publication only, published under a safe name."""

import os
import re
from pathlib import Path

import pytest
from PIL import Image

from newsletter.content import image_pixels
from newsletter.content.images import ImageFolder
from newsletter.errors import UsageError
from newsletter.model.email import ImageFile
from tests.content.pictures import ISSUE, exif, found, noise, save, trouble


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [
        ("JPEG", "jpg"),
        ("PNG", "png"),
        ("GIF", "gif"),
        ("WEBP", "jpg"),
        ("AVIF", "jpg"),
    ],
)
def test_every_kind_is_measured_and_named_for_what_it_becomes(
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


def test_mails_that_were_sent_find_their_images_whatever_encodes_them(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise((40, 40)).save(home / "issues/a.jpg", quality=100)
    one = found(home, "a.jpg")
    monkeypatch.setattr(image_pixels, "QUALITY", 20)
    monkeypatch.setattr("PIL.__version__", "99.0.0")

    other = found(home, "a.jpg")

    assert other.size < one.size
    assert other.name == one.name


def test_each_wish_has_a_name_of_its_own(home: Path) -> None:
    noise((300, 200)).save(home / "issues/a.png")

    images = [
        found(home, "a.png"),
        found(home, "a.png", width=96),
        found(home, "a.png", width=96, square=True),
        found(home, "a.png", square=True),
    ]

    sizes = [(image.width, image.height) for image in images]
    assert sizes == [(300, 200), (192, 128), (192, 192), (200, 200)]
    assert len({image.name for image in images}) == 4
    # As wide as the mail, or wider: what is published anyway.
    assert found(home, "a.png", width=600) == found(home, "a.png", width=9999)
    assert found(home, "a.png", width=600) == images[0]


def test_a_name_that_is_not_latin_is_named_image(home: Path) -> None:
    save(home / "issues/日本.png")

    assert found(home, "日本.png").name.startswith("image-")


def test_a_long_name_is_cut_so_that_a_line_of_a_mail_can_hold_it(home: Path) -> None:
    save(home / f"issues/{'two-chairs-' * 12}.png")

    assert len(found(home, f"{'two-chairs-' * 12}.png").name) <= 57


def test_an_upright_photo_is_measured_as_it_is_shown(home: Path) -> None:
    save(home / "issues/a.jpg", (30, 20), exif=exif(6))

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
    assert isinstance(first, ImageFile)
    [(name, file)] = folder.files.items()
    assert name == first.name
    assert len(file.read_bytes()) == first.size
    path.write_bytes(b"changed meanwhile")

    assert folder.beside(home / "newsletter.yaml")("issues/a.png") == first


@pytest.mark.parametrize("change", ["gone", "other", "no image"])
def test_a_file_that_changes_while_it_is_used_is_not_published_by_the_old_name(
    home: Path, change: str
) -> None:
    path = save(home / "issues/a.png")
    folder = ImageFolder(home)
    folder.beside(home / ISSUE)("a.png")
    [file] = folder.files.values()
    path.unlink()
    if change == "other":
        Image.new("L", (9, 9)).save(path)
    elif change == "no image":
        path.write_bytes(b"text")

    with pytest.raises(UsageError, match=r"issues/a\.png was changed while"):
        file.read_bytes()
