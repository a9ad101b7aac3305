"""Stops a campaign before it does harm: to its readers, or to the sender's name."""

from collections import Counter
from dataclasses import dataclass

from newsletter.model.event import Bounce, EventKind

MIN_SENT = 200
"""Handed-over messages before shares mean anything."""

COMPLAINTS = 0.003
"""Gmail and Yahoo: a rate of 0.3 % must never be reached."""

HARD_BOUNCES = 0.05
"""Amazon SES reviews an account at 5 % bounces."""

POLICY_BOUNCES = 0.01
"""Refusals of the sender: our fault, and every further message repeats it."""

POLICY_REFUSALS = 10
"""So many of them are enough before shares mean anything: a short list has no share."""

FAILURES = 40
"""Calls that failed one after another, with growing pauses: about a quarter of an hour,
so that ten minutes without a network are waited for."""

UNKNOWN = 3
"""Calls of unknown outcome one after another, when none may be repeated."""

REFUSED = 20
"""Recipients refused one after another, each alone: then it is not their address."""


@dataclass(slots=True)
class Breaker:
    """Counts what goes wrong in a row."""

    failures: int = 0
    unknown: int = 0
    refused: int = 0

    def accepted(self) -> None:
        """The provider took a message: what went wrong is no row any more."""
        self.failures = self.unknown = self.refused = 0

    def in_a_row(self) -> str:
        """Why to pause because calls fail; empty for no reason."""
        if self.failures >= FAILURES:
            return f"{self.failures} calls failed one after another"
        if self.unknown >= UNKNOWN:
            return (
                f"{self.unknown} calls broke off one after another, "
                "and none of them may be repeated"
            )
        if self.refused >= REFUSED:
            return (
                f"the provider refused {self.refused} recipients one after another, "
                "each of them alone"
            )
        return ""


def in_all(told: Counter[str], sent: int, rejected: int) -> str:
    """Why to pause because of what was told of messages; empty for no reason.

    `sent` is how many the provider has taken, `rejected` how many recipients it refused
    at once, as an SMTP server does: whoever sent to them.
    """
    whole = sent + rejected
    policy = told[_kind(Bounce.POLICY)]
    refused = f"{policy:,} of {whole:,} were refused because of the sender"
    if whole < MIN_SENT:
        return refused if policy >= POLICY_REFUSALS else ""
    hard = told[_kind(Bounce.HARD)] + rejected
    complaints = told[str(EventKind.COMPLAINED)]
    if complaints >= COMPLAINTS * whole:
        share = f"{complaints / whole:.1%}"
        return f"{complaints:,} of {whole:,} readers complained ({share})"
    if hard >= HARD_BOUNCES * whole:
        share = f"{hard / whole:.0%}"
        return f"{hard:,} of {whole:,} addresses do not exist ({share})"
    if policy >= POLICY_BOUNCES * whole:
        return refused
    return ""


def _kind(bounce: Bounce) -> str:
    return f"{EventKind.BOUNCED} {bounce}"
