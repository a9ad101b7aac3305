"""Opens SMTP sessions: connects, has the server prove itself, logs in.

TLS is required unless newsletter.yaml says `security: none`: a server that no longer
offers STARTTLS (RFC 3207) may be somebody who took the offer out on the way.
"""

import base64
import socket
import ssl
from dataclasses import dataclass, field
from typing import Literal

from newsletter.errors import ProviderStopped, ProviderUnavailable
from newsletter.providers.smtp_replies import Reply
from newsletter.providers.smtp_session import (
    Session,
    SessionClosing,
    SessionLost,
    why,
)

CONNECT_SECONDS = 10.0
"""For each of the addresses a name may have."""

_IN_BETWEEN = "nothing was sent; see whether something stands in between"
_WHICH_TLS = (
    "TLS 1.2 or newer is needed; as providers.smtp.security, `tls` goes with port 465 "
    "and `starttls` with 587"
)


def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # RFC 8996: no older one
    return context


# Which of the two it is depends on Python and OpenSSL.
_HUNG_UP = (ssl.SSLEOFError, ssl.SSLZeroReturnError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """Where mail is handed to, and as whom. The password is in no text of it."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    username: str = ""
    password: str = field(default="", repr=False)
    context: ssl.SSLContext = field(default_factory=_context, repr=False)

    def __str__(self) -> str:
        """As a person would name it."""
        return f"{self.host}:{self.port}"

    def open(self, deadline: float) -> Session:
        """Give a session that is ready to take messages, before the `deadline`.

        Raises ProviderUnavailable when the relay cannot be reached or asks to be tried
        later, ProviderStopped when it is not who it should be or refuses the login.
        """
        session = Session(self._connect(), deadline)
        try:
            self._prepare(session)
        except SessionClosing as error:
            session.close()
            raise ProviderUnavailable(self._said(str(error))) from None
        except SessionLost as error:
            session.close()
            raise ProviderUnavailable(f"{self} broke off: {error}") from error
        except OSError as error:
            session.close()
            raise self._no_tls(error) from error
        except BaseException:
            session.close()
            raise
        return session

    def _connect(self) -> socket.socket:
        try:
            address = (self.host, self.port)
            return socket.create_connection(address, CONNECT_SECONDS)
        except (OSError, UnicodeError) as error:
            message = f"{self} cannot be reached: {why(error)}"
            raise ProviderUnavailable(message) from error

    def _prepare(self, session: Session) -> None:
        if self.security == "tls":
            session.secure(self.context, self.host)
        self._expect(session.read(), "does not take mail")
        self._expect(session.greet(), "does not speak today's SMTP")
        if self.security == "starttls":
            self._start_tls(session)
        if self.username:
            self._log_in(session)

    def _start_tls(self, session: Session) -> None:
        if "STARTTLS" not in session.extensions:
            message = f"{self} does not offer STARTTLS, and is not used without"
            raise ProviderStopped(message, hint=_IN_BETWEEN)
        self._expect(session.command("STARTTLS"), "refuses STARTTLS")
        session.secure(self.context, self.host)
        self._expect(session.greet(), "does not speak today's SMTP")

    def _log_in(self, session: Session) -> None:
        offered = session.extensions.get("AUTH", "").upper().split()
        if "PLAIN" in offered:
            plain = f"\0{self.username}\0{self.password}"
            reply = session.command(f"AUTH PLAIN {_base64(plain)}")
        elif "LOGIN" in offered:
            reply = self._log_in_by_steps(session)
        else:
            raise ProviderStopped(
                f"{self} offers no login by password",
                hint="its port for sending is another one, or takes no login: then "
                "leave SMTP_USERNAME out",
            )
        if not reply.ok:
            raise self._refused(reply, "refuses the login", "see SMTP_USERNAME")

    def _log_in_by_steps(self, session: Session) -> Reply:
        reply = session.command("AUTH LOGIN")
        for word in (self.username, self.password):
            if reply.code == 334:
                reply = session.command(_base64(word))
        return reply

    def _expect(self, reply: Reply, otherwise: str) -> None:
        if not reply.ok:
            raise self._refused(reply, otherwise, "")

    def _refused(
        self, reply: Reply, what: str, hint: str
    ) -> ProviderStopped | ProviderUnavailable:
        if reply.later:
            return ProviderUnavailable(self._said(str(reply)))
        message = self._without_secrets(f"{self} {what}: {reply}")
        return ProviderStopped(message, hint=hint)

    def _said(self, reply: str) -> str:
        return self._without_secrets(f"{self} asks to be tried later: {reply}")

    def _without_secrets(self, text: str) -> str:
        """A server may well say back what it was given."""
        plain = f"\0{self.username}\0{self.password}"
        secrets = (_base64(plain), _base64(self.password), self.password)
        for secret in filter(None, secrets):
            text = text.replace(secret, "…")
        return text

    def _no_tls(self, error: OSError) -> ProviderStopped | ProviderUnavailable:
        """What it means that a handshake failed; nothing else raises OSError there."""
        if isinstance(error, ssl.SSLCertVerificationError):
            message = f"{self} cannot prove who it is: {error.verify_message}"
            return ProviderStopped(message, hint=_IN_BETWEEN)
        if isinstance(error, ssl.SSLError) and not isinstance(error, _HUNG_UP):
            reason = (error.reason or str(error)).replace("_", " ").lower()
            message = f"{self} and we agree on no TLS: {reason}"
            return ProviderStopped(message, hint=_WHICH_TLS)
        return ProviderUnavailable(f"{self} broke off: {why(error)}")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
