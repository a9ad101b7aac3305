"""Runs every rule over an issue and its email."""

from collections.abc import Iterator

from newsletter.check import content, delivery
from newsletter.model.email import Email
from newsletter.model.issue import Issue
from newsletter.model.problem import Problem, Severity
from newsletter.model.publication import Publication

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def check(issue: Issue, email: Email, publication: Publication) -> list[Problem]:
    """Every problem of an issue, those found while rendering among them.

    Sorted by file and line; errors stop a send, warnings and infos do not.
    """
    found = [*email.problems, *_rules(issue, email, publication)]
    unique = dict.fromkeys(found)
    return sorted(
        unique, key=lambda p: (p.file, p.line, p.column, _ORDER[p.severity], p.code)
    )


def has_errors(problems: list[Problem]) -> bool:
    """Whether any of the problems stops a send."""
    return any(problem.severity is Severity.ERROR for problem in problems)


def _rules(issue: Issue, email: Email, publication: Publication) -> Iterator[Problem]:
    for rule in (*content.RULES, *delivery.RULES):
        yield from rule(issue, email, publication)
