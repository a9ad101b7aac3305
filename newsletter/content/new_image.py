"""Takes a picture into the folder beside an issue, as authors paste and drop them."""

import os
import re
from datetime import datetime
from io import BytesIO
from pathlib import Path

from PIL import Image

from newsletter.config.files import display_name, inside
from newsletter.content.image_variant import FORMATS, make_variant
from newsletter.content.image_wish import Wish
from newsletter.content.images import MAX_BYTES
from newsletter.errors import UsageError
from newsletter.model.email import ImageTrouble
from newsletter.model.text import slugify

FOLDER = "images"
"""Beside the text that shows it."""

_SUFFIXES = {"JPEG": "jpg", "MPO": "jpg"}
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}\Z")
_MAX_STEM = 60
_MOST_TWINS = 1000
# What browsers call a picture that comes from the clipboard.
_NAMELESS = frozenset({"", "image", "images", "picture", "unknown", "download"})


class TooLarge(UsageError):
    """A picture has more bytes than any that is sent."""

    def __init__(self) -> None:
        """Say how many it may have."""
        message = f"the picture is larger than {MAX_BYTES // 2**20} MiB"
        super().__init__(message, hint="export it smaller, 1200 pixels wide")


def add_image(text: Path, root: Path, data: bytes, name: str, now: datetime) -> Path:
    """Write a picture into `images/` beside the file `text`; returns where it is.

    It is called after `name`, a file's name or words that describe it, or after the
    time. One that is there already, byte for byte, is not written again.
    Raises UsageError for what is no picture, or none that can be sent.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge
    made = make_variant(data, Wish())
    if isinstance(made, ImageTrouble):
        raise UsageError(f"the picture {made.message}", hint=made.hint)
    stem = slugify(_SUFFIX.sub("", name))[:_MAX_STEM].strip("-")
    if stem in _NAMELESS:
        stem = now.strftime("picture-%Y-%m-%d-%H%M%S")
    folder = text.parent / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        if inside(folder, root) is None:
            shown = display_name(folder, root)
            raise UsageError(f"{shown} leads out of the publication")
        return _write(folder, stem, _suffix(data), data)
    except OSError as error:
        shown = display_name(folder, root)
        raise UsageError(f"{shown} cannot be written: {error.strerror}") from None


def _suffix(data: bytes) -> str:
    with Image.open(BytesIO(data), formats=FORMATS) as image:
        name = str(image.format)
    return _SUFFIXES.get(name, name.lower())


def _write(folder: Path, stem: str, suffix: str, data: bytes) -> Path:
    for number in range(1, _MOST_TWINS):
        path = folder / f"{stem}{f'-{number}' if number > 1 else ''}.{suffix}"
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            descriptor = os.open(path, flags, 0o644)
        except FileExistsError:
            if path.is_file() and not path.is_symlink() and path.read_bytes() == data:
                return path
            continue
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
        except OSError:
            # The disk is full: half a picture would only be in the way.
            path.unlink(missing_ok=True)
            raise
        return path
    raise UsageError(f"there are {_MOST_TWINS} pictures called {stem}")
