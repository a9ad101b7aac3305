"""The pictures to share: of one size, whole, the same each time, without boxes."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from newsletter.content.issue import read_issue
from newsletter.render.page import entry
from newsletter.render.page_people import Person
from newsletter.render.roundtable_entry import roundtable_entry
from newsletter.render.share_card import (
    Card,
    Look,
    Quote,
    issue_card,
    look_of,
    remark_quote,
    roundtable_card,
)
from newsletter.render.share_fonts import BOLD, runs, width
from newsletter.render.share_picture import HEIGHT, WIDTH, draw_card, draw_quote
from newsletter.render.share_text import Box, fit, one_line, wrap
from tests.render.roundtables import read, site_of

LOOK = Look(
    name="the second chair",
    mirrored=False,
    paper="#fbf8f2",
    card="#ffffff",
    ink="#23272e",
    quiet="#5d6470",
    accent="#a8432c",
    line="#e3ddd2",
)
PERSON = Person("Ann Oldtown", "Engineer", "AO", "", "", "ann", "expert-2", "start")
PAPER = (0xFB, 0xF8, 0xF2)
SIZES = (76, 60, 44)
NO_FONT = "\U000e0fff\ufdd0"


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def clear(picture: Image.Image, box: tuple[int, int, int, int]) -> bool:
    """Whether nothing is drawn there."""
    return picture.crop(box).getcolors(1) == [
        ((box[2] - box[0]) * (box[3] - box[1]), PAPER)
    ]


def margins_are_clear(data: bytes) -> bool:
    picture = opened(data)
    return all(
        clear(picture, box)
        for box in (
            (0, 20, 60, HEIGHT),
            (WIDTH - 60, 20, WIDTH, HEIGHT),
            (0, HEIGHT - 60, WIDTH, HEIGHT),
        )
    )


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize(
    "title",
    [
        "short",
        "The Launch She Stopped: Calling Off a Billing Migration at 11 p.m.",
        "word " * 200,
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 4,
        "W" * 2000,
        "🚀🔥 ship it 👩‍💻",
        "الإطلاق الذي أوقفته: إلغاء ترحيل الفواتير الساعة 11 ليلا",
        "她叫停的发布会" * 20,
        NO_FONT,
        "",
    ],
)
def test_every_title_stays_inside(title: str, *, mirrored: bool) -> None:
    look = LOOK._replace(mirrored=mirrored, name=title or "x")
    card = Card(title, title, title, title, (PERSON,) * 9)
    quote = Quote(title, PERSON._replace(name=title, role=title), title)

    for data in (
        draw_card(card, look),
        draw_card(card._replace(panel=()), look),
        draw_quote(quote, look),
    ):
        assert opened(data).size == (1200, 630)
        assert margins_are_clear(data)


def test_the_same_words_are_the_same_bytes() -> None:
    card = Card("label", "title 🚀 with more", "deck", "foot")

    once = draw_card(card, LOOK)
    draw_card.cache_clear()

    assert draw_card(card, LOOK) == once


def test_the_colours_are_the_publications() -> None:
    picture = opened(draw_card(Card("label", "title"), LOOK._replace(paper="#101010")))

    assert picture.getpixel((600, 5)) == (0xA8, 0x43, 0x2C)
    assert picture.getpixel((5, 300)) == (0x10, 0x10, 0x10)


def test_a_quote_has_the_colour_of_its_expert() -> None:
    picture = opened(draw_quote(Quote("words", PERSON, "title"), LOOK))

    found = picture.getcolors(99999)
    assert found
    assert (0x1F, 0x6B, 0x63) in [colour for _, colour in found]


def photo_of(colour: tuple[int, ...]) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA" if len(colour) == 4 else "RGB", (96, 96), colour).save(out, "PNG")
    return out.getvalue()


def test_an_expert_who_has_a_photo_is_seen() -> None:
    quote, card = Quote("words", PERSON, "title"), Card("", "title", panel=(PERSON,))
    seen = ((PERSON.name, photo_of((250, 10, 10))),)

    for data, middle in (
        (draw_quote(quote, LOOK, seen), (118, 512)),
        (draw_card(card, LOOK, seen), (110, 520)),
    ):
        picture = opened(data)
        assert picture.getpixel(middle) == (250, 10, 10)
        # Round: beside the disc there is the paper.
        assert picture.getpixel((73, 556)) == PAPER

    once = draw_quote(quote, LOOK, seen)
    draw_quote.cache_clear()
    assert draw_quote(quote, LOOK, seen) == once


def test_a_photo_without_a_ground_stands_on_the_experts_colour() -> None:
    seen = ((PERSON.name, photo_of((250, 10, 10, 0))),)

    picture = opened(draw_quote(Quote("words", PERSON, "title"), LOOK, seen))

    assert picture.getpixel((118, 512)) == (0x1F, 0x6B, 0x63)


def test_reading_from_the_right_is_drawn_from_the_right() -> None:
    card = Card("", "hi")
    left, right = draw_card(card, LOOK), draw_card(card, LOOK._replace(mirrored=True))

    assert not clear(opened(left), (60, 180, 400, 400))
    assert clear(opened(right), (60, 180, 400, 400))
    assert not clear(opened(right), (800, 180, 1140, 400))


def test_what_no_font_has_is_left_out() -> None:
    assert runs(NO_FONT) == []
    assert [run.text for run in runs(f"a{NO_FONT}b")] == ["ab"]
    assert runs("\u200d") == []


def test_a_title_that_cannot_be_drawn_leaves_the_rest() -> None:
    assert fit(NO_FONT, Box(0, 0, 900, 300), SIZES, weight=BOLD).lines == ()


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=300), st.sampled_from([300, 1056]))
def test_a_text_always_fits_its_box(text: str, room: int) -> None:
    box = Box(0, 0, room, 200)

    found = fit(text, box, SIZES, weight=BOLD)

    assert found.height <= box.height
    for line in found.lines:
        assert width(line, found.size, BOLD) <= room + 1


def test_a_text_is_as_large_as_fits_and_its_lines_alike() -> None:
    box = Box(0, 0, 900, 200)
    short = fit("two words", box, SIZES, weight=BOLD)
    longer = fit("some more words that need another line", box, SIZES, weight=BOLD)
    cut = fit("far too many words " * 30, box, SIZES, weight=BOLD)

    assert (short.size, len(short.lines)) == (76, 1)
    first, second = (width(line, longer.size, BOLD) for line in longer.lines)
    assert abs(first - second) < 250
    assert cut.size == 44
    assert cut.lines[-1].endswith("…")


def test_a_word_without_end_is_broken_and_signs_without_blanks_are_wrapped() -> None:
    assert len(wrap("W" * 60, 500, 60, BOLD)) > 3
    assert "".join(wrap("abc def", 900, 60, BOLD)) == "abc def"
    assert wrap("", 500, 60, BOLD) == []
    assert one_line("a  b", 500, 30, BOLD) == "a b"
    assert one_line("W" * 60, 500, 30, BOLD).endswith("…")


def test_cards_say_what_the_pages_say(publication: Path) -> None:
    site = site_of(publication)
    path = publication / "issues" / "2026-11-20-pull-up-the-second-chair.md"
    table = read(publication, "the-launch-she-stopped")

    issue = issue_card(entry(read_issue(path, publication), site), site.publication)
    roundtable = roundtable_card(roundtable_entry(table, site), site.publication)
    quote = remark_quote(table, "round-1-grace-lindqvist", site)

    assert "20 November 2026" in issue.label
    assert issue.foot == "mo ellery"
    assert roundtable.label == "expert roundtable · Ownership"
    assert len(roundtable.panel) == 3
    assert quote.person.name == "Grace Lindqvist"
    assert quote.text.startswith("I’ve been on the receiving end")
    assert look_of(site.publication) == LOOK._replace(
        line=look_of(site.publication).line
    )
