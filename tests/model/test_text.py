"""Lines, texts, slugs, web addresses, days: what they take and what they refuse."""

import datetime
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from newsletter.model.text import (
    MAX_LINE,
    Day,
    Line,
    Slug,
    Text,
    WebUrl,
    clean_line,
    clean_lines,
    forbidden_character,
    slugify,
)

FORBIDDEN = [
    *map(chr, range(0x20)),
    *map(chr, range(0x7F, 0xA0)),
    *"\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
]


def take(kind: Any, value: object) -> Any:
    return TypeAdapter(kind).validate_python(value)


def refuse(kind: Any, value: object) -> tuple[str, str]:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    (error,) = caught.value.errors()
    return error["msg"], error.get("ctx", {}).get("hint", "")


@pytest.mark.parametrize("character", FORBIDDEN)
def test_no_control_character_gets_into_a_line(character: str) -> None:
    name = forbidden_character(f"a{character}b")

    assert name
    assert refuse(Line, f"a{character}Bcc: b") == (
        f"{name} in a text of one line",
        "remove it",
    )


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\r", "a carriage return"),
        ("\n", "a line break"),
        ("\0", "a NUL"),
        ("\t", "a tab"),
        ("\x0b", "the control character U+000B"),
        ("\u2028", "the control character U+2028"),
        ("\udc80", "the control character U+DC80"),
        ("\xa0", ""),
        ("\u200d", ""),
        ("\u0301", ""),
    ],
)
def test_what_may_not_stand_in_a_header_is_named(character: str, name: str) -> None:
    assert forbidden_character(f"a{character}b{character}") == name


@given(st.text(max_size=MAX_LINE))
def test_a_line_is_kept_in_its_composed_form_or_refused(text: str) -> None:
    try:
        line = take(Line, text)
    except ValidationError:
        assert forbidden_character(text)
    else:
        assert line == unicodedata.normalize("NFC", text.strip())
        assert not forbidden_character(line)


def test_a_line_has_at_most_200_characters() -> None:
    assert take(Line, " " + "ü" * MAX_LINE + "\n") == "ü" * MAX_LINE
    assert refuse(Line, "x" * 300) == (
        "300 characters in a text of one line",
        "use at most 200",
    )


def test_a_text_has_lines_and_tabs_and_nothing_worse() -> None:
    assert take(Text, " a\n\tb\n") == " a\n\tb\n"
    for character in set(FORBIDDEN) - set("\n\t"):
        message, hint = refuse(Text, f"a{character}")
        assert message == f"{forbidden_character(character)} in the text"
        assert hint == "remove it"


@given(st.text("abz019-", min_size=1, max_size=90))
def test_a_slug_is_letters_digits_and_inner_hyphens(text: str) -> None:
    if len(text) <= 80 and text[0] != "-" != text[-1]:
        assert take(Slug, text) == text
    else:
        assert "cannot be a slug" in refuse(Slug, text)[0]


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", "..", "../x", "a/b", "a\\b", "C:", "..%2fx", "a b", "A", "é", "a\n"),
        *(".git", "a.", "\N{CYRILLIC SMALL LETTER A}", "１", "\0", "a" * 81),
    ],
)
def test_no_other_name_is_a_slug(text: str) -> None:
    message, hint = refuse(Slug, text)

    assert message == f"`{text[:60]}` cannot be a slug"
    assert "a–z, 0–9 and -" in hint


@given(st.text(max_size=300))
def test_what_slugify_makes_is_a_slug_or_nothing(text: str) -> None:
    slug = slugify(text)

    assert slug == "" or take(Slug, slug) == slug
    assert slugify(slug) == slug


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Who's done it?", "who-s-done-it"),
        ("  Ça va — bien!  ", "ca-va-bien"),
        ("x" * 79 + " y", "x" * 79),
        ("../../etc/passwd", "etc-passwd"),
        ("日本", ""),
    ],
)
def test_a_slug_is_made_of_a_title(title: str, slug: str) -> None:
    assert slugify(title) == slug


@pytest.mark.parametrize(
    "url", ["https://a.test", " http://a.test/x?y#z ", "https://user@a.test:8/ü"]
)
def test_a_web_address_is_taken(url: str) -> None:
    assert take(WebUrl, url) == url.strip()


def test_what_no_address_has_is_percent_encoded() -> None:
    url = take(WebUrl, 'https://a.example/the song?q="a|b"')

    assert url == "https://a.example/the%20song?q=%22a%7Cb%22"


def test_an_address_with_a_merge_tag_is_left_alone() -> None:
    url = "https://a.example/?n={{ name }}"

    assert take(WebUrl, url) == url


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "java\tscript:x", "data:text/html,x", "//a.test"),
        *("a.test", "ftp://a.test", "https://", "https:///x", "https:// x", "mailto:a"),
        *("https://a.test/\r\nx", "https://a.test/\u202e", "", "file:///etc/passwd"),
    ],
)
def test_no_other_address_is(url: str) -> None:
    message, hint = refuse(WebUrl, url)

    assert "is not a web address" in message
    assert hint == "it must start with https:// or http://"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-11-20", "2026-11-20"),
        (" 2026-1-2 ", "2026-01-02"),
        ("2026-11-20T23:59:59-11:00", "2026-11-20"),
        ("2026-11-20 10:00:00 +0100", "2026-11-20"),
        ("2024-02-29", "2024-02-29"),
        (datetime.date(2026, 11, 20), "2026-11-20"),
    ],
)
def test_a_day_is_taken_as_it_is_written(written: object, day: str) -> None:
    assert take(Day, written).isoformat() == day


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        *((text, "no_such_day") for text in ("2026-02-30", "2026-13-01", "0000-01-01")),
        *((text, "date_type") for text in ("", "20.11.2026", "2026-11", "today")),
        *((text, "date_type") for text in ("2026-11-20x", "٢٠٢٦-11-20", "12026-11-20")),
        *((number, "date_type") for number in (0, 86400, 20261120, True)),
        (1.5, "date_type"),
        (None, "date_type"),
        ([], "date_type"),
    ],
)
def test_nothing_else_is_a_day(written: object, kind: str) -> None:
    with pytest.raises(ValidationError) as caught:
        take(Day, written)

    assert caught.value.errors()[0]["type"] == kind


@given(st.text())
def test_a_subscribers_value_becomes_one_line(text: str) -> None:
    line = clean_line(text)

    assert not forbidden_character(line)
    assert clean_line(line) == line


def test_control_characters_become_blanks_and_overrides_vanish() -> None:
    assert clean_line("Ada\r\nBcc: x\u202e\0y ") == "Ada Bcc: x y"
    assert clean_line("  Ada  ") == "  Ada  "


@given(st.lists(st.text(max_size=8), max_size=4))
def test_many_lines_are_cleaned_as_each_by_itself(texts: list[str]) -> None:
    assert clean_lines(texts) == [clean_line(each) for each in texts]
