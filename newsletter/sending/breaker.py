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
    """Counts what goes wrong in a row, and in all.

    `sent` is how many messages the provider has taken in this run, `rejected` how many
    recipients it refused at once, as an SMTP server does.
    """

    sent: int = 0
    rejected: int = 0
    failures: int = 0
    unknown: int = 0
    refused: int = 0

    def answered(self, accepted: int, rejected: int) -> None:
        """The provider took a batch, or at least looked at each recipient."""
        self.sent += accepted
        self.rejected += rejected
        if accepted:
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

    def in_all(self, events: Counter[str]) -> str:
        """Why to pause because of what was told of messages; empty for no reason."""
        whole = self.sent + self.rejected
        policy = events[_kind(Bounce.POLICY)]
        refused = f"{policy:,} of {whole:,} were refused because of the sender"
        if whole < MIN_SENT:
            return refused if policy >= POLICY_REFUSALS else ""
        hard = events[_kind(Bounce.HARD)] + self.rejected
        complaints = events[str(EventKind.COMPLAINED)]
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
