"""When to send: what authors write, and what no clock shows."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from newsletter.errors import UsageError
from newsletter.sending.when import describe, parse_span, parse_when

LONDON = ZoneInfo("Europe/London")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)  # a Friday


def at(text: str, zone: ZoneInfo = LONDON, now: datetime = NOW) -> str:
    return parse_when(text, zone, now).isoformat(timespec="minutes")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("friday 9:00", "2026-11-20T09:00+00:00"),
        ("friday 7:00", "2026-11-27T07:00+00:00"),
        ("Fri 9am", "2026-11-20T09:00+00:00"),
        ("thursday 12am", "2026-11-26T00:00+00:00"),
        ("mon  9.30 pm", "2026-11-23T21:30+00:00"),
        ("tomorrow 17:30", "2026-11-21T17:30+00:00"),
        ("today 23:59", "2026-11-20T23:59+00:00"),
        ("9:00", "2026-11-20T09:00+00:00"),
        ("7:00", "2026-11-21T07:00+00:00"),
        ("in 2h", "2026-11-20T10:00+00:00"),
        ("in 30 minutes", "2026-11-20T08:30+00:00"),
        ("in 1 day", "2026-11-21T08:00+00:00"),
        ("2026-11-27 09:00", "2026-11-27T09:00+00:00"),
        ("2026-11-27", "2026-11-27T09:00+00:00"),
        ("2026-11-27T09:00+02:00", "2026-11-27T07:00+00:00"),
        ("2026-11-27T09:00Z", "2026-11-27T09:00+00:00"),
        ("2028-02-29 9:00", "2028-02-29T09:00+00:00"),
        ("2038-01-19T03:14:08Z", "2038-01-19T03:14+00:00"),
    ],
)
def test_what_authors_write(text: str, expected: str) -> None:
    assert at(text) == expected


def test_a_local_time_is_meant_in_the_publication_s_zone() -> None:
    assert at("friday 9:30", BERLIN) == "2026-11-20T08:30+00:00"
    assert at("2027-07-02 9:00", BERLIN) == "2027-07-02T07:00+00:00"


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "9", "25:00", "9:61", "13pm", "0am", "noday 9:00", "friday"),
        *("2026-02-30 9:00", "2026-11-27 9", "f 9:00", "in 2", "in 9999999h"),
        *("9:00 9:00", "٩:٠٠"),
    ],
)
def test_what_is_no_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        at(text)

    assert "friday 9:00" in caught.value.hint


@pytest.mark.parametrize("text", ["today 7:59", "2026-11-20 08:00", "2020-01-01"])
def test_what_has_passed_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="has passed"):
        at(text)


def test_how_long_ago_it_passed_is_told() -> None:
    with pytest.raises(UsageError) as caught:
        at("2026-11-19 08:30", BERLIN)
    assert caught.value.message == (
        "Thu 2026-11-19 08:30 Europe/Berlin = 07:30 UTC has passed, 1 d 30 min ago"
    )

    with pytest.raises(UsageError) as caught:
        at("today 9:00", BERLIN)
    assert caught.value.message.endswith("= 08:00 UTC has passed")


@pytest.mark.parametrize("read", [at, parse_span])
def test_the_smallest_unit_is_told(read: Callable[[str], object]) -> None:
    with pytest.raises(UsageError) as caught:
        read("in 2s")

    assert "the smallest unit is a minute" in caught.value.hint


def test_an_hour_that_the_clocks_leave_out_is_refused() -> None:
    with pytest.raises(UsageError, match="there is no 2027-03-28 02:30"):
        at("2027-03-28 02:30", BERLIN)


def test_an_hour_that_comes_twice_asks_which() -> None:
    with pytest.raises(UsageError, match="twice") as caught:
        at("2027-10-31 02:30", BERLIN)

    assert "2027-10-31T02:30+02:00 or 2027-10-31T02:30+01:00" in caught.value.hint
    assert at("2027-10-31T02:30+01:00", BERLIN) == "2027-10-31T01:30+00:00"


def test_a_time_is_described_with_zone_utc_and_distance() -> None:
    moment = parse_when("friday 9:00", BERLIN, NOW + timedelta(hours=2))

    assert describe(moment, BERLIN, NOW) == (
        "Fri 2026-11-27 09:00 Europe/Berlin = 08:00 UTC, in 7 d"
    )
    assert describe(NOW, ZoneInfo("UTC"), NOW) == "Fri 2026-11-20 08:00 UTC, now"
    assert describe(NOW, ZoneInfo("UTC"), NOW + timedelta(hours=3)).endswith("3 h ago")


def test_spans() -> None:
    assert parse_span("3h") == timedelta(hours=3)
    assert parse_span("90 min") == timedelta(minutes=90)
    for text in ("", "3", "0h", "-1h", "3 weeks"):
        with pytest.raises(UsageError):
            parse_span(text)


@given(st.text(max_size=30))
def test_any_text_is_a_time_to_come_or_refused(text: str) -> None:
    try:
        moment = parse_when(text, BERLIN, NOW)
    except UsageError:
        return
    assert moment > NOW
    assert moment.tzinfo is UTC


@given(st.integers(1, 5_000_000))
def test_a_local_time_comes_back_as_it_was_written(minutes: int) -> None:
    written = (NOW + timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M")
    try:
        moment = parse_when(written, BERLIN, NOW)
    except UsageError as error:
        assume("clocks" in error.message or "passed" in error.message)
        return
    assert moment.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M") == written
