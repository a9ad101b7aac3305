"""YAML: read as data with places, without aliases, tags, twins and surprises."""

import contextlib
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.config.located_yaml import MAX_BYTES, MAX_DEPTH, Place, read_yaml
from newsletter.errors import SourceError
from newsletter.model.text import forbidden_character
from tests.config.mistakes import mistakes, told

# What an editor shows; anything else is refused, so it cannot survive.
VISIBLE = st.characters(
    exclude_categories=("Cc", "Cs"), exclude_characters="\u2028\u2029\ufeff\ufffe\uffff"
)
TEXT = st.text(VISIBLE, max_size=40)
KEY = TEXT.filter(lambda text: not forbidden_character(text))
DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEY, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *((word, word) for word in ("yes", "no", "on", "off", "Yes", "y", "n")),
        *((word, word) for word in ("012", "0o14", "0x1f", "1_000", "007.5", "+")),
        *((word, word) for word in ("12:30:45", "2026-11-20", "2026-02-30", ".inf")),
        *((word, word) for word in (".nan", "=", "<<", "99999999999999999999")),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("# a comment", None),
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("1.10", 1.1),
        ("1e3", 1000.0),
        ("'true'", "true"),
        ('"\\u2028 \\0"', "\u2028 \0"),
        ("{a: [1, b]}", {"a": [1, "b"]}),
    ],
)
def test_a_value_is_what_its_author_sees(written: str, value: object) -> None:
    found = read_yaml(f"key: {written}\n", file="x").data["key"]

    assert (found, type(found)) == (value, type(value))


def test_a_number_is_also_kept_as_it_was_written() -> None:
    document = read_yaml("a: 1.10\nb: '1.10'\n", file="x")

    assert document.scalars == {("a",): "1.10"}


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# nothing\n", "---\n", "%YAML 1.2\n---\n"]
)
def test_an_empty_document_has_no_keys(text: str) -> None:
    assert read_yaml(text, file="x").data == {}


def test_keys_are_text_whatever_they_look_like() -> None:
    text = "1: a\ntrue: b\n~: c\n2026-01-01: d\n<<: e\n'': f\n"

    assert [*read_yaml(text, file="x").data] == [
        "1",
        "true",
        "~",
        "2026-01-01",
        "<<",
        "",
    ]


def test_places_count_lines_and_characters_of_the_file() -> None:
    text = "🦄: x\npanel:\n  - name:  Ada\n  - {name: Bo}\ntldr: |\n  a\n"
    document = read_yaml(text, file="x", first_line=2)

    assert document.values[("🦄",)] == Place(2, 4)
    assert document.keys[("panel", 0, "name")] == Place(4, 5)
    assert document.values[("panel", 0, "name")] == Place(4, 12)
    assert document.place(("panel", 1, "role")) == Place(5, 5)
    assert document.place(("gone", 1)) == Place(1, 1)
    assert document.key_place(("panel",)) == Place(3, 1)
    assert document.key_place(("panel", 1, "role")) == Place(5, 5)
    assert document.blocks == {("tldr",)}
    assert document.key_lines() == {"🦄": 2, "panel": 3, "tldr": 6}


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a: *b\n", "1:4", "the alias *b"),
        ("a: &b c\n", "1:4", "the anchor &b"),
        ("&b a: c\n", "1:1", "the anchor &b"),
        ("a: !!python/object:os.system x", "1:4", "the tag !!python/object:os.system"),
        ("a: !!str x\n", "1:4", "the tag !!str"),
        ("a: !important\n", "1:4", "the tag !important"),
        ("- !x\n", "1:1", "`key: value` lines were expected here"),
        ("a: b\n---\nc: d\n", "2:1", "a second YAML document"),
        ("just text\n", "1:1", "`key: value` lines were expected here"),
        ("title:no blank\n", "1:1", "`key: value` lines were expected here"),
        ("- a\n", "1:1", "`key: value` lines were expected here"),
        ("? [a]\n: b\n", "1:3", "a key must be plain text"),
        ("a: {{ name }}\n", "1:5", "a key must be plain text"),
        ('"\\e[2J": b\n', "1:1", "a key must be plain text"),
        ("a: b\n c: \u2028d\n", "2:5", "the invisible character U+2028"),
        ("a: b\ufeff\n", "1:5", "the invisible character U+FEFF"),
        ("a: \uffff\n", "1:4", "the invisible character U+FFFF"),
        ("a: \ud800\n", "1:4", "the invisible character U+D800"),
    ],
)
def test_what_only_makes_trouble_is_refused(
    text: str, place: str, message: str
) -> None:
    (problem,) = mistakes(read_yaml, text, file="x")

    assert (problem.place, problem.message) == (f"x:{place}", message)


