"""What must be true of a list and its mail, in sets and names and no database."""

from dataclasses import dataclass, field

from newsletter.model.subscriber import SubscriberStatus, SuppressionReason

THEIR_WORD = {
    SuppressionReason.UNSUBSCRIBE,
    SuppressionReason.COMPLAINT,
    SuppressionReason.ERASURE,
}
LEFT = {SuppressionReason.UNSUBSCRIBE}
ERASED = {SuppressionReason.ERASURE}
SOFT_BOUNCES = 3


@dataclass
class Reader:
    """One address: what was ever said of it that nobody rightly took back.

    `status` is None, pending or active, whether or not they left; that is among the
    reasons `never` to mail. `had` are the issues in the mailbox, of which those in
    `soft` bounced since one arrived. `id` is who has the address now.
    """

    address: str
    id: int = 0
    uid: int = 0
    status: SubscriberStatus | None = None
    never: set[SuppressionReason] = field(default_factory=set)
    had: set[str] = field(default_factory=set)
    soft: set[str] = field(default_factory=set)

    @property
    def mailed(self) -> bool:
        """Whether a letter goes there now."""
        return self.status is SubscriberStatus.ACTIVE and not self.never

    @property
    def may_return(self) -> bool:
        """Whether they themselves can get the letter again."""
        return self.never <= LEFT

    def leave(self) -> None:
        """They ask for no more mail; who is unknown here cannot ask."""
        if self.status:
            self.never |= LEFT

    def confirm(self) -> None:
        """They say yes, and had said nothing worse than no."""
        assert self.may_return
        self.status = SubscriberStatus.ACTIVE
        self.never.clear()

    def forget(self) -> None:
        """Nothing is known of them, but that they are never mailed."""
        self.id, self.uid, self.status = 0, 0, None
        self.had.clear()
        self.soft.clear()
        self.never = set(ERASED)

    def unsuppress(self, *, asked: bool) -> None:
        """The author takes back what may be taken back, and all where they asked."""
        if not asked:
            assert not self.never & (THEIR_WORD - LEFT)
            self.never &= LEFT
            return
        if self.never & LEFT and self.status:
            self.status = SubscriberStatus.ACTIVE
        self.never.clear()

    def imported(self, word: str) -> None:
        """A row of a file says this."""
        if self.never & ERASED:
            return
        if word == "erasure":
            self.leave()
            self.never |= ERASED
            return
        reason = IN_FILE[word]
        if self.status is None and self.never and reason not in LEFT:
            # Nobody's address keeps its reason, unless it is told a worse one.
            if reason is SuppressionReason.COMPLAINT:
                self.never.add(reason)
            return
        if self.status is None:
            pending = word == "pending"
            self.status = (
                SubscriberStatus.PENDING if pending else SubscriberStatus.ACTIVE
            )
        if reason:
            self.never.add(reason)

    def bounced_softly(self, issue: str) -> None:
        """One more letter did not reach them; enough of them are one hard bounce."""
        self.soft.add(issue)
        if len(self.soft) >= SOFT_BOUNCES:
            self.never.add(SuppressionReason.BOUNCE)


IN_FILE = {
    "active": None,
    "pending": None,
    "": None,
    "unsubscribed": SuppressionReason.UNSUBSCRIBE,
    "bounced": SuppressionReason.BOUNCE,
    "complained": SuppressionReason.COMPLAINT,
    "blocked": SuppressionReason.MANUAL,
    "erasure": SuppressionReason.ERASURE,
}
"""What the words in a file's column of status mean."""
