"""What others wrote is read without trusting that it is there."""

from datetime import UTC, datetime
from typing import Any

import pytest

from newsletter.errors import ProviderRefused
from newsletter.providers.reading import (
    inside,
    moment_at,
    text_at,
    texts_at,
    webhook_json,
    webhook_object,
)

DATA = {
    "a": {"b": "hi", "n": 7, "f": 1.5, "yes": True, "none": None, "list": ["x", 2, {}]},
    "lines": "one\r\ntwo",
    "half": "\ud800 of it",
    "long": "x" * 2000,
}


def test_what_is_not_there_is_empty() -> None:
    assert inside(DATA, "a", "b") == "hi"
    for path in (("a", "c"), ("a", "b", "c"), ("z",), ("a", "list", "0")):
        assert inside(DATA, *path) is None
        assert text_at(DATA, *path) == ""
        assert texts_at(DATA, *path) == []
        assert moment_at(DATA, *path) is None
    assert inside(None, "a") is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("a", "b"), "hi"),
        (("a", "n"), "7"),
        (("a", "f"), "1.5"),
        (("a", "yes"), ""),
        (("a", "none"), ""),
        (("a", "list"), ""),
        (("a",), ""),
        (("lines",), "one two"),
        (("half",), "of it"),
        (("long",), "x" * 500),
    ],
)
def test_a_text_is_one_line_that_can_be_shown(
    path: tuple[str, ...], expected: str
) -> None:
    assert text_at(DATA, *path) == expected


def test_the_texts_of_a_list() -> None:
    assert texts_at(DATA, "a", "list") == ["x", "2", ""]


MOMENT = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1795159800, MOMENT),
        ("1795159800", MOMENT),
        (1795159800.0, MOMENT),
        ("2026-11-20T07:30:00Z", MOMENT),
        ("2026-11-20T08:30:00.000+01:00", MOMENT),
        ("2026-11-20 07:30:00", MOMENT),
        ("soon", None),
        ("nan", None),
        ("1e300", None),
        (10**30, None),
        ([], None),
        (None, None),
    ],
)
def test_a_moment_is_read_in_either_form(value: Any, expected: datetime | None) -> None:
    found = moment_at({"at": value}, "at")

    assert found == expected
    assert found is None or found.utcoffset() is not None


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(ProviderRefused):
        webhook_json(body)


def test_what_is_no_object_is_refused() -> None:
    assert webhook_json(b"[1]") == [1]
    assert webhook_object(b'{"a": 1}') == {"a": 1}
    with pytest.raises(ProviderRefused):
        webhook_object(b"[1]")
