"""Runs every rule over an issue and its email, or over a roundtable and its page."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from newsletter.check import (
    aims,
    braces,
    clients,
    content,
    contrast,
    headings,
    ignoring,
    images,
    inside,
    law,
    ledger,
    leftovers,
    links,
    opening,
    panel,
    size,
    weekdays,
)
from newsletter.check.case import Case, IssueRule, WritingRule
from newsletter.check.facts import Facts
from newsletter.check.ignoring import without_ignored
from newsletter.check.placing import placed
from newsletter.check.sparing import brief, not_too_many, without_echoes
from newsletter.check.writing import Writing, of_issue, of_roundtable
from newsletter.model.email import Email
from newsletter.model.issue import Issue
from newsletter.model.page import Page
from newsletter.model.problem import Problem, Severity
from newsletter.model.publication import Publication
from newsletter.model.roundtable import Roundtable

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_NOTHING_KNOWN = Facts()

_WRITING_RULES: tuple[WritingRule, ...] = (
    *leftovers.RULES,
    *weekdays.RULES,
    *images.RULES,
    *links.RULES,
    *aims.RULES,
    *braces.RULES,
    *inside.RULES,
    *headings.RULES,
    *ignoring.RULES,
)
_ISSUE_RULES: tuple[IssueRule, ...] = (
    *opening.RULES,
    *content.RULES,
    *images.ISSUE_RULES,
    *size.RULES,
    *law.RULES,
    *contrast.RULES,
    *clients.RULES,
    *ledger.RULES,
)

_WELCOME_RULES: tuple[IssueRule, ...] = (
    *opening.RULES,
    content.empty,
    content.status,
    content.defaults,
    *images.ISSUE_RULES,
    *size.RULES,
    *law.RULES,
    *contrast.RULES,
    *clients.RULES,
)
# The templates that a welcome is put into, by those of an issue.
_WELCOME_FILES = {
    "templates/email/footer.html": "templates/email/welcome_footer.html",
    "templates/email/plain.txt": "templates/email/welcome.txt",
}


def check(
    issue: Issue,
    email: Email,
    publication: Publication,
    *,
    facts: Facts = _NOTHING_KNOWN,
    pages: Iterable[Problem] = (),
) -> list[Problem]:
    """Every problem of an issue, those found while rendering among them.

    `pages` are those of the web pages that the email leads to. Sorted by file and line;
    errors stop a send, warnings and infos do not. What the author has chosen to ignore
    is left out.
    """
    writing = of_issue(issue, email, publication, facts)
    case = Case(issue, email, writing)
    found = [*email.problems, *pages, *_of_writing(writing)]
    for rule in _ISSUE_RULES:
        found += rule(case)
    return _finished(found, writing)


def check_roundtable(
    roundtable: Roundtable,
    page: Page,
    publication: Publication,
    *,
    facts: Facts = _NOTHING_KNOWN,
) -> list[Problem]:
    """Every problem of a roundtable, those found while rendering its page among them.

    Sorted, and without what is ignored, as `check` gives those of an issue.
    """
    writing = of_roundtable(roundtable, page, publication, facts)
    # Of its merge tags `braces` speaks: that a page fills some in is no use to a mail.
    found = [item for item in page.problems if item.code != "merge-tag"]
    found += _of_writing(writing)
    for rule in panel.RULES:
        found += rule(roundtable, writing)
    return _finished(found, writing)


def check_welcome(
    welcome: Issue, email: Email, publication: Publication, *, facts: Facts
) -> list[Problem]:
    """Every problem of `welcome.md`, which goes to each new reader on a day of theirs.

    It is no letter: nobody minds how short it is, what day it speaks of, or that its
    subject was used before. Sorted, as `check` gives those of an issue.
    """
    writing = replace(of_issue(welcome, email, publication, facts), date=None, page="")
    case = Case(welcome, email, writing)
    found = [*email.problems, *_of_writing(writing)]
    for rule in _WELCOME_RULES:
        found += rule(case)
    return _finished(
        [
            replace(item, file=_WELCOME_FILES.get(item.file, item.file))
            for item in found
        ],
        writing,
    )


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of the problems stops a send."""
    return any(problem.severity is Severity.ERROR for problem in problems)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Each problem once, by file and place, the worst of one place first."""
    return sorted(
        dict.fromkeys(problems),
        key=lambda p: (p.file, p.line, p.column, _ORDER[p.severity], p.code),
    )


def _of_writing(writing: Writing) -> Iterator[Problem]:
    for rule in _WRITING_RULES:
        yield from rule(writing)


def _finished(found: Iterable[Problem], writing: Writing) -> list[Problem]:
    told = without_echoes(brief(placed(found, writing)))
    return [*not_too_many(in_order(without_ignored(told, writing)))]
