"""Draws the pictures shown where a page is shared: 1200 × 630, in the site's colours.

1200 × 630 is what Open Graph's readers show whole (1.91 to 1).
"""

import io
from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw

from newsletter.render.page_people import Person
from newsletter.render.quote_marks import quoted
from newsletter.render.share_card import Card, Look, Photos, Quote
from newsletter.render.share_fonts import BOLD, REGULAR, draw_line, width
from newsletter.render.share_text import Box, Setting, draw, fit, one_line

WIDTH, HEIGHT = 1200, 630
_EDGE = 72
_FOOT = HEIGHT - _EDGE
_ROOM = WIDTH - 2 * _EDGE
_TITLE = (100, 92, 84, 76, 70, 64, 58, 52, 47, 42)
_QUOTE = (68, 62, 56, 52, 48, 44, 40, 36, 32)
_SMOOTH = 4
_MOST_FACES = 8
_INKS = ("accent", "#1f6b63", "#6d4a86", "#7a5b0f", "#2f5d8c", "#5a6423")
"""The experts' colours by day, as palette.css has them."""


@lru_cache(maxsize=64)
def draw_card(card: Card, look: Look, photos: Photos = ()) -> bytes:
    """The PNG of an issue or a roundtable; who has no photo is shown by initials."""
    sheet = _Sheet(look, photos)
    top = sheet.masthead()
    if card.label:
        top = sheet.line(card.label, top, 27, sheet.look.accent) + 14
    faces = 96 if card.panel else 44 if card.foot else 0
    below = 62 if card.deck else 0
    box = Box(_EDGE, top, _ROOM, _FOOT - faces - below - top)
    title = fit(card.title, box, _TITLE, weight=BOLD)
    top = sheet.text(title, box, BOLD, sheet.look.ink) + 18
    room = Box(_EDGE, top, _ROOM, _FOOT - faces - 8 - top)
    if card.deck:
        deck = fit(card.deck, room, (33, 30), weight=REGULAR, spacing=1.35)
        sheet.text(deck, room, REGULAR, sheet.look.quiet)
    if card.panel:
        sheet.faces(card.panel)
    elif card.foot:
        sheet.foot(card.foot)
    return sheet.png()


@lru_cache(maxsize=64)
def draw_quote(quote: Quote, look: Look, photos: Photos = ()) -> bytes:
    """The PNG of a remark."""
    sheet = _Sheet(look, photos)
    top = sheet.masthead() + 6
    own = _ink(quote.person, look)
    box = Box(_EDGE + 40, top, _ROOM - 40, _FOOT - 128 - top)
    setting = fit(quoted(quote.text), box, _QUOTE, weight=REGULAR, spacing=1.28)
    end = sheet.text(setting, box, REGULAR, sheet.look.ink)
    sheet.bar(top, end, own)
    sheet.speaker(quote, own)
    return sheet.png()


def _ink(person: Person, look: Look) -> str:
    ink = _INKS[int(person.colour.rpartition("-")[2]) - 1]
    return look.accent if ink == "accent" else ink


