"""What every message about a bad file must be, whichever file and mistake it is."""

from collections.abc import Callable
from typing import ParamSpec

import pytest

from newsletter.errors import SourceError
from newsletter.model.problem import Problem

P = ParamSpec("P")

# What pydantic, libyaml and Python say to programmers.
JARGON = ("input should", "validation", "pydantic", "errno", "traceback", "<class")


def mistakes(
    read: Callable[P, object], *args: P.args, **kwargs: P.kwargs
) -> list[Problem]:
    """The problems that reading raises, each of them fit for a person."""
    with pytest.raises(SourceError) as caught:
        read(*args, **kwargs)
    found = [item for item in caught.value.problems if isinstance(item, Problem)]
    assert len(found) == len(caught.value.problems) > 0
    for problem in found:
        assert_for_a_person(problem)
    return found


def told(read: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> list[str]:
    """The same problems as the lines that the author sees."""
    return [str(problem) for problem in mistakes(read, *args, **kwargs)]


def assert_for_a_person(problem: Problem) -> None:
    """It has a place, says what is wrong and what to do, in one readable line."""
    text = str(problem)
    assert problem.file
    assert problem.line > 0 or problem.code == "file", text
    assert problem.column > 0 or problem.line == 0, text
    assert problem.message, text
    assert problem.hint, text
    assert "\n" not in text, text
    assert "\x1b" not in text, text
    assert len(text) < 500, text
    assert not [word for word in JARGON if word in text.lower()], text
