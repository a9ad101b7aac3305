"""Pictures that are pasted become files beside the issue: checked, named, once."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from newsletter.content import new_image
from newsletter.content.images import MAX_BYTES, ImageFolder
from newsletter.content.new_image import add_image
from newsletter.errors import UsageError
from newsletter.model.email import ImageFile

NOW = datetime(2026, 11, 20, 9, 30, 5, tzinfo=UTC)


def picture(kind: str = "PNG", colour: str = "red", size: int = 8) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (size, size), colour).save(buffer, kind)
    return buffer.getvalue()


@pytest.fixture
def text(tmp_path: Path) -> Path:
    (tmp_path / "issues").mkdir()
    return tmp_path / "issues/2026-11-20-a.md"


def add(text: Path, data: bytes, name: str = "") -> Path:
    return add_image(text, text.parents[1], data, name, NOW)


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Two Chairs!.PNG", "two-chairs.png"),
        ("two chairs, one window", "two-chairs-one-window.png"),
        ("image.png", "picture-2026-11-20-093005.png"),
        ("", "picture-2026-11-20-093005.png"),
        ("../../../etc/passwd", "etc-passwd.png"),
        ("chairs. and a desk", "chairs-and-a-desk.png"),
        ("…", "picture-2026-11-20-093005.png"),
        ("ñandú.v2.jpeg", "nandu-v2.png"),
        ("a" * 300, "a" * 60 + ".png"),
    ],
)
def test_it_is_named_after_what_it_is_called(
    text: Path, name: str, called: str
) -> None:
    made = add(text, picture(), name)
    assert made == text.parent / "images" / called
    assert made.read_bytes() == picture()


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [("JPEG", "jpg"), ("PNG", "png"), ("GIF", "gif"), ("WEBP", "webp")],
)
def test_its_suffix_tells_what_it_is(text: Path, kind: str, suffix: str) -> None:
    assert add(text, picture(kind), "a.tiff").suffix == f".{suffix}"


def test_the_markdown_that_names_it_finds_it(text: Path) -> None:
    made = add(text, picture(), "chairs.png")
    resolve = ImageFolder(text.parents[1]).beside(text)
    assert isinstance(resolve(f"{new_image.FOLDER}/{made.name}"), ImageFile)


def test_the_same_picture_is_written_once_and_another_gets_a_number(
    text: Path,
) -> None:
    first = add(text, picture(), "chairs")
    again = add(text, picture(), "chairs")
    other = add(text, picture(colour="blue"), "chairs")
    assert (first.name, again.name, other.name) == (
        "chairs.png",
        "chairs.png",
        "chairs-2.png",
    )


def test_no_link_is_followed(text: Path, tmp_path: Path) -> None:
    (text.parent / "images").mkdir()
    target = tmp_path / "outside"
    (text.parent / "images/chairs.png").symlink_to(target)
    assert add(text, picture(), "chairs").name == "chairs-2.png"
    assert not target.exists()


def test_a_folder_that_leads_out_is_refused(text: Path, tmp_path: Path) -> None:
    root = text.parents[1] / "publication"
    (root / "issues").mkdir(parents=True)
    (root / "issues/images").symlink_to(tmp_path)
    with pytest.raises(UsageError, match="leads out of the publication"):
        add_image(root / "issues/a.md", root, picture(), "chairs", NOW)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is not an image"),
        (b"hello", "is not an image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is an SVG"),
        (picture()[:40], "is damaged|is not an image"),
        (b"x" * (MAX_BYTES + 1), "larger than 20 MiB"),
    ],
)
def test_what_cannot_be_sent_is_refused(text: Path, data: bytes, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        add(text, data, "chairs")
    assert not (text.parent / "images").exists()


def test_a_folder_that_cannot_be_written_is_named(text: Path) -> None:
    (text.parent / "images").write_text("a file in the way")
    with pytest.raises(UsageError, match="issues/images cannot be written"):
        add(text, picture())


def test_names_run_out(text: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_image, "_MOST_TWINS", 2)
    add(text, picture(), "chairs")
    with pytest.raises(UsageError, match="pictures called chairs"):
        add(text, picture(colour="blue"), "chairs")
