"""Rules about what was sent before: a number and a slug belong to one issue."""

from collections.abc import Iterator

from newsletter.check.case import Case, IssueRule
from newsletter.model.problem import Problem, Severity


def already_sent(case: Case) -> Iterator[Problem]:
    """The slug is not that of another issue that readers have got."""
    issue, writing = case.issue, case.writing
    for sent in writing.facts.sent:
        if sent.slug != issue.slug or sent.text_hash == issue.text_hash:
            continue
        # Dated later than it was sent: this is another issue, not one that was mended.
        reused = issue.date > sent.day
        yield writing.problem(
            "already-sent",
            f"`{issue.slug}` was sent on {sent.day}, with another text",
            "give this one another `slug:`; the ledger takes them for the same issue"
            if reused
            else "readers have the old text; `newsletter diff` shows the difference",
            writing.at("slug", "title"),
            Severity.WARNING if reused else Severity.INFO,
        )
        return


def number(case: Case) -> Iterator[Problem]:
    """The number is this issue's alone."""
    issue, writing = case.issue, case.writing
    if issue.number is None:
        return
    sent = {item.slug for item in writing.facts.sent}
    for slug in writing.facts.numbers.get(issue.number, ()):
        if slug == issue.slug:
            continue
        gone = " and was sent" if slug in sent else ""
        yield writing.problem(
            "number",
            f"`{slug}` has the number {issue.number}, too{gone}",
            "give each issue a number of its own",
            writing.at("number"),
        )


RULES: tuple[IssueRule, ...] = (already_sent, number)
