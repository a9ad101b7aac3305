"""Fonts of the pictures to share: Literata, and for other scripts what the machine has.

Literata (SIL Open Font License) has Latin, Greek, Cyrillic and Vietnamese letters. A
character that no font has is left out: a gap says less than an empty box, but no lie.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import fontpkg_literata  # type: ignore[import-untyped]
from PIL import Image, ImageDraw, ImageFont, features

_LITERATA = fontpkg_literata.ROOT / "files" / "Literata[opsz,wght].ttf"
BOLD, REGULAR = 700, 420
"""Weights of Literata."""

# By file name, as Pillow finds them in the folders of the system; the first that has a
# character is used.
_OTHERS = (
    *("NotoSerifHebrew-Bold.ttf", "NotoSansHebrew-Bold.ttf"),
    *("NotoNaskhArabic-Bold.ttf", "NotoSansArabic-Bold.ttf"),
    *("NotoSerifDevanagari-Bold.ttf", "NotoSansDevanagari-Bold.ttf"),
    *("NotoSerifBengali-Bold.ttf", "NotoSansBengali-Bold.ttf"),
    *("NotoSerifTamil-Bold.ttf", "NotoSerifThai-Bold.ttf", "NotoSansThai-Bold.ttf"),
    *("NotoSerifGeorgian-Bold.ttf", "NotoSerifArmenian-Bold.ttf"),
    *("NotoSerifCJK-Bold.ttc", "NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc"),
    *("wqy-microhei.ttc", "wqy-zenhei.ttc", "DroidSansFallbackFull.ttf"),
    *("Hiragino Sans GB.ttc", "AppleSDGothicNeo.ttc", "Arial Unicode.ttf"),
    *("msyhbd.ttc", "YuGothB.ttc", "malgunbd.ttf", "Nirmala.ttc"),
)
_EMOJI = (("NotoColorEmoji.ttf", 109), ("Apple Color Emoji.ttc", 160))
"""With the one size that their pictures have."""
_LAST = ("DejaVuSans-Bold.ttf", "DejaVuSans.ttf", "seguisym.ttf")
_PROBE = 24
# Joiners and variation selectors: seen only in what they do to their neighbours.
_UNSEEN = frozenset("\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f")


class Face(NamedTuple):
    """A font file; `fixed` is its only size, 0 for one of any size."""

    file: str
    fixed: int = 0


class Run(NamedTuple):
    """Characters of one text that one font can draw."""

    text: str
    face: Face


def runs(text: str) -> list[Run]:
    """The text in pieces by font; without what no font on this machine has.

    The blanks between two fonts are a piece of their own, for either direction.
    """
    found: list[Run] = []
    for letters, face in _faced(text):
        last = found[-1] if found else None
        if last and last.face == face:
            found[-1] = Run(last.text + letters, face)
        else:
            if last and last.text != last.text.rstrip():
                words = last.text.rstrip()
                blanks = Run(last.text[len(words) :], last.face)
                found[-1:] = [Run(words, last.face), blanks] if words else [blanks]
            found.append(Run(letters, face))
    return found


def _faced(text: str) -> Iterator[tuple[str, Face]]:
    last: Face | None = None
    for letter in unicodedata.normalize("NFC", text):
        if letter in _UNSEEN or unicodedata.combining(letter):
            if last:
                yield letter, last
            continue
        face = _face(letter)
        if last and not last.fixed and not letter.isalpha() and _has(last, letter):
            # A comma or a number stays with the words it stands between.
            face = last
        elif letter.isspace():
            face = Face(str(_LITERATA))
        if face:
            last = face
            yield letter, face


@lru_cache(maxsize=4096)
def _face(letter: str) -> Face | None:
    return next((face for face in _faces() if _has(face, letter)), None)


@lru_cache(maxsize=1)
def _faces() -> tuple[Face, ...]:
    """The fonts that this machine has, in the order in which they are asked."""
    wanted = [Face(str(_LITERATA)), *map(Face, _OTHERS)]
    wanted += [Face(file, size) for file, size in _EMOJI]
    wanted += map(Face, _LAST)
    return tuple(face for face in wanted if _is_there(face))


def _is_there(face: Face) -> bool:
    try:
        ImageFont.truetype(face.file, face.fixed or _PROBE)
    except OSError:
        return False
    return True


@lru_cache(maxsize=4096)
def _has(face: Face, letter: str) -> bool:
    """Whether a font draws a letter as anything but what it draws for none."""
    font = _probe(face)
    if letter.isspace():
        return not face.fixed
    return bytes(font.getmask(letter)) != bytes(font.getmask("\U0010fffe"))


@lru_cache(maxsize=64)
def _probe(face: Face) -> ImageFont.FreeTypeFont:
    engine = ImageFont.Layout.BASIC
    return ImageFont.truetype(face.file, face.fixed or _PROBE, layout_engine=engine)


@lru_cache(maxsize=256)
def font(face: Face, size: int, weight: int) -> ImageFont.FreeTypeFont:
    """A font at a size in pixels; only Literata has weights."""
    made = ImageFont.truetype(face.file, face.fixed or size)
    if face.file == str(_LITERATA):
        made.set_variation_by_axes([min(72, max(7, size)), weight])
    return made


@lru_cache(maxsize=8192)
def width(text: str, size: int, weight: int) -> float:
    """How wide a text is drawn, in pixels."""
    return sum(run_width(run, size, weight) for run in runs(text))


def run_width(run: Run, size: int, weight: int) -> float:
    """How wide a piece of a text is drawn, in pixels."""
    scale = size / run.face.fixed if run.face.fixed else 1.0
    return font(run.face, size, weight).getlength(run.text) * scale


def draw_line(
    image: Image.Image,
    at: tuple[float, float],
    text: str,
    *,
    size: int,
    weight: int,
    colour: str,
    from_right: bool = False,
) -> None:
    """Draw a line of text; `at` is where it begins, on its base line."""
    pen, base = at
    for run in runs(text):
        length = run_width(run, size, weight)
        if from_right:
            pen -= length
        _draw_run(image, (pen, base), run, size, weight, colour, from_right=from_right)
        if not from_right:
            pen += length


def _draw_run(
    image: Image.Image,
    at: tuple[float, float],
    run: Run,
    size: int,
    weight: int,
    colour: str,
    *,
    from_right: bool,
) -> None:
    used = font(run.face, size, weight)
    if run.face.fixed:
        _draw_emoji(image, at, run, used, size)
        return
    # Without Raqm there is but one direction, and letters do not join.
    direction = "rtl" if from_right and features.check("raqm") else None
    ImageDraw.Draw(image).text(
        at, run.text, font=used, fill=colour, anchor="ls", direction=direction
    )


def _draw_emoji(
    image: Image.Image,
    at: tuple[float, float],
    run: Run,
    used: ImageFont.FreeTypeFont,
    size: int,
) -> None:
    """Emoji are pictures of one size; they are drawn there and made smaller."""
    scale = size / run.face.fixed
    wide, high = round(used.getlength(run.text)) + 1, round(run.face.fixed * 1.3)
    drawn = Image.new("RGBA", (wide, high), (0, 0, 0, 0))
    pen = ImageDraw.Draw(drawn)
    pen.text((0, run.face.fixed), run.text, font=used, anchor="ls", embedded_color=True)
    small = drawn.resize((max(1, round(wide * scale)), max(1, round(high * scale))))
    place = (round(at[0]), round(at[1] - run.face.fixed * scale))
    image.paste(small, place, small)
