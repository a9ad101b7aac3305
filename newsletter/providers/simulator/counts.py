"""What a simulator has seen: counted by what it accepted, never by what it answered."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """A simulator's count at one moment.

    recipients: different addresses that got something. copies: messages accepted.
    twice: addresses that got more than one. calls: calls to send, of which `repeats`
    were recognised by their key. most_at_once: calls that were under way together.
    bytes_in: of all those calls. faults, statuses: how many calls met which, and were
    answered with which. first_at, last_at: when the first call began and the last one
    was accepted, on the machine's monotonic clock in seconds; 0 for never.
    """

    recipients: int
    copies: int
    twice: int
    calls: int
    repeats: int
    most_at_once: int
    bytes_in: int
    faults: Mapping[str, int]
    statuses: Mapping[str, int]
    first_at: float
    last_at: float

    def to_json(self) -> str:
        """The form in which it travels."""
        return json.dumps(asdict(self))


@dataclass(slots=True)
class Tally:
    """Counts while calls come in."""

    mailboxes: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    repeats: int = 0
    at_once: int = 0
    most_at_once: int = 0
    bytes_in: int = 0
    first_at: float = 0.0
    last_at: float = 0.0

    def begin(self, size: int, now: float) -> None:
        """A call of so many bytes has come in."""
        self.calls += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.bytes_in += size
        self.first_at = self.first_at or now

    def counts(self) -> Counts:
        """The count at this moment."""
        return Counts(
            recipients=len(self.mailboxes),
            copies=self.mailboxes.total(),
            twice=sum(1 for copies in self.mailboxes.values() if copies > 1),
            calls=self.calls,
            repeats=self.repeats,
            most_at_once=self.most_at_once,
            bytes_in=self.bytes_in,
            faults=dict(self.faults),
            statuses=dict(self.statuses),
            first_at=self.first_at,
            last_at=self.last_at,
        )
