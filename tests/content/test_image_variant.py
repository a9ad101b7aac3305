"""What is published of an image: small, upright, sRGB, and nothing but pixels."""

from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from newsletter.content.image_variant import make_variant
from newsletter.content.image_wish import Wish
from tests.content.pictures import (
    EXCHANGED,
    SECRET,
    SRGB,
    animation,
    encoded,
    exif,
    made,
    noise,
    opened,
)

KINDS = {
    "JPEG": ["L", "RGB", "CMYK"],
    "PNG": ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"],
    "GIF": ["1", "L", "P"],
    "WEBP": ["RGB", "RGBA"],
    "AVIF": ["RGB", "RGBA"],
}
BECOMES = {"JPEG": "jpg", "PNG": "png", "GIF": "gif"}
TURNED = range(5, 9)


@st.composite
def images(draw: st.DrawFn) -> tuple[str, Image.Image]:
    """A kind of file and an image of noise, in one of the modes that it can hold."""
    kind = draw(st.sampled_from([*KINDS]))
    mode = draw(st.sampled_from(KINDS[kind]))
    size = draw(st.integers(1, 70)), draw(st.integers(1, 70))
    image = noise(size, draw(st.integers(0, 9)), "RGBA")
    if mode == "I;16":
        return kind, Image.frombytes(mode, size, image.convert("LA").tobytes())
    return kind, image.convert("RGB").convert(mode) if mode == "CMYK" else (
        image.convert(mode)
    )


@settings(max_examples=250, deadline=None)
@given(
    images(),
    st.sampled_from([7, 32, 64]),
    st.booleans(),
    st.integers(0, 9),
    st.sampled_from([None, SRGB, EXCHANGED, b"no profile"]),
)
def test_every_image_comes_out_small_upright_and_bare(
    image: tuple[str, Image.Image],
    pixels: int,
    square: bool,
    turn: int,
    profile: bytes | None,
) -> None:
    kind, source = image
    options = {} if kind == "GIF" else {"exif": exif(turn), "icc_profile": profile}
    data = encoded(source, kind, **options)

    variant = made(data, pixels, square=square)

    shown = opened(variant)
    assert shown.size == (variant.width, variant.height)
    assert shown.size == size_of(data, pixels, square)
    assert shown.format in BECOMES
    assert variant.suffix == BECOMES[shown.format] == BECOMES.get(kind, variant.suffix)
    assert shown.mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")
    assert not shown.getexif()
    assert set(shown.info) <= BARE
    assert SECRET not in variant.data
    assert make_variant(data, Wish(pixels, square)) == variant


BARE = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive"}
BARE |= {"progression", "transparency", "version", "background", "extension"}


def size_of(data: bytes, pixels: int, square: bool) -> tuple[int, int]:
    """The size that is wanted: no larger than the source, in its proportions."""
    with Image.open(BytesIO(data)) as image:
        width, height = ImageOps.exif_transpose(image).size
    if square:
        side = min(width, height, pixels)
        return side, side
    if width <= pixels:
        return width, height
    return pixels, max(1, round(height * pixels / width))


@pytest.mark.parametrize("pixels", [1200, 20])
@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_an_image_is_the_right_way_up(kind: str, turn: int, pixels: int) -> None:
    corners = Image.new("RGB", (2, 2))
    corners.putdata([(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)])
    source = corners.resize((64, 48), Image.Resampling.NEAREST)
    data = encoded(source, kind, exif=exif(turn), quality=95)

    shown = opened(made(data, pixels)).convert("RGB")

    with Image.open(BytesIO(data)) as image:
        right = ImageOps.exif_transpose(image).convert("RGB").resize(shown.size)
    for x in (2, shown.width - 3):
        for y in (2, shown.height - 3):
            assert alike(shown.getpixel((x, y)), right.getpixel((x, y)))


