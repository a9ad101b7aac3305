"""A problem reads like the message of a good compiler."""

import pytest

from newsletter.model.problem import Problem, Severity


@pytest.mark.parametrize(
    ("line", "column", "place"),
    [(4, 3, "issues/x.md:4:3"), (4, 0, "issues/x.md:4"), (0, 3, "issues/x.md")],
)
def test_a_place_has_what_is_known_of_it(line: int, column: int, place: str) -> None:
    problem = Problem(
        code="c", message="m", file="issues/x.md", line=line, column=column
    )

    assert problem.place == place


def test_a_problem_is_one_line_with_place_severity_hint_and_code() -> None:
    problem = Problem(
        code="unknown-key",
        message="unknown key `titel`",
        hint="did you mean `title`?",
        file="issues/x.md",
        line=4,
        column=3,
        severity=Severity.WARNING,
    )

    assert str(problem) == (
        "issues/x.md:4:3: warning: unknown key `titel`; "
        "did you mean `title`? [unknown-key]"
    )


def test_a_problem_without_a_hint_is_an_error_without_one() -> None:
    assert str(Problem(code="c", message="m", file="f")) == "f: error: m [c]"


def test_whatever_a_problem_quotes_it_is_one_printable_line() -> None:
    problem = Problem(
        code="c",
        message="`a\r\n::error::b` and \x1b[31m, \u2028 and \u202e",
        hint="c\n\x9bd",
        file="issues/a\n\x1b.md",
    )

    assert str(problem).isprintable()
    assert problem.message == "`a ::error::b` and [31m, and"
    assert problem.hint == "c d"
    assert problem.file == "issues/a\n\x1b.md"
