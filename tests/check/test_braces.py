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
        # A backtick alone opens no code, and neither does one after a backslash.
        ("press the ` key.\n\nhi {{ name }, use `x` here.", "{{ name }"),
        ("press the \\` key, {{ name }, use \\`x here.", "{{ name }"),
        ("`{x}` and \\\\`{name}` and {{ name } here", "{{ name }"),
        ('{{ company | default("é") }} `{name}` {name}', "{name}"),
        ("- ```\n  {name}\n\nafter {name}", "{name}"),
        ("- one\n\n    no code: {name}", "{name}"),
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
    before = text[: text.rindex(words)].split("\n")
    place = f"{12 + len(before)}:{len(before[-1]) + 1}"
    assert problem.place == f"{small.ISSUE}:{place}"


@pytest.mark.parametrize(
    "text",
    [
        "`{{ first_name }` and ``{first_name}``",
        "```\n{{ first_name }\n```",
        "~~~\n}}\n~~~",
        "press the ` key.\n\nthen write `{name}` here.",
        '    print(f"hello {name}")',
        "- one\n\n    ```py\n    {name}\n\n" + "    a = 1\n" * 100 + "    }}\n    ```",
        "> ```\n> {name}\n> ```",
        f"`{'x' * 600} {{name}}`",
        "a `b {name}\nc {{` d",
        "a[^1]\n\n[^1]: `{name}`\n\n[^2]: nobody refers to `{{` this",
        "| `{name}` |\n|---|\n| ``a ` {{`` |",
        "$x_{name}$ and {name: 1} and {company",
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


def test_a_lone_backtick_hides_no_words(tmp_path: Path) -> None:
    text = "press the ` key.\n\nTODO lorem ipsum, happy monday\n\nuse `TK` here."
    small.make(tmp_path / "p", f"{small.BODY}\n{text}\n")

    found = small.codes(tmp_path / "p", "letter")

    assert found == {"leftover": 2, "weekday": 1}


@pytest.mark.parametrize(
    ("table", "remarks", "places"),
    [
        ({"title": "The Chair {{ first_name }} Moved"}, small.REMARKS, ["2:18"]),
        ({"consensus": "Both like {first_name}."}, small.REMARKS, ["11:22"]),
        (
            {},
            "## One\n\n**Ana:** hi {{ email }}, `{{ name }}`.\n\n**Bo:** x {name}\n",
            ["15:13", "17:11"],
        ),
        ({}, "## {{ name }}\n\n**Ana:** a\n\n**Bo:** b\n", ["13:4"]),
        ({}, "## One\n\n**Ana:** a\n\n    {{ name }}\n\n**Bo:** ` {{ a `\n", []),
    ],
)
def test_nothing_is_merged_into_a_roundtable(
    table: dict[str, Any], remarks: str, places: list[str], tmp_path: Path
) -> None:
    small.make(tmp_path / "p", table=table, remarks=remarks)

    problems = small.problems(tmp_path / "p", "table")

    assert [item.code for item in problems] == ["merge-tag"] * len(places)
    assert [item.place for item in problems] == [
        f"{small.TABLE}:{place}" for place in places
    ]
    for problem in problems:
        assert problem.severity is Severity.ERROR
        assert "merge tags work in issues only" in problem.message
        assert problem.hint == "take it out, or put it between backticks if it is none"


def test_a_tag_in_a_reason_to_hire_is_found(tmp_path: Path) -> None:
    people = small.panel()["panel"]
    people[0]["hire"] = "she wrote {{ name | default('x') }}"
    small.make(tmp_path / "p", table={"panel": people})

    [problem] = small.problems(tmp_path / "p", "table")

    assert problem.code == "merge-tag"
    assert problem.message.startswith("`{{ name | default('x') }}`")
