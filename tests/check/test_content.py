"""Rules about what a reader reads: each fires where it should, and only there."""

from typing import Any

import pytest

from newsletter.check.check import check
from newsletter.model.problem import Problem, Severity
from tests.render.making import FILE, an_issue, rendered, sample

GOOD: dict[str, Any] = {
    "title": "pull up the second chair",
    "preheader": "send the questions early, and see who turns up to answer",
}
TAG = '{{ first_name | default("there") }}'


def problems(body: str = "words", **values: Any) -> list[Problem]:
    """What is found in an issue that is good but for `values`, and that it is short."""
    given = GOOD | values
    found = check(an_issue(body, **given), rendered(body, **given), sample())
    return [item for item in found if item.code != "word-count"]


def codes(body: str = "words", **values: Any) -> list[tuple[str, int]]:
    return [(item.code, item.line) for item in problems(body, **values)]


def test_a_good_issue_has_no_problems() -> None:
    body = (
        f"hi {TAG}\n\n[the checklist](https://a.example) ![two chairs](chairs.jpg)\n\n"
        "the toolkit of a todoist is no reminder\n\n---\n\nmore\n\n---\n\nend"
    )

    assert codes(body) == []


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"title": "short"}, [("subject-length", 1)]),
        ({"title": "x" * 79}, [("subject-length", 1)]),
        ({"title": "x" * 79, "subject": "x" * 78}, []),
        ({"title": "x" * 10}, []),
        ({"subject": f"{TAG}, x"}, [("subject-length", 1)]),
        ({"subject": f"{TAG}, pull up"}, []),
        ({"preheader": ""}, [("preheader", 1)]),
        ({"preheader": "", "description": "x" * 50}, []),
        ({"preheader": "x" * 39}, [("preheader", 1)]),
        ({"preheader": "x" * 91}, [("preheader", 1)]),
        ({"preheader": "x" * 90}, []),
        ({"title": "x" * 50, "preheader": "X" * 50}, [("preheader", 1)]),
        (
            {"title": "A b, " + "x" * 50, "subject": "another"}
            | {"preheader": "a «B»: " + "x" * 50},
            [("preheader", 1), ("subject-length", 1)],
        ),
        (
            {"title": f"{TAG} {'x' * 50}", "subject": "the other one"}
            | {"preheader": f"{TAG} {'x' * 50}"},
            [("preheader", 1)],
        ),
        ({"title": "…" * 50, "preheader": "?" * 50}, []),
        ({"preheader": f"{TAG}{'x' * 34}"}, [("preheader", 1)]),
        ({"preheader": f"{TAG}{'x' * 80}"}, []),
        ({"status": "draft"}, [("draft", 1)]),
        ({"status": "ready"}, []),
        ({"extra": {"mood": "good"}}, [("own-key", 1)]),
    ],
)
def test_what_stands_above_the_body(
    values: dict[str, Any], found: list[tuple[str, int]]
) -> None:
    assert codes(**values) == found


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("", [("empty", 10)]),
        ("![two chairs](chairs.jpg)", []),
        (
            "---\ntitle: twice\ntags:\n- a\n\ndate: x\n---\n\nwords",
            [("front-matter-in-body", 10)],
        ),
        ("\n\n---\ntitle: twice\n---\nwords", [("front-matter-in-body", 10)]),
        ("---\n\nwords\n\n---\n\nmore", []),
        ("---\nwords: more\n\nand more", []),
        ("one\ntwo TODO three", [("leftover", 11)]),
        ("TK\n\nTKTK", [("leftover", 10), ("leftover", 12)]),
        ("XXX FIXME", [("leftover", 10), ("leftover", 10)]),
        ("Lorem ipsum dolor", [("leftover", 10)]),
        ("a\n\n![](chairs.jpg)", [("alt-text", 12)]),
        ("a ![IMG_2041](chairs.jpg)", [("alt-text", 10)]),
        ("a ![two-chairs.JPG](chairs.jpg)", [("alt-text", 10)]),
        ("a\n\n[here](https://a.example)", [("link-text", 12)]),
        ("[Click here](https://a.example)", [("link-text", 10)]),
        ("[*this*](https://a.example)", [("link-text", 10)]),
        ("[more of it](https://a.example)", []),
        ("a\n[the list](https://bit.ly/x)", [("short-link", 11)]),
        ("[the list](https://www.TinyURL.com/x)", [("short-link", 10)]),
        ("[the list](https://a.example/bit.ly/x)", []),
        ("hi\n{{ first_name }}", [("merge-default", 11)]),
        (
            "{{ name }}\n\n{{ last_name }}",
            [("merge-default", 10), ("merge-default", 12)],
        ),
        ("{{ email }} {{ company }}", []),
        ("a\n{{ nobody }}", [("merge-tag", 11)]),
        ("[a](javascript:x)", [("link", 10)]),
        ("a\n\n![two chairs](gone.jpg)", [("image", 12)]),
        ("a\n\n[^x]: b", [("footnote", 12)]),
    ],
)
def test_what_stands_in_the_body(body: str, found: list[tuple[str, int]]) -> None:
    assert codes(body) == found


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"tldr": "one\ntwo TK"}, [("leftover", 5)]),
        ({"tldr": "one\n\n[here](https://a.example)"}, [("link-text", 6)]),
        ({"tldr": "![](chairs.jpg)"}, [("alt-text", 4)]),
        ({"tldr": "{{ name }}"}, [("merge-default", 4)]),
        ({"title": "TK: a good title"}, [("leftover", 1)]),
        ({"subject": "hi {{ first_name }}, hello"}, [("merge-default", 1)]),
    ],
)
def test_what_stands_in_the_texts_around_the_body(
    values: dict[str, Any], found: list[tuple[str, int]]
) -> None:
    assert codes(**values) == found


def test_only_what_would_embarrass_stops_a_send() -> None:
    severities = {
        item.code: item.severity
        for body, values in (
            ("", {"status": "draft", "extra": {"mood": "x"}, "title": "x"}),
            (
                "---\na: b\n---\nTK [here](https://bit.ly/x) ![](chairs.jpg)",
                {"preheader": ""},
            ),
            ("{{ name }}", {}),
        )
        for item in problems(body, **values)
    }

    errors = {code for code, level in severities.items() if level is Severity.ERROR}
    assert errors == {"empty", "front-matter-in-body"}
    assert severities["own-key"] is Severity.INFO
    assert len(severities) == 11


def test_a_problem_says_where_it_is_and_what_to_do() -> None:
    for item in problems("TK [here](https://bit.ly/x)", title="x", preheader=""):
        assert item.file == FILE
        assert item.column > 0
        assert item.hint


def test_html_and_notes_that_readers_would_see_are_told() -> None:
    found = problems("a <b>bold</b> word and a note[^gone] of nothing\n")

    assert {"html", "footnote"} <= {problem.code for problem in found}