def test_billion_laughs_are_refused_at_the_first_anchor() -> None:
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 10)]
    start = time.process_time()

    found = told(read_yaml, "\n".join(["l0: &l0 lol", *levels]), file="x.yaml")

    assert found == [
        "x.yaml:1:5: error: the anchor &l0; "
        "remove it, or quote text that starts with `&` [yaml]"
    ]
    assert time.process_time() - start < 0.1


def test_all_keys_given_twice_are_named_and_the_first_value_counts() -> None:
    document = read_yaml("a: 1\nb: {c: 2, c: 3}\na: [4]\na: 5\n", file="x")

    assert [str(problem) for problem in document.problems] == [
        "x:2:11: error: `c` is given twice; the first is on line 2; keep one [yaml]",
        "x:3:1: error: `a` is given twice; the first is on line 1; keep one [yaml]",
        "x:4:1: error: `a` is given twice; the first is on line 1; keep one [yaml]",
    ]
    assert document.data == {"a": 1, "b": {"c": 2}}


def test_64_kib_are_read_and_not_a_byte_more() -> None:
    assert read_yaml("a: " + "b" * (MAX_BYTES - 3), file="x").data

    (problem,) = mistakes(read_yaml, "a: " + "ä" * (MAX_BYTES // 2), file="x")
    assert problem.message == "64 KiB of YAML; at most 64 KiB are read"


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "a: " + "[" * 60_000,
        "a: " + "{a: " * 15_000,
        "a:\n" + "- " * 30_000,
        "a:\n" + "? " * 30_000,
        "".join(f"{' ' * n}a:\n" for n in range(300)),
        "a: " + '"\\' * 30_000,
        "a: " + "9" * 60_000 + "e9",
        "a: 9" + "." * 60_000,
    ],
)
def test_no_text_takes_longer_than_a_tenth_of_a_second(text: str) -> None:
    start = time.process_time()
    with contextlib.suppress(SourceError):
        read_yaml(text, file="x")

    assert time.process_time() - start < 0.1


def test_data_may_be_nested_but_not_without_end() -> None:
    def nested(depth: int) -> str:
        return "a: " + "[" * (depth - 1) + "]" * (depth - 1)

    assert read_yaml(nested(MAX_DEPTH), file="x").data

    (problem,) = mistakes(read_yaml, nested(MAX_DEPTH + 2), file="x")
    assert problem.message == f"nested deeper than {MAX_DEPTH} levels"


@given(st.dictionaries(KEY, DATA, max_size=5))
def test_plain_data_survives(data: dict[str, Any]) -> None:
    assert read_yaml(json.dumps(data, ensure_ascii=False), file="x").data == data


@given(
    st.text(max_size=80)
    | st.text("\t\n :-#|>'\"[]{},&*!%@`?\\~ab1\u2028\0é🦄", max_size=80)
)
def test_any_text_is_data_or_a_located_mistake(text: str) -> None:
    try:
        document = read_yaml(text, file="x", first_line=2)
    except SourceError:
        assert all(
            item.line >= 2 for item in mistakes(read_yaml, text, file="x", first_line=2)
        )
    else:
        assert all(isinstance(key, str) for key in document.data)
