"""Problems for programs: the JSON that is promised, and GitHub's annotations."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from newsletter.model.problem import Problem, Severity

_COMMANDS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}


def as_data(
    problems: Sequence[Problem], *, issues: int, roundtables: int
) -> dict[str, Any]:
    """The form that docs/check.md promises: keys may be added, none taken away."""
    count = Counter(problem.severity for problem in problems)
    return {
        "issues": issues,
        "roundtables": roundtables,
        "errors": count[Severity.ERROR],
        "warnings": count[Severity.WARNING],
        "infos": count[Severity.INFO],
        "problems": [_as_data(problem) for problem in problems],
    }


def _as_data(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "message": problem.message,
        "hint": problem.hint,
    }


def as_github(problem: Problem) -> str:
    """The problem as a workflow command of GitHub Actions, on one line.

    Escaped as its runner reads it: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    properties = {"file": problem.file, "line": problem.line, "col": problem.column}
    shown = [f"{key}={_property(value)}" for key, value in properties.items() if value]
    shown.append(f"title={_property(problem.code)}")
    text = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
    return f"::{_COMMANDS[problem.severity]} {','.join(shown)}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: object) -> str:
    return _escaped(str(value)).replace(":", "%3A").replace(",", "%2C")
