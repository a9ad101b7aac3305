"""No more is said than an author reads."""

from pathlib import Path

from newsletter.check.sparing import not_too_many
from newsletter.model.problem import Problem, Severity
from tests.check import small


def told(home: Path, text: str) -> list[Problem]:
    """The problems of an issue with this text below a good one."""
    small.make(home / "p", f"{small.BODY}\n{text}\n")
    return small.problems(home / "p", "letter")


def test_a_page_of_html_is_not_quoted_as_a_whole(tmp_path: Path) -> None:
    [found] = told(tmp_path, f'<div title="`a`">{"x" * 5000}</div>')

    assert found.code == "html"
    assert found.message == f'readers see `<div title="`a`">{"x" * 43}…`'


def test_short_html_is_quoted(tmp_path: Path) -> None:
    [found] = told(tmp_path, "<div>a</div>")

    assert found.message == "readers see `<div>a</div>`"


def test_of_very_many_the_first_hundred_are_told(tmp_path: Path) -> None:
    tags = "".join(f"{{{{ a{number} }}}} " for number in range(200))
    found = told(tmp_path, tags)

    assert len(found) == 100
    assert found[0].message == "unknown merge field `a0`"


def test_an_error_is_told_after_any_number_of_warnings() -> None:
    warnings = [
        Problem(
            code="link",
            message="a",
            file="a.md",
            line=line,
            severity=Severity.WARNING,
        )
        for line in range(1, 150)
    ]
    error = Problem(code="link", message="b", file="a.md", line=200)

    assert [*not_too_many([*warnings, error])] == [*warnings[:100], error]
