"""A rule about the day: who says "happy friday" had better not write on a Thursday."""

import re
from collections.abc import Iterator
from itertools import islice

from newsletter.check.case import WritingRule
from newsletter.check.prose import MOST, Prose, said
from newsletter.check.writing import Writing
from newsletter.model.problem import Problem, Severity

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

GREETING = 250
"""Characters at the start of a text in which "it's friday" is said to the reader."""

_DAY = f"({'|'.join(DAYS)})"
# Only what is said of the day of the letter itself. "this friday" may well be another
# one, and so may "on friday" and "your friday": they are left alone.
_LETTER = r"(?:letter|newsletter|edition|issue|mail|email|note|pick|song|tune|music)"
_ANYWHERE = re.compile(
    rf"\b(?:happy|this\s(?:fine|lovely)|(?:for|to|into)\syour)\s{_DAY}\b(?!['’])"
    rf"(?!\s(?:night|through|to|\d))"
    rf"|\b{_DAY}\s(?:greetings|letter|newsletter|edition)\b"
    rf"|\bthis\s{_DAY}['’]s\s{_LETTER}\b",
    re.IGNORECASE,
)
_GREETING = re.compile(
    rf"\b(?:today\sis|today['’]s|it['’]s|it\sis)\s{_DAY}"
    r"(?=[.,!?:;—–)]| again\b| morning\b| afternoon\b| evening\b|$)",
    re.IGNORECASE | re.MULTILINE,
)


def weekday(writing: Writing) -> Iterator[Problem]:
    """A day that is named as the letter's own is the day of its date."""
    if writing.date is None or not writing.english:
        return
    right = DAYS[writing.date.weekday()]
    for prose in writing.prose:
        for found in _said(prose) if prose.holds(DAYS) else ():
            if _day(found) != right:
                yield writing.problem(
                    "weekday",
                    f"`{said(found)}`, but {writing.date} is a {right.capitalize()}",
                    "change the day, or the date",
                    prose.place(found.start(), found.group()),
                )


def _said(prose: Prose) -> Iterator[re.Match[str]]:
    """Where a text speaks of its own day; a quote speaks of another."""
    yield from _GREETING.finditer(prose.text, 0, GREETING)
    for found in islice(_ANYWHERE.finditer(prose.text), MOST):
        start = prose.text.rfind("\n", 0, found.start()) + 1
        if not prose.text.startswith(">", start):
            yield found


def _day(found: re.Match[str]) -> str:
    return next(day for day in found.groups() if day).casefold()


def label_weekday(writing: Writing) -> Iterator[Problem]:
    """The publication's labels leave the day to the issue's date."""
    if writing.date is None or not writing.english:
        return
    right = DAYS[writing.date.weekday()]
    labels = writing.publication.labels
    for key in type(labels).model_fields:
        found = _ANYWHERE.search(str(getattr(labels, key)))
        if found and _day(found) != right:
            line, column = writing.publication.place(f"labels.{key}")
            yield Problem(
                code="weekday",
                message=f"the label `{key}` says `{said(found)}`, whatever the day",
                hint="write {weekday}: it becomes the day of the issue",
                severity=Severity.WARNING,
                file="newsletter.yaml",
                line=line,
                column=column,
            )


RULES: tuple[WritingRule, ...] = (weekday, label_weekday)
