"""What a reply of an SMTP server is, and whose fault a refusal is.

RFC 5321 §4.2 has the codes, RFC 3463 the enhanced ones. A code never tells by itself
who is refused: `550 5.7.1` is about the sender, `550 5.1.1` about the mailbox.
"""

import re
from dataclasses import dataclass
from enum import Enum

from newsletter.model.event import Bounce
from newsletter.providers.bounces import bounce_class

CLOSING = 421
GO_AHEAD = 354

# As Postfix, Exim and Amazon SES say it; a name has a digit in it, other words do not.
_QUEUE_ID = re.compile(
    r"(?:\bqueued as |\bid[=:] ?|^(?:2\.\d\.\d )?ok:? )(?=\S*\d)([\w.@+-]{6,100})",
    re.IGNORECASE | re.ASCII,
)
_MAX_SHOWN = 300


class Phase(Enum):
    """The command a reply answers; `CONTENT` is the dot at a message's end."""

    MAIL = "MAIL FROM"
    RCPT = "RCPT TO"
    DATA = "DATA"
    CONTENT = "the message"


class Meaning(Enum):
    """What a reply means for the message at hand.

    `RECIPIENT`: refused for good, because of the mailbox. `OURS`: refused for good,
    because of the sender, the content or the login, so that others will be refused
    too. `LATER`: this recipient cannot be served now. `BUSY`: nobody can. `UNKNOWN`:
    there was no reply.
    """

    ACCEPTED = "accepted"
    RECIPIENT = "recipient"
    OURS = "ours"
    LATER = "later"
    BUSY = "busy"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply, of one line or several."""

    code: int
    lines: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether the server did what it was asked."""
        return 200 <= self.code < 300

    @property
    def later(self) -> bool:
        """Whether trying again may help."""
        return 400 <= self.code < 500

    @property
    def queue_id(self) -> str:
        """The server's name for a message it has taken; empty where it tells none."""
        found = _QUEUE_ID.search(self.lines[-1])
        return found.group(1) if found else ""

    def __str__(self) -> str:
        """The reply to be shown: one line, printable, not too long."""
        words = " ".join(line.strip() for line in self.lines)
        text = "".join(c if c.isprintable() else " " for c in f"{self.code} {words}")
        return text.strip()[:_MAX_SHOWN]


def meaning(reply: Reply, phase: Phase) -> Meaning:
    """Sort a reply by what it means for the message, and for those after it."""
    if reply.ok:
        return Meaning.ACCEPTED
    if reply.later:
        # 452 and 454 are about the server or the sender's rate, whenever they come.
        one = phase in (Phase.RCPT, Phase.CONTENT) and reply.code not in (452, 454)
        return Meaning.LATER if one else Meaning.BUSY
    if phase in (Phase.MAIL, Phase.DATA):
        return Meaning.OURS
    kind = bounce_class(str(reply))
    if kind is not Bounce.UNKNOWN:
        return Meaning.OURS if kind is Bounce.POLICY else Meaning.RECIPIENT
    # A refused RCPT is the recipient's, unless the command itself was refused: it came
    # at the wrong time, or without a login.
    command = reply.code in (500, 502, 503, 530, 534, 535, 538)
    return Meaning.RECIPIENT if phase is Phase.RCPT and not command else Meaning.OURS
