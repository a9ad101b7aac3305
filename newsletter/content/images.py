"""Finds the image files that texts refer to, inside the publication only."""

import hashlib
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from PIL import Image

from newsletter.config.files import inside
from newsletter.model.email import ImageFile, ImageResolver, ImageTrouble
from newsletter.model.text import slugify

SUFFIXES = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp", "AVIF": "avif"}
FORMATS = tuple(SUFFIXES)
MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
"""More than any camera needs; a file that claims more is a decompression bomb."""

_ORIENTATION = 0x0112
_UPRIGHT = range(5, 9)


@dataclass(slots=True)
class ImageFolder:
    """A publication's images: found once, published under a content-hashed name."""

    root: Path
    files: dict[str, Path] = field(default_factory=dict)
    _found: dict[Path, ImageFile | ImageTrouble] = field(default_factory=dict)

    def beside(self, text: Path) -> ImageResolver:
        """A resolver for paths as the file `text` writes them.

        A path that starts with `/` is seen from newsletter.yaml.
        """
        folder = text.parent
        return lambda source: self._resolve(
            (self.root if source.startswith("/") else folder)
            / unquote(source.lstrip("/")).lstrip("/")
        )

    def _resolve(self, path: Path) -> ImageFile | ImageTrouble:
        real = inside(path, self.root)
        if real is None:
            outside = ImageTrouble(
                "leads out of the publication", "copy the file into it"
            )
            missing = ImageTrouble("is not there", "check the name")
            return outside if _leads_out(path, self.root) else missing
        if real not in self._found:
            self._found[real] = self._read(real)
        return self._found[real]

    def _read(self, path: Path) -> ImageFile | ImageTrouble:
        if not path.is_file():
            return ImageTrouble("is not a file", "check the name")
        try:
            if path.stat().st_size > MAX_BYTES:
                limit = MAX_BYTES // 2**20
                return ImageTrouble(f"is larger than {limit} MiB", "export it smaller")
            with warnings.catch_warnings():
                # We judge the size ourselves, before any pixel is decoded; of EXIF data
                # that is damaged there is nothing to say.
                warnings.simplefilter("ignore")
                with Image.open(path, formats=FORMATS) as image:
                    width, height = _seen_size(image)
                    suffix = SUFFIXES[str(image.format)]
        except Image.DecompressionBombError:
            return ImageTrouble("has far too many pixels", "export it smaller")
        except (OSError, ValueError, SyntaxError, RuntimeError):
            return ImageTrouble("is not an image", f"use one of {', '.join(FORMATS)}")
        if width * height > MAX_PIXELS:
            return ImageTrouble(f"has {width} × {height} pixels", "export it smaller")
        name = _published_name(path, suffix)
        self.files[name] = path
        return ImageFile(name, width, height)


def _seen_size(image: Image.Image) -> tuple[int, int]:
    """Width and height as shown: a camera held upright says so in the EXIF data."""
    width, height = image.size
    turned = image.format == "JPEG" and image.getexif().get(_ORIENTATION) in _UPRIGHT
    return (height, width) if turned else (width, height)


def _published_name(path: Path, suffix: str) -> str:
    """The suffix tells what the file is, whatever the author's says."""
    digest = hashlib.blake2b(path.read_bytes(), digest_size=6).hexdigest()
    return f"{slugify(path.stem) or 'image'}-{digest}.{suffix}"


def _leads_out(path: Path, root: Path) -> bool:
    try:
        return not path.resolve().is_relative_to(root.resolve())
    except (OSError, ValueError, RuntimeError):
        return False
