"""GIF and PNG without their metadata: whatever was in them, the pixels stay."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from newsletter.content.image_blocks import strip_gif, strip_png
from tests.content.pictures import SECRET, SRGB, animation, encoded, exif, noise

COMMENT = b"\x21\xfe\x05hello\x00"
XMP = b"\x21\xff\x0bXMP DataXMP" + bytes([len(SECRET)]) + SECRET + b"\x00"
TEXT = b"\x21\x01\x0c" + bytes(12) + b"\x05hello\x00"


def gif(frames: int = 1) -> bytes:
    return animation("GIF", frames) if frames > 1 else encoded(noise((6, 4)), "GIF")


@pytest.mark.parametrize("frames", [1, 3])
@pytest.mark.parametrize("block", [COMMENT, XMP, TEXT], ids=["comment", "xmp", "text"])
def test_a_gif_loses_all_that_is_no_picture(block: bytes, frames: int) -> None:
    data = gif(frames)
    head = 13 + 3 * 2 ** ((data[10] & 7) + 1)
    full = data[:head] + block + data[head:-1] + block + data[-1:] + SECRET

    blocks = strip_gif(full)

    assert (blocks.data, blocks.frames) == (data, frames)


def test_a_gif_without_an_end_gets_one() -> None:
    data = gif()

    assert strip_gif(data[:-1] + b"\x00\x00").data == data


@pytest.mark.parametrize("bad", [b"GIF89a", b"GIF89a" + bytes(7) + b";"])
def test_a_gif_without_a_picture_is_damaged(bad: bytes) -> None:
    with pytest.raises(ValueError, match="a GIF"):
        strip_gif(bad)


def test_a_png_keeps_only_what_is_seen() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SECRET.decode())
    info.add_itxt("XML:com.adobe.xmp", SECRET.decode(), zip=True)
    image = noise((6, 4)).quantize(8)
    bare = encoded(image, "PNG", transparency=2)

    data = encoded(
        image,
        "PNG",
        transparency=2,
        pnginfo=info,
        exif=exif(6),
        icc_profile=SRGB,
        dpi=(72, 72),
    )
    blocks = strip_png(data + SECRET)

    assert (blocks.data, blocks.frames) == (bare, 1)


@given(st.data())
def test_a_file_that_is_cut_off_is_never_taken_for_whole(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["GIF", "PNG"]))
    whole = (
        animation(kind) if data.draw(st.booleans()) else encoded(noise((5, 5)), kind)
    )
    strip = strip_gif if kind == "GIF" else strip_png
    # A GIF may lack its last byte, which only says that it ends.
    length = data.draw(st.integers(8, len(whole) - 2))

    try:
        shorter = strip(whole[:length])
    except ValueError:
        return
    # Cut between two frames it is a shorter animation.
    assert kind == "GIF"
    with Image.open(BytesIO(shorter.data)) as image:
        assert getattr(image, "n_frames", 1) == shorter.frames < strip(whole).frames
