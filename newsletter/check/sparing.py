"""Says no more than an author reads: each thing once, briefly, and not without end."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from newsletter.check.prose import MOST
from newsletter.model.problem import Problem, Severity

QUOTED = 60
"""Characters of an author's own HTML that a message quotes."""

_LONG = re.compile(rf"`(.{{{QUOTED}}}).+`", re.DOTALL)
_OF_LINKS = frozenset({"link", "broken-link"})


def brief(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The problems; a page of HTML that one quotes is cut short."""
    for problem in problems:
        if problem.code == "html":
            message = _LONG.sub(r"`\1…`", problem.message)
            yield replace(problem, message=message)
        else:
            yield problem


def without_echoes(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The problems; a link that leads nowhere is not told of as a broken one, too."""
    found = list(problems)
    nowhere = {
        (item.file, item.line, item.column)
        for item in found
        if item.code == "link" and item.severity is Severity.ERROR
    }
    for item in found:
        echo = item.code in _OF_LINKS and item.severity is not Severity.ERROR
        if not echo or (item.file, item.line, item.column) not in nowhere:
            yield item


def not_too_many(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The first problems of each kind in a file, MOST of each at most."""
    told: Counter[tuple[str, str, Severity]] = Counter()
    for problem in problems:
        # By severity, too: no warning keeps an error from being told.
        kind = problem.file, problem.code, problem.severity
        told[kind] += 1
        if told[kind] <= MOST:
            yield problem