def alike(one: Any, other: Any) -> bool:
    """Whether two colours look the same, but for what JPEG does to them."""
    return all(abs(a - b) < 50 for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("pixels", [1200, 16])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_colours_are_those_of_a_screen(kind: str, pixels: int) -> None:
    red = Image.new("RGB", (40, 30), (220, 0, 0))

    shown = opened(made(encoded(red, kind, icc_profile=EXCHANGED), pixels))

    assert alike(shown.convert("RGB").getpixel((4, 4)), (0, 220, 0))


def test_a_profile_keeps_transparency_and_grey() -> None:
    glass = Image.new("RGBA", (9, 9), (220, 0, 0, 128))
    grey = Image.new("L", (9, 9), 77)

    shown = opened(made(encoded(glass, "PNG", icc_profile=EXCHANGED)))
    assert shown.mode == "RGBA"
    assert alike(shown.getpixel((4, 4)), (0, 220, 0, 128))
    shown = opened(made(encoded(grey, "PNG", icc_profile=SRGB)))
    assert (shown.mode, shown.getpixel((4, 4))) == ("L", 77)


def test_ink_is_shown_as_light() -> None:
    red = Image.new("CMYK", (9, 9), (0, 255, 255, 0))

    assert alike(opened(made(encoded(red, "JPEG"))).getpixel((4, 4)), (254, 0, 0))


@pytest.mark.parametrize("kind", ["WEBP", "AVIF"])
def test_what_mail_does_not_show_becomes_jpeg_or_png_where_it_is_transparent(
    kind: str,
) -> None:
    image = noise((30, 20), mode="RGBA")
    clear = made(encoded(image, kind))
    image.putalpha(255)
    opaque = made(encoded(image, kind))

    assert (clear.suffix, opened(clear).mode) == ("png", "RGBA")
    assert (opaque.suffix, opened(opaque).mode) == ("jpg", "RGB")


def test_transparency_that_is_not_used_is_not_kept() -> None:
    image = noise((60, 20), mode="RGBA")
    image.putalpha(255)

    assert opened(made(encoded(image, "PNG"), 30)).mode == "RGB"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("exif", [b"Exif\0\0garbage", b"Exif\0\0MM\0*\xff\xff\xff\xff"])
def test_damaged_camera_data_is_dropped_like_any_other(kind: str, exif: bytes) -> None:
    variant = made(encoded(noise((30, 20)), kind, exif=exif))

    assert (variant.width, variant.height) == (30, 20)
    assert exif not in variant.data


@pytest.mark.parametrize("kind", ["GIF", "PNG"])
def test_an_animation_stays_as_it_is_but_for_its_metadata(kind: str) -> None:
    options = {"comment": SECRET} if kind == "GIF" else {"exif": exif(6)}
    data = animation(kind, 5, (60, 40), **options)

    variant = made(data, 20)

    assert SECRET in data
    assert SECRET not in variant.data
    before, after = Image.open(BytesIO(data)), opened(variant)
    assert (after.size, after.n_frames, after.info["loop"]) == ((60, 40), 5, 0)  # type: ignore[attr-defined]
    for number in range(5):
        before.seek(number)
        after.seek(number)
        assert before.convert("RGB").tobytes() == after.convert("RGB").tobytes()
        assert before.info["duration"] == after.info["duration"] == 40


@pytest.mark.parametrize("kind", ["GIF", "PNG"])
def test_a_square_of_an_animation_stands_still(kind: str) -> None:
    variant = made(animation(kind, 5, (60, 40)), 20, square=True)

    assert (variant.width, variant.height, variant.suffix) == (20, 20, kind.lower())
    assert getattr(opened(variant), "n_frames", 1) == 1


def test_a_square_shows_the_middle_and_of_a_portrait_what_is_above_it() -> None:
    stripes = Image.new("RGB", (90, 30))
    for number, colour in enumerate(["red", "lime", "blue"]):
        stripes.paste(colour, (number * 30, 0, number * 30 + 30, 30))
    portrait = stripes.transpose(Image.Transpose.ROTATE_270)

    shown = opened(made(encoded(stripes, "PNG"), square=True)).convert("RGB")
    assert set(shown.getcolors() or []) == {(900, (0, 255, 0))}
    shown = opened(made(encoded(portrait, "PNG"), square=True)).convert("RGB")
    assert {colour: n for n, colour in shown.getcolors() or []} == {
        (255, 0, 0): 300,
        (0, 255, 0): 600,
    }


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_an_image_that_fits_keeps_every_pixel(kind: str) -> None:
    image = noise((50, 40)).quantize(200)

    variant = made(encoded(image, kind))

    assert opened(variant).convert("RGB").tobytes() == image.convert("RGB").tobytes()


def test_a_jpeg_that_fits_hardly_changes_and_never_grows() -> None:
    photo = noise((10, 8)).resize((500, 400), Image.Resampling.BICUBIC)
    for quality in (40, 82, 95):
        data = encoded(photo, "JPEG", quality=quality)

        variant = made(data)

        before = Image.open(BytesIO(data)).convert("RGB").tobytes()
        after = opened(variant).tobytes()
        away = sum(abs(a - b) for a, b in zip(before, after, strict=True))
        assert len(variant.data) <= len(data)
        assert away / len(before) < 1.5


def test_a_diagram_of_few_colours_stays_small() -> None:
    diagram = Image.new("P", (2400, 900))
    diagram.putpalette([255, 255, 255, 168, 67, 44])
    diagram.paste(1, (100, 100, 2000, 450))

    variant = made(encoded(diagram, "PNG"))

    shown = opened(variant)
    assert shown.mode == "P"
    assert len(variant.data) < 4_000
    colours = [shown.convert("RGB").getpixel(place) for place in ((9, 9), (400, 100))]
    assert colours == [(255, 255, 255), (168, 67, 44)]


def test_a_transparent_diagram_keeps_its_edges() -> None:
    diagram = Image.new("P", (2400, 900))
    diagram.putpalette([255, 255, 255, 168, 67, 44])
    diagram.paste(1, (101, 100, 2000, 450))

    shown = opened(made(encoded(diagram, "PNG", transparency=0)))

    assert shown.mode == "RGBA"
    assert shown.getpixel((400, 100)) == (168, 67, 44, 255)
    assert len(shown.getchannel("A").getcolors() or []) > 2


def test_a_photo_with_a_second_picture_in_it_is_a_jpeg() -> None:
    first, second = noise((30, 20), 1), noise((15, 10), 2)
    data = encoded(first, "MPO", save_all=True, append_images=[second])
    with Image.open(BytesIO(data)) as image:
        assert image.format == "MPO"

    for pixels in (1200, 15):
        variant = made(data, pixels)
        assert variant.suffix == "jpg"
        assert variant.data.count(b"\xff\xd8\xff") == 1
