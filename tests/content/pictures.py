"""Pictures to find, and ways to find them as an issue writes them."""

import random
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms

from newsletter.content.image_variant import make_variant
from newsletter.content.image_wish import Variant, Wish
from newsletter.content.images import ImageFolder
from newsletter.model.email import ImageFile, ImageTrouble

ISSUE = Path("issues/x.md")
ORIENTATION = 0x0112
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
EXCHANGED = (
    SRGB.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")
)
"""A profile in whose colours red is what a screen calls green."""

SECRET = b"taken at 51.4545N 2.5879W"
"""Stands for all that a camera tells about an author."""


def save(path: Path, size: tuple[int, int] = (3, 2), **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, "red").save(path, **options)
    return path


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The bytes of an image file of this kind."""
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def noise(size: tuple[int, int], seed: int = 0, mode: str = "RGB") -> Image.Image:
    """An image in which no pixel is like the next."""
    length = size[0] * size[1] * len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, size, random.Random(seed).randbytes(length))


def exif(orientation: int = 1) -> Image.Exif:
    """What a camera writes: how it was held, and a secret."""
    made = Image.Exif()
    made[ORIENTATION] = orientation
    made[0x010E] = SECRET.decode()
    return made


def animation(
    kind: str, frames: int = 3, size: tuple[int, int] = (6, 4), **options: Any
) -> bytes:
    """The bytes of an image that moves."""
    first, *others = (
        Image.new("RGB", size, (number * 40 % 256, number // 6 % 256, 9))
        for number in range(frames)
    )
    return encoded(
        first, kind, save_all=True, append_images=others, duration=40, loop=0, **options
    )


def resized(png: bytes, width: int, height: int) -> bytes:
    """A PNG that says it is so large."""
    header = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + png[24:29]
    return png[:12] + header + zlib.crc32(header).to_bytes(4, "big") + png[33:]


def made(data: bytes, pixels: int = 1200, *, square: bool = False) -> Variant:
    """The variant of an image file, which has to have one."""
    variant = make_variant(data, Wish(pixels, square))
    assert isinstance(variant, Variant), variant
    return variant


def opened(variant: Variant) -> Image.Image:
    """A variant as a reader's program reads it."""
    image = Image.open(BytesIO(variant.data))
    image.load()
    return image


def resolve(root: Path, source: str, **wish: Any) -> ImageFile | ImageTrouble:
    return ImageFolder(root).beside(root / ISSUE)(source, **wish)


def found(root: Path, source: str, **wish: Any) -> ImageFile:
    image = resolve(root, source, **wish)
    assert isinstance(image, ImageFile), image
    return image


def trouble(root: Path, source: str) -> str:
    image = resolve(root, source)
    assert isinstance(image, ImageTrouble), image
    assert image.hint
    return image.message
