"""Rules about the issue as a whole: that there is one, and that it is ready."""

import re
from collections.abc import Iterator, Sequence

from newsletter.check.case import Case, IssueRule
from newsletter.config.validate import did_you_mean
from newsletter.model.issue import IssueStatus
from newsletter.model.problem import Problem, Severity

WORDS = (50, 5000)
"""Words of an issue: fewer look like a slip, more are read by nobody at once."""

# Fences around `key: value` lines; between two plain rules stands a text.
_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n[A-Za-z_][\w-]*:.*\n(?:-?[^-\n].*\n|\n)*---")
_TAG = re.compile(r"<[^<>]*>")


def empty(case: Case) -> Iterator[Problem]:
    """There is something to read, and it is the text that is meant."""
    place = (case.issue.body_line, 1)
    if not _words(case):
        yield case.writing.problem(
            "empty",
            "the issue has no text",
            "write something below the front matter",
            place,
            Severity.ERROR,
        )
    elif _FRONT_MATTER.match(case.issue.body):
        yield case.writing.problem(
            "front-matter-in-body",
            "the body begins with a second front matter",
            "readers would see it; remove it",
            place,
            Severity.ERROR,
        )


def _words(case: Case) -> int:
    """How many words there are to read, those in an author's own HTML among them."""
    words = case.email.words
    if not case.publication.trusted_html:
        return words
    return max(words, len(_TAG.sub(" ", case.issue.body).split()))


def word_count(case: Case) -> Iterator[Problem]:
    """It is as long as a letter is."""
    words = _words(case)
    low, high = WORDS
    if not words or low <= words <= high:
        return
    hint = "is the rest still missing?" if words < low else "make two issues of it"
    yield case.writing.problem(
        "word-count",
        f"the issue has {words:,} {'word' if words == 1 else 'words'}",
        f"most have {low} to {high:,}; {hint}",
        (case.issue.body_line, 1),
    )


def status(case: Case) -> Iterator[Problem]:
    """Whether the author calls it ready; and keys that are kept but not used."""
    writing = case.writing
    if case.issue.status is IssueStatus.DRAFT:
        yield writing.problem(
            "draft",
            "the issue is a draft and will not be sent",
            "set `status: ready`",
            writing.at("status"),
        )
    for key in case.issue.extra:
        yield writing.problem(
            "own-key",
            f"`{key}` means nothing to newsletter",
            "it is kept as it is",
            writing.at(key),
            Severity.INFO,
        )


def defaults(case: Case) -> Iterator[Problem]:
    """A merge tag has a default for the subscribers who have no such value."""
    email = case.email
    for item, line in zip(email.fields, email.field_lines, strict=True):
        if not item.default and item.name in ("first_name", "last_name", "name"):
            tag = re.compile(rf"\{{\{{\s*{item.name}\s*\}}\}}")
            written = case.writing.lines[line - 1 : line]
            found = tag.search(written[0]) if written else None
            yield case.writing.problem(
                "merge-default",
                f"{{{{ {item.name} }}}} is empty for who gave no name",
                f'write {{{{ {item.name} | default("there") }}}}',
                (line or 1, found.start() + 1 if found else 1),
            )


def provider(case: Case) -> Iterator[Problem]:
    """Who is to deliver it is somebody we know: `send` would end there."""
    known, publication = case.writing.facts.providers, case.publication
    if known and (name := case.issue.provider) and name not in known:
        message, hint = _unknown_provider(name, known)
        place = case.writing.at("provider")
        yield case.writing.problem("front-matter", message, hint, place, Severity.ERROR)
    if known and (name := publication.provider) not in known:
        message, hint = _unknown_provider(name, known)
        line, column = publication.place("provider")
        yield Problem(
            code="config",
            message=message,
            hint=hint,
            file="newsletter.yaml",
            line=line,
            column=column,
        )


def _unknown_provider(name: str, known: Sequence[str]) -> tuple[str, str]:
    hint = did_you_mean(name, known) or f"known: {', '.join(known)}"
    return f"there is no provider `{name}`", hint


RULES: tuple[IssueRule, ...] = (empty, word_count, status, defaults, provider)
