"""Rules about what a reader reads: subject, preheader, images, links, leftovers."""

import re
from collections.abc import Callable, Iterator

from newsletter.model.email import Email, MergeText
from newsletter.model.issue import Issue, IssueStatus
from newsletter.model.problem import Problem, Severity
from newsletter.model.publication import Publication

SUBJECT = (10, 78)
"""Characters of a subject: shorter says nothing, longer is cut by every inbox."""

PREHEADER = (40, 90)
"""Characters of a preheader: what inboxes show beside a subject."""

# Sentences of the file that `newsletter new` writes.
_STARTER = (
    "one line that inboxes show after the subject",
    "the whole letter in two sentences",
    "write as you would to one person",
    "the headline of your opinion",
)
_LEFTOVERS = re.compile(r"\b(TK|TKTK|TODO|FIXME|XXX)\b|(?i:lorem ipsum)")
_GENERIC = frozenset(
    {"here", "click here", "this", "link", "this link", "read more", "more"}
)
_FILE_NAME = re.compile(
    r"[\w-]+\.(jpe?g|png|gif|webp|avif)\Z|(IMG|DSC)_?\d+", re.IGNORECASE
)
_SHORTENERS = re.compile(
    r"https?://(www\.)?(bit\.ly|t\.co|goo\.gl|tinyurl\.com|ow\.ly|is\.gd)/",
    re.IGNORECASE,
)

# Fences around `key: value` lines; between two plain rules stands a text.
_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n[A-Za-z_][\w-]*:.*\n(?:-?[^-\n].*\n|\n)*---")

Rule = Callable[[Issue, Email, Publication], Iterator[Problem]]


def problem(
    issue: Issue,
    code: str,
    message: str,
    hint: str,
    *,
    line: int = 1,
    severity: Severity = Severity.WARNING,
) -> Problem:
    """A problem of an issue's file."""
    return Problem(
        code=code,
        message=message,
        hint=hint,
        severity=severity,
        file=issue.file,
        line=line,
        column=1,
    )


def for_everybody(text: MergeText, email: Email) -> str:
    """A text with the defaults of its merge tags."""
    return text.join([field.default for field in email.fields])


def subject(issue: Issue, email: Email, _: Publication) -> Iterator[Problem]:
    """The subject is as long as an inbox shows."""
    length = len(for_everybody(email.subject, email))
    low, high = SUBJECT
    if not low <= length <= high:
        yield problem(
            issue,
            "subject-length",
            f"the subject has {length} characters",
            f"{low} to {high} are read whole; set `subject:`",
            line=issue.line_of("subject", "title"),
        )


def preheader(issue: Issue, email: Email, _: Publication) -> Iterator[Problem]:
    """There is a preheader, as long as an inbox shows."""
    length = len(for_everybody(email.preheader, email))
    low, high = PREHEADER
    if not length:
        yield problem(
            issue,
            "preheader",
            "there is no preheader",
            f"set `preheader:` to {low}–{high} characters; inboxes show it",
        )
    elif not low <= length <= high:
        yield problem(
            issue,
            "preheader",
            f"the preheader has {length} characters",
            f"{low} to {high} fit beside a subject",
            line=issue.line_of("preheader", "description"),
        )


def empty(issue: Issue, email: Email, _: Publication) -> Iterator[Problem]:
    """There is something to read."""
    if not email.words:
        yield problem(
            issue,
            "empty",
            "the issue has no text",
            "write something below the front matter",
            line=issue.body_line,
            severity=Severity.ERROR,
        )
    elif _FRONT_MATTER.match(issue.body):
        yield problem(
            issue,
            "front-matter-in-body",
            "the body begins with a second front matter",
            "readers would see it; remove it",
            line=issue.body_line,
            severity=Severity.ERROR,
        )


def leftovers(issue: Issue, _: Email, __: Publication) -> Iterator[Problem]:
    """No note to oneself is left in the text."""
    for number, line in _lines(issue):
        found = _LEFTOVERS.search(line)
        left = found.group() if found else next((t for t in _STARTER if t in line), "")
        if left:
            yield problem(
                issue,
                "leftover",
                f"`{left}` is still in the text",
                "write it or take it out",
                line=number,
            )


def _lines(issue: Issue) -> Iterator[tuple[int, str]]:
    """The lines that a reader reads; those of one-line texts are not known."""
    for text in (issue.title, issue.subject_line, issue.preheader_line):
        yield 1, text
    yield from enumerate(issue.tldr.split("\n"), issue.tldr_line or 1)
    yield from enumerate(issue.body.split("\n"), issue.body_line)


def alt_text(issue: Issue, email: Email, _: Publication) -> Iterator[Problem]:
    """Every image says what it shows: half of all inboxes block images at first."""
    for image in email.images:
        alt = image.alt.strip()
        if not alt or _FILE_NAME.match(alt):
            yield problem(
                issue,
                "alt-text",
                f"`{image.source}` has no alt text"
                if not alt
                else f"the alt text `{alt}` is a file name",
                "say what it shows: ![two chairs by a window](…)",
                line=image.line,
            )


def link_text(issue: Issue, email: Email, _: Publication) -> Iterator[Problem]:
    """Links say where they go, and lead there themselves."""
    for link in email.links:
        if link.text.strip().lower() in _GENERIC:
            yield problem(
                issue,
                "link-text",
                f"the link text `{link.text.strip()}` says nothing by itself",
                "name what it leads to; screen readers list links alone",
                line=link.line,
            )
        if _SHORTENERS.match(link.url):
            yield problem(
                issue,
                "short-link",
                f"`{link.url}` hides where it leads",
                "use the long address; spam filters distrust shorteners",
                line=link.line,
            )


def defaults(issue: Issue, email: Email, _: Publication) -> Iterator[Problem]:
    """A merge tag has a default for the subscribers who have no such value."""
    for item, line in zip(email.fields, email.field_lines, strict=True):
        if not item.default and item.name in ("first_name", "last_name", "name"):
            yield problem(
                issue,
                "merge-default",
                f"{{{{ {item.name} }}}} is empty for who gave no name",
                f'write {{{{ {item.name} | default("there") }}}}',
                line=line or 1,
            )


def status(issue: Issue, _: Email, __: Publication) -> Iterator[Problem]:
    """Whether the author calls it ready; and keys that are kept but not used."""
    if issue.status is IssueStatus.DRAFT:
        yield problem(
            issue,
            "draft",
            "the issue is a draft and will not be sent",
            "set `status: ready`",
        )
    for key in issue.extra:
        yield problem(
            issue,
            "own-key",
            f"`{key}` means nothing to newsletter",
            "it is kept as it is",
            severity=Severity.INFO,
        )


RULES: tuple[Rule, ...] = (
    subject,
    preheader,
    empty,
    leftovers,
    alt_text,
    link_text,
    defaults,
    status,
)
