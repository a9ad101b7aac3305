"""Rules about what an inbox shows before a mail is opened: subject and preheader."""

from collections.abc import Iterator

from newsletter.check.case import Case, IssueRule
from newsletter.model.problem import Problem

SUBJECT = (10, 78)
"""Characters of a subject: shorter says nothing, longer is cut by every inbox."""

PREHEADER = (40, 90)
"""Characters of a preheader: what inboxes show beside a subject."""


def subject(case: Case) -> Iterator[Problem]:
    """The subject is as long as an inbox shows."""
    length = len(case.for_everybody(case.email.subject))
    low, high = SUBJECT
    if not low <= length <= high:
        yield case.writing.problem(
            "subject-length",
            f"the subject has {length} characters",
            f"{low} to {high} are read whole; set `subject:`",
            case.writing.at("subject", "title"),
        )


def preheader(case: Case) -> Iterator[Problem]:
    """There is a preheader, as long as an inbox shows, and it says something new."""
    writing = case.writing
    text = case.for_everybody(case.email.preheader)
    place = writing.at("preheader", "description")
    low, high = PREHEADER
    if not text:
        yield writing.problem(
            "preheader",
            "there is no preheader",
            f"set `preheader:` to {low}–{high} characters; inboxes show it",
            writing.at("title"),
        )
    elif text.casefold() == case.for_everybody(case.email.subject).casefold():
        yield writing.problem(
            "preheader",
            "the preheader only repeats the subject",
            "say what the subject leaves out; inboxes show both",
            place,
        )
    elif not low <= len(text) <= high:
        yield writing.problem(
            "preheader",
            f"the preheader has {len(text)} characters",
            f"{low} to {high} fit beside a subject",
            place,
        )


RULES: tuple[IssueRule, ...] = (subject, preheader)
