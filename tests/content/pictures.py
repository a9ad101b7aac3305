"""Pictures to find, and ways to find them as an issue writes them."""

from pathlib import Path
from typing import Any

from PIL import Image

from newsletter.content.images import ImageFolder
from newsletter.model.email import ImageFile, ImageTrouble

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
