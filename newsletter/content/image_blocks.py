"""Takes the metadata out of GIF and PNG files block by block; no pixel is touched.

What an animation is made of stays as its author exported it: decoding and encoding it
again would make it larger and worse.
"""

from collections.abc import Iterator
from dataclasses import dataclass

_GIF_EXTENSION, _GIF_IMAGE, _GIF_END = 0x21, 0x2C, 0x3B
_GIF_CONTROL = b"\x21\xf9"
# How often an animation is repeated; every other application block is metadata.
_GIF_LOOPS = (b"\x21\xff\x0bNETSCAPE2.0", b"\x21\xff\x0bANIMEXTS1.0")

_PNG_START = 8
_PNG_FRAME = b"fcTL"
# Header, palette, transparency, pixels; control and pixels of an animation. Not the
# colour profile: who wants it obeyed has the pixels converted.
_PNG_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"acTL", _PNG_FRAME, b"fdAT"}
)


@dataclass(frozen=True, slots=True)
class Blocks:
    """A file without its metadata, and how many frames it has."""

    data: bytes
    frames: int


def strip_gif(data: bytes) -> Blocks:
    """A GIF (GIF89a specification) without comments, XMP and whatever follows its end.

    Raises ValueError for a file that is cut off.
    """
    kept, frames = [], 0
    for block in _gif_blocks(data):
        frames += block[0] == _GIF_IMAGE
        if block[0] != _GIF_EXTENSION or block.startswith((_GIF_CONTROL, *_GIF_LOOPS)):
            kept.append(block)
    if not frames:
        raise ValueError("a GIF without a frame")
    return Blocks(b"".join([*kept, bytes([_GIF_END])]), frames)


def strip_png(data: bytes) -> Blocks:
    """A PNG (W3C PNG, third edition) with nothing in it but its pixels.

    Raises ValueError for a file that is cut off.
    """
    kept, frames = [data[:_PNG_START]], 0
    for kind, chunk in _png_chunks(data):
        frames += kind == _PNG_FRAME
        if kind in _PNG_KEPT:
            kept.append(chunk)
    return Blocks(b"".join(kept), max(1, frames))


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, kind = _PNG_START, b""
    while kind != b"IEND":
        kind = data[at + 4 : at + 8]
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if end > len(data):
            raise ValueError("a PNG that is cut off")
        yield kind, data[at:end]
        at = end


def _gif_blocks(data: bytes) -> Iterator[bytes]:
    """The header with its colours, then every block up to the end of the file."""
    try:
        at, end = 0, 13 + _colours(data[10])
        yield data[at:end]
        # Browsers too take what is no block for the end.
        while data[end] in (_GIF_EXTENSION, _GIF_IMAGE):
            at = end
            end = _gif_end(data, at)
            yield data[at:end]
    except IndexError:
        raise ValueError("a GIF that is cut off") from None


def _gif_end(data: bytes, at: int) -> int:
    """Where the block that begins at `at` ends: it is a chain of pieces."""
    if data[at] == _GIF_IMAGE:
        at += 11 + _colours(data[at + 9])
    else:
        at += 2
    while length := data[at]:
        at += length + 1
    return at + 1


def _colours(flags: int) -> int:
    """The length of the table of colours that these flags announce."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0
