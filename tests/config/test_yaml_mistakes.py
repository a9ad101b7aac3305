"""Syntax errors: each in an author's words, at the place to mend."""

import pytest
import yaml

from newsletter.config.located_yaml import read_yaml
from newsletter.config.yaml_mistakes import explain
from tests.config.mistakes import mistakes


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("a: @x", "1:4", "a tab, `@`, `%` or back-tick starts a value here", "quotes"),
        ("a: `x`", "1:4", "a tab, `@`, `%` or back-tick starts a value here", "quotes"),
        ("a: %x", "1:4", "a tab, `@`, `%` or back-tick starts a value here", "quotes"),
        ("a:\n\tb: c", "2:1", "starts a value here", "indent with spaces"),
        ("a: b\n\tc: d", "2:1", "a tab in the indentation", "indent with spaces"),
        ("a: fault: mine", "1:9", "a `: ` that is not expected here", "in quotes"),
        ("a: x\n  b: y", "2:4", "a `: ` that is not expected here", "line the keys up"),
        ("a: x\nhello world\n", "3:1", "a line without `key:`", "indent text"),
        ("a: - x", "1:4", "a `- ` right after the key", "a line of its own"),
        ("a: *bold* x", "1:9", "`*` or `&` starts a value here", "in quotes"),
        ("a: & co", "1:5", "`*` or `&` starts a value here", "in quotes"),
        ("a: > x", "1:6", "text right after `|` or `>`", "on the next line"),
        ("a: x\nb: [c, d\ne: f", "2:4", "a list or mapping that is not closed", "mend"),
        ("a: {b: c", "1:4", "a list or mapping that is not closed", "mend"),
        ('a: "b\nc: d\n', "1:4", "a quote is opened and never closed", "close it"),
        ("a: 'b\nc: d\n", "1:4", "a quote is opened and never closed", "close it"),
        ('a: "b\\qc"', "1:6", "`\\` and a letter", "single quotes"),
        ('a: "b\\ud800"', "1:8", "`\\` and a letter", "single quotes"),
        ("a: [draft] hello", "1:12", "does not go with what stands before", "quotes"),
        ("a: 'it's'", "1:8", "does not go with what stands before", "quotes"),
        ('a: "b" c', "1:8", "does not go with what stands before", "quotes"),
        (
            " a: b\nc: d",
            "2:1",
            "does not go with what stands before",
            "line the keys up",
        ),
        ("a: , b", "1:4", "does not go with what stands before", "quotes"),
        ("a: ]", "1:4", "does not go with what stands before", "quotes"),
    ],
)
def test_a_syntax_error_is_explained(
    text: str, place: str, message: str, hint: str
) -> None:
    (problem,) = mistakes(read_yaml, text, file="x")

    assert problem.place == f"x:{place}"
    assert message in problem.message
    assert hint in problem.hint


def test_an_error_we_have_no_words_for_keeps_its_own() -> None:
    (problem,) = mistakes(read_yaml, 'a: "b\n---\nc"', file="x")

    assert problem.message == "not YAML: found unexpected document indicator"
    assert problem.hint == "put the value in quotes"


def test_an_error_without_a_place_is_explained_too() -> None:
    message, hint, mark = explain(yaml.YAMLError("out of luck"))

    assert (message, mark) == ("not YAML: out of luck", None)
    assert hint
