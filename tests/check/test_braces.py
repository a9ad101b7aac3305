"""Merge tags that are not whole: readers would see their braces."""

from pathlib import Path
from typing import Any

import pytest

from newsletter.model.problem import Problem, Severity
from tests.check import small


def found(home: Path, text: str, **keys: Any) -> list[Problem]:
    """The problems with merge tags of an issue that has this text below a good one."""
    small.make(
        home / "p",
        f"{small.BODY}\n{text}\n",
        settings={"merge_fields": ["company"]},
        issue=keys,
    )
    return [
        item
        for item in small.problems(home / "p", "letter")
        if item.code[:5] == "merge"
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hi {{ first_name }, hello", "{{ first_name }"),
        ("hi {{first_name", "{{first_name"),
        ("hi {{ anything ] you", "{{ anything"),
        ('hi {{ name | default("x") }, you', '{{ name | default("x") }'),
        ("so }} it ends", "so }}"),
        ("hi first_name }}", "first_name }}"),
        ("hi {first_name}", "{first_name}"),
        ("hi { Company }", "{ Company }"),
        ("hi {company", "{company"),
        ("hi company}", "company}"),
        ('{{ name | default("x") }} }', '{{ name | default("x") }} }'),
        ('{{{ name | default("x") }}}', '{{{ name | default("x") }}}'),
        ("a {{}} b", "{{}}"),
        ("[a list](https://a.example/{{name}?b=c)", "{{name}"),
        ('{{ name | default("x") }} and {{ name', "{{ name"),
    ],
)
def test_half_a_tag_is_found(text: str, words: str, tmp_path: Path) -> None:
    [problem] = found(tmp_path, text)

    assert problem.code == "merge-tag"
    assert problem.severity is Severity.ERROR
    assert problem.message.startswith(f"`{words}` is not a whole merge tag")
    assert problem.place == f"{small.ISSUE}:13:{text.rindex(words) + 1}"


@pytest.mark.parametrize(
    "text",
    [
        "`{{ first_name }` and ``{first_name}``",
        "```\n{{ first_name }\n```",
        "~~~\n}}\n~~~",
        'hi {{ name | default("x") }} {{company}}',
        "a set {a, b} of {things}, and \\{first_name\\}",
        "## names {#name}",
        "![two chairs](images/chairs.jpg){width=96px}",
        "the name of the company",
    ],
)
def test_other_braces_are_left_alone(text: str, tmp_path: Path) -> None:
    assert found(tmp_path, text) == []


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ({"title": "two chairs for {first_name}"}, "2:23"),
        ({"tldr": "one\n\ntwo {{ name }\n"}, "8:7"),
        ({"preheader": "{{ name } " + "x" * 40}, "3:13"),
    ],
)
def test_every_text_that_is_merged_is_looked_at(
    keys: dict[str, Any], place: str, tmp_path: Path
) -> None:
    [problem] = found(tmp_path, "", **keys)

    assert problem.place == f"{small.ISSUE}:{place}"


def test_of_very_many_the_first_hundred_are_told(tmp_path: Path) -> None:
    assert len(found(tmp_path, "{{ a } " * 200)) == 100


def test_a_tag_that_is_only_half_there_stops_a_send(tmp_path: Path) -> None:
    assert found(tmp_path, "{{ name }", check={"ignore": ["merge-tag"]})
