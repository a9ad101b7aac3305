"""Hands messages to an SMTP server one after the other, and knows what became of each.

Where the server takes commands in groups (RFC 2920), the end of one message and the
envelope of the next leave together: one round trip per message instead of four. Never
more than one message is on its way, so that a connection which breaks off leaves one
recipient in doubt and no more.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic

from newsletter.model.message import Recipient
from newsletter.providers.smtp_replies import GO_AHEAD, Meaning, Phase, Reply, meaning
from newsletter.providers.smtp_session import Session, SessionClosing, SessionLost

STOP_AFTER = 3
"""Refusals in a row that are our fault, after which the others would be refused too."""


# A pattern that begins with a letter is searched for several times as fast as bytes
# can be counted or replaced.
_BARE_CR = re.compile(rb"\r(?!\n)")
_BARE_LF = re.compile(rb"\n(?<!\r\n)")
_DOT = re.compile(rb"\n\.")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it goes over the wire: dots stuffed, CRLF at its end."""

    recipient: Recipient
    data: bytes

    @classmethod
    def of(cls, recipient: Recipient, message: bytes) -> "Letter":
        """Make one of an RFC 5322 message.

        Raises ValueError for what must never leave: a line break that is not CRLF could
        make a server see the end of the message, and the next command, in the middle
        of it (SMTP smuggling); and bytes that not every server takes.
        """
        if _BARE_CR.search(message) or _BARE_LF.search(message):
            error = "there is a bare line break in the message"
            raise ValueError(error)
        if not message.isascii():
            error = "the message is not ASCII"
            raise ValueError(error)
        if not message.endswith(b"\r\n"):
            message += b"\r\n"
        # RFC 5321 §4.5.2
        first = b"." if message.startswith(b".") else b""
        return cls(recipient, first + _DOT.sub(b"\n..", message))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message, the words for it, and the server's name for it."""

    recipient: Recipient
    meaning: Meaning
    text: str
    queue_id: str = ""


