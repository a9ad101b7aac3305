"""Quotation marks stay in pairs where a text is cut."""

import pytest

from newsletter.render.quote_marks import quoted, unclosed
from newsletter.render.roundtable_card import brief
from newsletter.render.share_fonts import REGULAR
from newsletter.render.share_text import Box, fit


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("", ""),
        ("it’s “said” and done", ""),
        ("she said: “I don’t know.", "”"),
        ("„so ist es“, „sagte", "“"),
        ("« oui", "»"),
        ("她说「『好", "』」"),
        ("closed” before it was open", ""),
    ],
)
def test_what_is_open_is_known(text: str, missing: str) -> None:
    assert unclosed(text) == missing


def test_marks_inside_marks_are_single() -> None:
    assert quoted("she said “no”.") == "“she said ‘no’.”"


def test_a_quotation_that_is_cut_is_closed() -> None:
    text = f'{"it was late. " * 18}she said: "I do not know. {"more " * 20}."'

    assert brief(text).endswith("she said: “I do not know.”")
    assert brief(f'"{"word " * 200}."').endswith("word…”")


def test_a_picture_closes_what_it_cuts() -> None:
    cut = fit(
        quoted("far too many words " * 60), Box(0, 0, 900, 200), (44,), weight=REGULAR
    )

    assert cut.lines[-1].endswith("…”")
    assert cut.height <= 200
