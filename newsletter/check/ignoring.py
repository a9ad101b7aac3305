"""Leaves out what an author has chosen to ignore, if it may be ignored."""

from collections.abc import Iterable, Iterator

from newsletter.check.case import WritingRule
from newsletter.check.codes import CODES, NEVER_IGNORED
from newsletter.check.writing import Writing
from newsletter.config.validate import did_you_mean
from newsletter.model.problem import Problem


def without_ignored(problems: Iterable[Problem], writing: Writing) -> Iterator[Problem]:
    """The problems of a file without the codes that its `check: ignore:` names.

    Those of other files, such as newsletter.yaml, stay.
    """
    left_out = set(writing.ignored) - NEVER_IGNORED.keys()
    for problem in problems:
        if problem.file != writing.file or problem.code not in left_out:
            yield problem


def wrongly_ignored(writing: Writing) -> Iterator[Problem]:
    """A code that is to be ignored exists, and may be."""
    for number, code in enumerate(writing.ignored):
        place = writing.at(f"check.ignore.{number}", "check.ignore", "check")
        if code not in CODES:
            hint = did_you_mean(code, CODES, cutoff=0.6) or "see docs/problems/"
            yield writing.problem("ignore", f"there is no code `{code}`", hint, place)
        elif code in NEVER_IGNORED:
            yield writing.problem(
                "ignore",
                f"`{code}` cannot be ignored",
                f"{NEVER_IGNORED[code]}; take it out of `check: ignore:`",
                place,
            )


RULES: tuple[WritingRule, ...] = (wrongly_ignored,)
