"""Makes of an author's image file what readers get; refuses what is none, or a bomb."""

import struct
import warnings
import zlib
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from newsletter.content.image_blocks import strip_gif, strip_png
from newsletter.content.image_pixels import SUFFIXES, as_shown, encode, orientation
from newsletter.content.image_wish import MAX_WIDTH, Variant, Wish
from newsletter.model.email import ImageTrouble

MAX_SIDE = 16_384
"""Pixels of a source; a panorama has fewer."""

MAX_PIXELS = 25_000_000
"""Of a source. Decoding takes up to 16 bytes for each (WebP), so this bounds memory."""

MAX_JPEG_PIXELS = 50_000_000
"""Of a JPEG, as many as a camera has: it is scaled down while it is decoded."""

MAX_FRAMES = 1_000
"""Of an animation."""

MAX_SCANS = 100
"""Of a progressive JPEG, which has about ten: each is decoded over all the pixels."""

RECIPE = 1
"""Raised when the same source is to become other bytes: old results are not used."""

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")

_SCAN = b"\xff\xda"
_HEIC = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypmif1", b"ftypmsf1")
# What Pillow and zlib raise for files that are damaged, or made to do harm.
_DAMAGE = (
    OSError,
    ValueError,
    SyntaxError,
    RuntimeError,
    EOFError,
    LookupError,
    TypeError,
    ArithmeticError,
    MemoryError,
    struct.error,
    zlib.error,
)


def make_variant(data: bytes, wish: Wish) -> Variant | ImageTrouble:
    """Make the wanted variant of an image file; it is never larger than its source.

    The same bytes and wish give the same variant as long as Pillow is the same.
    """
    try:
        with warnings.catch_warnings():
            # Of sizes we judge ourselves, before any pixel is decoded, and of EXIF data
            # that is damaged there is nothing to say.
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(data), formats=FORMATS) as image:
                return _bomb(image, data) or _variant(image, data, wish)
    except Image.DecompressionBombError:
        return ImageTrouble("has far too many pixels", "export it smaller")
    except UnidentifiedImageError:
        return _no_image(data)
    except _DAMAGE:
        return ImageTrouble("is damaged or cut off", "export or copy it again")


def _no_image(data: bytes) -> ImageTrouble:
    if b"<svg" in data[:1024].lower():
        return ImageTrouble(
            "is an SVG, which mail programs do not show",
            f"export it as PNG, {MAX_WIDTH} pixels wide",
        )
    if data[4:12] in _HEIC:
        message = "is a HEIC photo, which hardly any mail program shows"
        return ImageTrouble(message, "export it as JPEG")
    return ImageTrouble("is not an image", f"use one of {', '.join(FORMATS)}")


def _bomb(image: Image.Image, data: bytes) -> ImageTrouble | None:
    """Why the image is not to be decoded: for want of memory, or of time."""
    width, height = image.size
    jpeg = image.format in ("JPEG", "MPO")
    limit = MAX_JPEG_PIXELS if jpeg else MAX_PIXELS
    if max(width, height) > MAX_SIDE or width * height > limit:
        hint = f"export it smaller: {MAX_WIDTH} pixels are as wide as it is ever shown"
        return ImageTrouble(f"has {width} × {height} pixels", hint)
    # The mark of a scan cannot stand inside of one.
    if jpeg and data.count(_SCAN) > MAX_SCANS:
        return ImageTrouble("is a JPEG as no camera makes it", "export it again")
    return None


def _variant(image: Image.Image, data: bytes, wish: Wish) -> Variant | ImageTrouble:
    if image.format in ("GIF", "PNG"):
        blocks = strip_gif(data) if image.format == "GIF" else strip_png(data)
        if blocks.frames > MAX_FRAMES:
            hint = f"make it shorter: at most {MAX_FRAMES} are shown"
            return ImageTrouble(f"has {blocks.frames} frames", hint)
        # So that one that is damaged is found by us; reading EXIF data would hide it.
        image.load()
        if _stays(image, wish, animated=blocks.frames > 1):
            return Variant(blocks.data, SUFFIXES[image.format], *image.size)
    elif image.format in ("WEBP", "AVIF") and getattr(image, "is_animated", False):
        message = f"is an animated {image.format}, which mail programs do not show"
        return ImageTrouble(message, "export it as GIF")
    made = as_shown(image, wish.pixels, square=wish.square)
    encoded, suffix = encode(made, image)
    return Variant(encoded, suffix, *made.size)


def _stays(image: Image.Image, wish: Wish, *, animated: bool) -> bool:
    """Whether there is nothing to do but to take the metadata out.

    An animation is not scaled: each of its frames would be made larger and worse.
    """
    width, height = image.size
    if animated:
        return not wish.square
    fits = width <= wish.pixels and (not wish.square or width == height)
    return fits and "icc_profile" not in image.info and orientation(image) == 1
