"""What became of trying one link."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How it ended."""

    FINE = "fine"
    GONE = "gone"
    FAILING = "failing"
    PRIVATE = "private"
    REFUSED = "refused"
    NO_HOST = "no host"
    UNTRIED = "untried"


@dataclass(frozen=True, slots=True)
class Answer:
    """How it ended and why; `moved` is where the page has gone for good, if it has."""

    outcome: Outcome
    detail: str = ""
    moved: str = ""
