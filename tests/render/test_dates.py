"""Dates and reading times as readers see them."""

import datetime

import pytest

from newsletter.render.dates import (
    long_date,
    reading_minutes,
    short_date,
    weekday,
)

DAY = datetime.date(2026, 11, 20)


@pytest.mark.parametrize(
    ("language", "long", "short", "day"),
    [
        ("en", "20 November 2026", "20 November", "Friday"),
        ("en-US", "November 20, 2026", "November 20", "Friday"),
        ("en-GB", "20 November 2026", "20 November", "Friday"),
        ("de", "20. November 2026", "20. November", "Freitag"),
        ("pt-BR", "20 de novembro de 2026", "20 de novembro", "sexta-feira"),
        ("he", "20 בנובמבר 2026", "20 בנובמבר", "יום שישי"),
        ("ja", "2026年11月20日", "11月20日", "金曜日"),
        ("de-XX", "20. November 2026", "20. November", "Freitag"),
        ("tlh", "20 November 2026", "20 November", "Friday"),
        ("x-y", "20 November 2026", "20 November", "Friday"),
    ],
)
def test_a_date_is_in_the_publication_s_language_and_else_in_english(
    language: str, long: str, short: str, day: str
) -> None:
    assert long_date(DAY, language) == long
    assert short_date(DAY, language) == short
    assert weekday(DAY, language) == day


def test_a_day_of_one_digit_has_no_zero() -> None:
    assert long_date(datetime.date(2027, 1, 1), "en") == "1 January 2027"


@pytest.mark.parametrize(
    ("words", "minutes"), [(0, 1), (1, 1), (230, 1), (460, 2), (1150, 5)]
)
def test_reading_takes_at_least_a_minute(words: int, minutes: int) -> None:
    assert reading_minutes(words) == minutes