class _Sheet:
    """A picture in the making; mirrored for a publication read from the right."""

    def __init__(self, look: Look, photos: Photos) -> None:
        self.look = look
        self.photos = dict(photos)
        self.mirrored = look.mirrored
        self.image = Image.new("RGB", (WIDTH, HEIGHT), self.look.paper)
        self.pen = ImageDraw.Draw(self.image)
        self.pen.rectangle((0, 0, WIDTH, 13), fill=self.look.accent)

    def masthead(self) -> int:
        """The publication's name; gives where the rest may begin."""
        end = self.line(self.look.name, 58, 34, self.look.ink)
        self.pen.line((_EDGE, end + 16, WIDTH - _EDGE, end + 16), self.look.line, 2)
        return end + 50

    def line(self, text: str, top: int, size: int, colour: str) -> int:
        """One line of bold text from edge to edge; gives where it ends."""
        shown = one_line(text, _ROOM, size, BOLD)
        box = Box(_EDGE, top, _ROOM, round(size * 1.3))
        self.text(Setting((shown,), size, box.height), box, BOLD, colour)
        return top + box.height

    def text(self, setting: Setting, box: Box, weight: int, colour: str) -> int:
        """A set text; gives where it ends."""
        return draw(
            self.image,
            self._box(box),
            setting,
            weight=weight,
            colour=colour,
            from_right=self.mirrored,
        )

    def bar(self, top: int, end: int, colour: str) -> None:
        """The rule beside a quote."""
        x = WIDTH - _EDGE - 8 if self.mirrored else _EDGE
        self.pen.rounded_rectangle((x, top + 4, x + 8, max(end, top + 60)), 4, colour)

    def faces(self, panel: Sequence[Person]) -> None:
        """The panel's faces in a row, and their names beside them."""
        size, step = 76, 68
        shown = panel[:_MOST_FACES]
        # The last first, so that each face lies over the next.
        for number in reversed(range(len(shown))):
            self._face(shown[number], _EDGE + number * step, _FOOT - size, size)
        used = (len(shown) - 1) * step + size + 26
        names = ", ".join(person.name for person in panel)
        room = _ROOM - used
        line = one_line(names, room, 28, REGULAR)
        self._beside(line, _EDGE + used, _FOOT - size // 2 + 10, 28, REGULAR)

    def foot(self, text: str) -> None:
        """A quiet line at the bottom."""
        self._beside(one_line(text, _ROOM, 28, REGULAR), _EDGE, _FOOT - 6, 28, REGULAR)

    def speaker(self, quote: Quote, own: str) -> None:
        """Who is quoted, and where it was said."""
        size = 92
        self._face(quote.person, _EDGE, _FOOT - size, size)
        x, room = _EDGE + size + 26, _ROOM - size - 26
        name = one_line(quote.person.name, room, 34, BOLD)
        self._beside(name, x, _FOOT - size + 38, 34, BOLD, own)
        about = quote.person.role or quote.title
        line = one_line(about, room, 27, REGULAR)
        self._beside(line, x, _FOOT - 14, 27, REGULAR)

    def png(self) -> bytes:
        """The picture's bytes, the same for the same picture."""
        out = io.BytesIO()
        self.image.save(out, "PNG", compress_level=6)
        return out.getvalue()

    def _beside(
        self, text: str, x: int, base: int, size: int, weight: int, colour: str = ""
    ) -> None:
        draw_line(
            self.image,
            (WIDTH - x if self.mirrored else x, base),
            text,
            size=size,
            weight=weight,
            colour=colour or self.look.quiet,
            from_right=self.mirrored,
        )

    def _face(self, person: Person, x: int, y: int, size: int) -> None:
        """A round photo, or initials, on a ring of paper; larger, for a smooth edge."""
        x = WIDTH - x - size if self.mirrored else x
        ring = size + 8
        mask = Image.new("L", (ring * _SMOOTH, ring * _SMOOTH), 0)
        ImageDraw.Draw(mask).ellipse(
            (0, 0, ring * _SMOOTH - 1, ring * _SMOOTH - 1), 255
        )
        whole = mask.resize((ring, ring), Image.Resampling.LANCZOS)
        self.image.paste(self.look.paper, (x - 4, y - 4), whole)
        inner = mask.resize((size, size), Image.Resampling.LANCZOS)
        self.image.paste(_ink(person, self.look), (x, y), inner)
        if person.name in self.photos:
            self._photo(self.photos[person.name], x, y, inner)
        else:
            self._initials(person, x, y, size)

    def _photo(self, data: bytes, x: int, y: int, inner: Image.Image) -> None:
        """A photo in the disc; where it is transparent, the disc is seen."""
        with Image.open(io.BytesIO(data)) as file:
            photo = file.convert("RGBA").resize(inner.size, Image.Resampling.LANCZOS)
        seen = ImageChops.multiply(inner, photo.getchannel("A"))
        self.image.paste(photo.convert("RGB"), (x, y), seen)

    def _initials(self, person: Person, x: int, y: int, size: int) -> None:
        letters = round(size * 0.34)
        wide = width(person.initials, letters, BOLD)
        at = (x + (size - wide) / 2, y + size / 2 + letters * 0.35)
        draw_line(
            self.image,
            at,
            person.initials,
            size=letters,
            weight=BOLD,
            colour=self.look.card,
        )

    def _box(self, box: Box) -> Box:
        x = WIDTH - box.x - box.width if self.mirrored else box.x
        return box._replace(x=x)
