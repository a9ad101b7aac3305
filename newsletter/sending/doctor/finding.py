"""What the doctor found: one sentence for each thing that was looked at."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from newsletter.errors import NewsletterError


class Verdict(StrEnum):
    """How it stands; a `problem` keeps mail from leaving or from arriving."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what was found, and as `hint` what to do."""

    check: str
    verdict: Verdict
    message: str
    hint: str = ""


def ok(check: str, message: str) -> Finding:
    """All is well with it."""
    return Finding(check, Verdict.OK, message)


def warning(check: str, message: str, hint: str) -> Finding:
    """Mail goes out and arrives, but not as well as it could."""
    return Finding(check, Verdict.WARNING, message, hint)


def problem(check: str, message: str, hint: str) -> Finding:
    """Mail does not go out, or does not arrive."""
    return Finding(check, Verdict.PROBLEM, message, hint)


def not_checked(check: str, message: str, hint: str = "") -> Finding:
    """Nobody knows, and why."""
    return Finding(check, Verdict.NOT_CHECKED, message, hint)


def looked_at(check: str, look: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """What `look` finds; `not checked` when it cannot look."""
    try:
        return list(look())
    except NewsletterError as error:
        return [not_checked(check, error.message, error.hint)]
