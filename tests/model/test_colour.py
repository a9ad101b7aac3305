"""Contrast as WCAG has it, and colours turned over as mail programs do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.colour import contrast, inverted, luminance

colour = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("text", "background", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#000000", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#0000ff", "#ffffff", 8.59),
        ("#a8432c", "#a8432c", 1.0),
    ],
)
def test_contrast_is_that_of_wcag(text: str, background: str, ratio: float) -> None:
    assert round(contrast(text, background), 2) == ratio


def test_luminance_goes_from_black_to_white() -> None:
    assert luminance("#000000") == 0
    assert round(luminance("#ffffff"), 6) == 1


@pytest.mark.parametrize(
    ("day", "night"),
    [
        ("#ffffff", "#000000"),
        ("#000000", "#ffffff"),
        ("#fbf8f2", "#0d0a04"),
        ("#ff0000", "#ff0000"),
        ("#800000", "#ff7f7f"),
    ],
)
def test_inverted_keeps_the_hue(day: str, night: str) -> None:
    assert inverted(day) == night


@given(colour, colour)
def test_contrast_is_the_same_both_ways(one: str, other: str) -> None:
    assert 1 <= contrast(one, other) <= 21
    assert contrast(one, other) == contrast(other, one)


@given(colour)
def test_inverted_twice_is_nearly_the_same(day: str) -> None:
    back = inverted(inverted(day))

    for start in (1, 3, 5):
        assert (
            abs(int(back[start : start + 2], 16) - int(day[start : start + 2], 16)) < 3
        )
