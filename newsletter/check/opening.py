"""Rules about what an inbox shows before a mail is opened: subject and preheader."""

import re
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
    elif repeated := _repeated(case, text):
        yield writing.problem(
            "preheader",
            f"the preheader only repeats the {repeated}",
            f"say what the {repeated} leaves out; readers see both",
            place,
        )
    elif not low <= len(text) <= high:
        yield writing.problem(
            "preheader",
            f"the preheader has {len(text)} characters",
            f"{low} to {high} fit beside a subject",
            place,
        )


def _repeated(case: Case, preheader: str) -> str:
    """Which of the subject and the title the preheader says once more, if any."""
    # As it is written, too: a title is not merged by itself.
    said = {_words(preheader), _words(case.issue.preheader_line)} - {""}
    subject = case.for_everybody(case.email.subject)
    shown = {"subject": subject, "title": case.issue.title}
    return next((name for name, text in shown.items() if _words(text) in said), "")


def _words(text: str) -> str:
    """The words of a line, however they are set."""
    return " ".join(re.findall(r"\w+", text.casefold()))


RULES: tuple[IssueRule, ...] = (subject, preheader)
