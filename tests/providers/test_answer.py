"""What an answer says, and what its status means where nothing is documented."""

from datetime import UTC, datetime

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import (
    OutcomeUnknown,
    ProviderBusy,
    ProviderRefused,
    ProviderStopped,
    ProviderUnavailable,
)
from newsletter.providers.answer import Answer, by_status

NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


def an_answer(status: int = 200, body: bytes = b"", **headers: str) -> Answer:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, headers=given, body=body)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("3", 3.0),
        (" 1.5 ", 1.5),
        ("0", 0.0),
        ("86400", 86400.0),
        ("-3", None),
        ("nan", None),
        ("inf", None),
        ("1" * 400, None),
        ("soon", None),
        ("", None),
        ("Fri, 20 Nov 2026 07:31:00 GMT", 60.0),
        ("Friday, 20-Nov-26 07:31:00 GMT", 60.0),
        ("Fri, 20 Nov 2026 07:31:00 -0000", 60.0),
        ("Fri, 20 Nov 2020 07:31:00 GMT", 0.0),
        ("Fri, 99 Nov 2026 07:31:00 GMT", None),
    ],
)
def test_how_long_to_wait_is_read_in_both_forms(
    text: str, seconds: float | None
) -> None:
    with time_machine.travel(NOW, tick=False):
        assert an_answer(retry_after=text).retry_after() == seconds


@given(st.text())
def test_any_text_says_how_long_to_wait_or_nothing(text: str) -> None:
    seconds = an_answer(retry_after=text).retry_after()

    assert seconds is None or 0 <= seconds < float("inf")


def test_a_services_own_header_is_read_where_there_is_no_other() -> None:
    assert an_answer(x_reset="7").retry_after("x-reset") == 7
    assert an_answer(x_reset="7", retry_after="3").retry_after("x-reset") == 3
    assert an_answer(x_reset="7", retry_after="?").retry_after("x-reset") == 7
    assert an_answer(x_reset="7").retry_after() is None


def test_a_body_is_read_as_json_or_not_at_all() -> None:
    assert an_answer(body=b'{"a": 1}').json() == {"a": 1}
    assert an_answer(body=b'{"a": 1}').data() == {"a": 1}
    for body in (b"", b"{", b"\xff", b"[" * 100_000):
        assert an_answer(body=body).data() == {}
        with pytest.raises(OutcomeUnknown, match="cannot be read"):
            an_answer(body=body).json()
    assert an_answer(body=b"[1]").data() == {}


def test_an_excerpt_is_one_short_printable_line() -> None:
    shown = an_answer(body=b"a\r\n\x1b[31mred\xff" + b"x" * 1000).excerpt()

    assert shown.startswith("a   [31mred")
    assert shown.isprintable()
    assert len(shown) <= 300


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (200, OutcomeUnknown),
        (301, ProviderStopped),
        (304, ProviderStopped),
        (400, ProviderRefused),
        (401, ProviderStopped),
        (402, ProviderStopped),
        (403, ProviderStopped),
        (404, ProviderStopped),
        (405, ProviderStopped),
        (408, OutcomeUnknown),
        (409, OutcomeUnknown),
        (413, ProviderRefused),
        (415, ProviderStopped),
        (418, ProviderStopped),
        (422, ProviderRefused),
        (425, ProviderBusy),
        (429, ProviderBusy),
        (451, ProviderStopped),
        (500, OutcomeUnknown),
        (502, OutcomeUnknown),
        (503, OutcomeUnknown),
        (999, OutcomeUnknown),
    ],
)
def test_a_status_alone_has_a_meaning(status: int, error: type[Exception]) -> None:
    found = by_status("Sample", an_answer(status, b"because"))

    assert type(found) is error
    assert str(found) == f"Sample answers {status}: because"


def test_what_the_service_says_is_told() -> None:
    assert str(by_status("Sample", an_answer(400), "no")) == "Sample answers 400: no"
    assert (
        str(by_status("Sample", an_answer(400))) == "Sample answers 400: nothing more"
    )
    assert "providers.sample.api_url" in by_status("Sample", an_answer(302)).hint
    later = by_status("Sample", an_answer(429, x_reset="9"), reset="x-reset")
    assert isinstance(later, ProviderUnavailable)
    assert later.retry_after == 9


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "3"}, 3),
        ({"ratelimit-remaining": "1", "ratelimit-reset": "3"}, 0),
        ({"ratelimit-remaining": "0"}, 0),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "soon"}, 0),
        ({"x-sib-ratelimit-remaining": "0", "x-sib-ratelimit-reset": "9"}, 9),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1000007"}, 7),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "999"}, 0),
    ],
)
def test_rate_headers_say_when_the_next_call_may_be_made(
    headers: dict[str, str], seconds: float
) -> None:
    with time_machine.travel(1_000_000, tick=False):
        assert Answer(status=200, headers=headers, body=b"").rest() == seconds