class Transfer:
    """The messages of one batch, over one session.

    `outcomes` has all that were dealt with; `ended` says why the others were not, and
    that the session cannot be used again; it is empty when all went its way.
    """

    def __init__(self, session: Session, sender: str, until: float) -> None:
        """Send as `sender`; begin no message after `until` (monotonic)."""
        self.outcomes: list[Outcome] = []
        self.ended = ""
        self._session = session
        self._sender = sender
        self._until = until
        self._grouped = "PIPELINING" in session.extensions
        self._sized = "SIZE" in session.extensions
        size = session.extensions.get("SIZE", "").strip()
        self._limit = int(size) if size.isascii() and size.isdigit() else 0
        self._on_its_way: Letter | None = None
        self._go_ahead = False

    def run(self, letters: Iterator[Letter]) -> None:
        """Hand over what there is time for; whatever the server does, raises nothing.

        What making a message raises is raised, and ends the session.
        """
        try:
            self._hand_over(letters)
        except SessionClosing as error:
            self.ended = f"the relay ended the session: {error}"
        except SessionLost as error:
            self.ended = str(error)
            if self._on_its_way is not None:
                text = f"the connection broke off after the message: {error}"
                lost = Outcome(self._on_its_way.recipient, Meaning.UNKNOWN, text)
                self.outcomes.append(lost)
        except BaseException:
            self._session.close()
            raise
        if self.ended:
            self._session.close()

    def refused_by_our_fault(self) -> bool:
        """Whether the last refusals in a row say that the others are refused too."""
        last = [outcome.meaning for outcome in self.outcomes[-STOP_AFTER:]]
        return last == [Meaning.OURS] * STOP_AFTER

    def _hand_over(self, letters: Iterator[Letter]) -> None:
        letter = self._next(letters)
        if letter is not None:
            self._session.write(self._opening(letter))
        while letter is not None:
            accepted = self._envelope(letter)
            if self._stop():
                return
            following = self._next(letters)
            if accepted:
                self._content(letter, following)
            else:
                self._clear(following)
            if self._stop():
                return
            letter = following

    def _next(self, letters: Iterator[Letter]) -> Letter | None:
        """The next message that the server takes by its size (RFC 1870)."""
        if monotonic() > self._until:
            return None
        for letter in letters:
            size = len(letter.data)
            if not self._limit or size <= self._limit:
                return letter
            text = f"the message has {size:,} bytes, the relay takes {self._limit:,}"
            self.outcomes.append(Outcome(letter.recipient, Meaning.OURS, text))
            if self.refused_by_our_fault():
                break
        return None

    def _stop(self) -> bool:
        """Whether to go no further: closing then discards an envelope under way."""
        busy = self.outcomes and self.outcomes[-1].meaning is Meaning.BUSY
        if busy or self.refused_by_our_fault():
            self.ended = self.outcomes[-1].text
        return bool(self.ended)

    def _commands(self, letter: Letter) -> list[tuple[Phase, bytes]]:
        size = f" SIZE={len(letter.data)}" if self._sized else ""
        return [
            (Phase.MAIL, f"MAIL FROM:<{self._sender}>{size}\r\n".encode("ascii")),
            (Phase.RCPT, f"RCPT TO:<{letter.recipient.address}>\r\n".encode("ascii")),
            (Phase.DATA, b"DATA\r\n"),
        ]

    def _opening(self, letter: Letter | None) -> bytes:
        """What may be sent of an envelope before the reply to what went before."""
        if letter is None or not self._grouped:
            return b""
        return b"".join(line for _, line in self._commands(letter))

    def _envelope(self, letter: Letter) -> bool:
        """Read (and without grouping send) the envelope; False when it was refused."""
        refused: Phase | None = None
        self._go_ahead = False
        for phase, line in self._commands(letter):
            if not self._grouped:
                if refused is not None:
                    break
                self._session.write(line)
            reply = self._session.read()
            self._go_ahead = phase is Phase.DATA and reply.code == GO_AHEAD
            if refused is None and not self._expected(reply, phase):
                self._note(letter, reply, phase)
                refused = phase
        if self._go_ahead and refused is Phase.MAIL:
            # Even an empty message might be delivered then.
            message = "it asks for a message from a sender it refuses"
            raise SessionLost(message)
        return refused is None

    def _expected(self, reply: Reply, phase: Phase) -> bool:
        good = self._go_ahead if phase is Phase.DATA else reply.ok
        if not good and reply.code < 400:
            message = f"the answer to {phase.value} makes no sense: {reply}"
            raise SessionLost(message)
        return good

    def _content(self, letter: Letter, following: Letter | None) -> None:
        """Send the message. Until its end has been sent, it has not been taken."""
        self._session.write(letter.data)
        self._on_its_way = letter
        try:
            self._session.write(b".\r\n" + self._opening(following))
            reply = self._session.read()
        except SessionClosing as error:
            self._on_its_way = None
            self.outcomes.append(Outcome(letter.recipient, Meaning.BUSY, str(error)))
            raise
        if 300 <= reply.code < 400:
            message = f"the answer to a message makes no sense: {reply}"
            raise SessionLost(message)
        self._on_its_way = None
        self._note(letter, reply, Phase.CONTENT)

    def _clear(self, following: Letter | None) -> None:
        """Leave a refused envelope behind.

        A server may ask for the message in spite of it, when it reads in groups: then
        it gets none (RFC 2920 §3.1).
        """
        end = b".\r\n" if self._go_ahead else b"RSET\r\n"
        self._session.write(end + self._opening(following))
        self._session.read()

    def _note(self, letter: Letter, reply: Reply, phase: Phase) -> None:
        self.outcomes.append(
            Outcome(letter.recipient, meaning(reply, phase), str(reply), reply.queue_id)
        )
