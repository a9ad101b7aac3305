"""Dates and reading times as readers see them."""

import datetime

import pytest

from newsletter.render.dates import long_date, reading_minutes


@pytest.mark.parametrize(
    ("day", "text"),
    [((2026, 11, 20), "20 November 2026"), ((2027, 1, 1), "1 January 2027")],
)
def test_a_date_is_written_out(day: tuple[int, int, int], text: str) -> None:
    assert long_date(datetime.date(*day)) == text


@pytest.mark.parametrize(
    ("words", "minutes"), [(0, 1), (1, 1), (230, 1), (460, 2), (1150, 5)]
)
def test_reading_takes_at_least_a_minute(words: int, minutes: int) -> None:
    assert reading_minutes(words) == minutes
