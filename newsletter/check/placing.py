"""Finds the line and column of a problem of which only the words are known."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from newsletter.check.writing import Writing
from newsletter.model.problem import Problem

_QUOTED = re.compile(r"`([^`]+)`|(\[\^[\w-]+\])")


def placed(problems: Iterable[Problem], writing: Writing) -> Iterator[Problem]:
    """The problems, each with a line and a column where its file is this one.

    A renderer knows only the line of what stands in front matter, or not even that: the
    words that its message quotes are looked for in the file.
    """
    for problem in problems:
        if problem.column or problem.file != writing.file:
            yield problem
        else:
            line, column = _found(problem, writing)
            yield replace(problem, line=line, column=column)


def _found(problem: Problem, writing: Writing) -> tuple[int, int]:
    first, last = (problem.line, problem.line) if problem.line else (1, None)
    for quoted, note in _QUOTED.findall(problem.message):
        words = quoted or note
        for number, line in enumerate(writing.lines[first - 1 : last], first):
            if (at := line.find(words)) >= 0:
                return number, at + 1
    return max(1, problem.line), 1
