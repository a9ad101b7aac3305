"""Makes of an image's pixels what is shown: small, upright, sRGB; and encodes them."""

import struct
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms

QUALITY = 82
"""JPEG quality at which nobody sees a difference on a screen of double density."""

SUFFIXES = {"JPEG": "jpg", "PNG": "png", "GIF": "gif"}
"""What every mail program shows, and how such a file is called."""

_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each orientation that EXIF knows."""

_ON_ITS_SIDE = range(5, 9)
_SRGB = ImageCms.createProfile("sRGB")


def orientation(image: Image.Image) -> int:
    """How EXIF says the image is turned: 1 is upright, 2 to 8 are not."""
    try:
        found: Any = image.getexif().get(_ORIENTATION)
    except (OSError, ValueError, SyntaxError, LookupError, TypeError, struct.error):
        return 1  # of EXIF data that is damaged there is nothing to say
    return found if isinstance(found, int) and found in _UPRIGHT else 1


def as_shown(image: Image.Image, pixels: int, *, square: bool) -> Image.Image:
    """The image upright, in sRGB, `pixels` wide at most; the same where it is so.

    With `square` it is cut to its middle, a little above it in a portrait. Scaled
    before anything else is done, so that only small images are copied.
    """
    turn = orientation(image)
    profile = image.info.get("icc_profile")
    made = _smaller(image, pixels, square=square, turned=turn in _ON_ITS_SIDE)
    made = _in_srgb(made, profile)
    if turn != 1:
        made = made.transpose(_UPRIGHT[turn])
    return _cut(made) if square else made


def encode(image: Image.Image, source: Image.Image) -> tuple[bytes, str]:
    """The bytes of an image made of `source`, in its format or the nearest that mail
    shows, and their suffix; without any metadata."""
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    name = str(source.format)
    if name not in SUFFIXES:
        # MPO is a JPEG with a second picture in it, such as a depth map.
        name = "PNG" if image.mode == "RGBA" and name != "MPO" else "JPEG"
    image.info.clear()
    suffix = SUFFIXES[name]
    if name != "JPEG":
        return _encoded(_few_colours(image, source), name, optimize=True), suffix
    made = _encoded(image, name, quality=QUALITY, optimize=True, progressive=True)
    if image is source and source.format == "JPEG":
        # With its own tables an image is encoded again without a loss.
        kept = _encoded(image, name, quality="keep", optimize=True, progressive=True)
        made = min(made, kept, key=len)
    return made, suffix


def _encoded(image: Image.Image, name: str, **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, name, **options)
    return buffer.getvalue()


def _smaller(
    image: Image.Image, pixels: int, *, square: bool, turned: bool
) -> Image.Image:
    width, height = image.size
    side = min(width, height) if square else height if turned else width
    if side <= pixels:
        image.load()
        return _plain(image)
    size = _scaled(width, pixels, side), _scaled(height, pixels, side)
    # JPEG only, while it is decoded: to twice the size, which leaves enough to average.
    image.draft(None, (2 * size[0], 2 * size[1]))
    return _plain(image).resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _scaled(length: int, pixels: int, side: int) -> int:
    return max(1, round(length * pixels / side))


def _plain(image: Image.Image) -> Image.Image:
    """The image with a byte per channel, its transparency in a channel of its own."""
    if image.has_transparency_data:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    if image.mode in ("L", "RGB", "CMYK"):
        return image
    return image.convert("L" if image.mode in ("1", "I;16") else "RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The image in the colours of screens; CMYK without a profile by rule of thumb."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        try:
            found = ImageCms.ImageCmsProfile(BytesIO(profile))
            made = ImageCms.profileToProfile(image, found, _SRGB, outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            made = None  # a profile that is damaged or does not fit: as if without
        if made:
            return made.convert("L") if image.mode == "L" else made
    return image.convert("RGB") if image.mode == "CMYK" else image


def _cut(image: Image.Image) -> Image.Image:
    width, height = image.size
    side = min(width, height)
    if width == height:
        return image
    left, top = (width - side) // 2, (height - side) // 3  # where a face is
    return image.crop((left, top, left + side, top + side))


def _few_colours(image: Image.Image, source: Image.Image) -> Image.Image:
    """A diagram of few colours keeps few, and stays several times smaller.

    Not where it is transparent: its edges would no longer be smooth.
    """
    if source.format != "PNG" or source.mode != "P" or image.mode != "RGB":
        return image
    return image.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
