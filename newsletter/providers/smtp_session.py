"""One SMTP session on the wire: bytes out, replies in, all under one deadline.

The standard library's client can neither send commands in groups (RFC 2920) nor end at
a deadline whatever the server does: its timeout counts anew for every byte that drips.
"""

import re
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress

from newsletter.providers.smtp_replies import CLOSING, Reply

_MAX_REPLY = 64 * 1024
_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])([^\r\n]*))?\r?\Z")


class SessionLost(Exception):
    """The session has ended, or makes no sense any more; the text says how."""


class SessionClosing(SessionLost):
    """The server closes the session (421), and did not take the command."""


class Session:
    """A connection to an SMTP server; used by one thread at a time.

    `deadline` is a moment of the monotonic clock, after which every call fails.
    `extensions` are the server's, by their names in upper case (RFC 5321 §4.1.1.1).
    """

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        """Take over a connected socket."""
        self.deadline = deadline
        self.extensions: Mapping[str, str] = {}
        self._sock = sock
        self._buffer = bytearray()
        # A message is followed by a few bytes that must not wait for its receipt.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @property
    def tls(self) -> str:
        """The version of TLS that is in use, such as `TLSv1.3`; empty without it."""
        sock = self._sock
        return (sock.version() or "") if isinstance(sock, ssl.SSLSocket) else ""

    def write(self, data: bytes) -> None:
        """Send bytes; raises SessionLost when they may not all have left."""
        try:
            self._sock.settimeout(self._left())
            self._sock.sendall(data)
        except OSError as error:
            raise SessionLost(why(error)) from error

    def read(self) -> Reply:
        """Read one reply; raises SessionLost when none that is one comes.

        Raises SessionClosing for 421, which the server may say at any moment.
        """
        lines: list[str] = []
        code = b""
        while True:
            found = _LINE.match(self._line())
            if found is None or (code and found[1] != code):
                message = "the answer is not one of an SMTP server"
                raise SessionLost(message)
            code = found[1]
            lines.append((found[3] or b"").decode("utf-8", "replace"))
            if found[2] != b"-":
                break
        reply = Reply(int(code), tuple(lines))
        if reply.code == CLOSING:
            raise SessionClosing(str(reply))
        return reply

    def command(self, line: str) -> Reply:
        """Send one command and read its reply; raises as `write` and `read` do."""
        self.write(f"{line}\r\n".encode("ascii"))
        return self.read()

    def greet(self) -> Reply:
        """Say EHLO, and keep the extensions that are offered."""
        reply = self.command(f"EHLO {self._literal()}")
        offered = (line.partition(" ") for line in reply.lines[1:])
        self.extensions = {word.upper(): rest for word, _, rest in offered}
        return reply

    def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Begin TLS; what the server said of itself before is forgotten.

        Raises ssl.SSLError when it cannot prove that it is `host`, and SessionLost when
        plain text is left over that somebody else may have put in between.
        """
        if self._buffer:
            message = "more was said than the answer to STARTTLS"
            raise SessionLost(message)
        self._sock.settimeout(self._left())
        self._sock = context.wrap_socket(self._sock, server_hostname=host)
        self.extensions = {}

    def is_alive(self) -> bool:
        """Whether the server still listens; it also forgets any open transaction."""
        try:
            return self.command("RSET").ok
        except SessionLost:
            return False

    def quit(self) -> None:
        """End the session politely, whatever the server says to that."""
        with suppress(SessionLost):
            self.write(b"QUIT\r\n")
        self.close()

    def close(self) -> None:
        """Cut the connection; a message whose end did not leave is forgotten."""
        with suppress(OSError):
            self._sock.close()

    def _line(self) -> bytes:
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > _MAX_REPLY:
                message = "the answer has no end"
                raise SessionLost(message)
            self._receive()
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line

    def _receive(self) -> None:
        try:
            self._sock.settimeout(self._left())
            data = self._sock.recv(16 * 1024)
        except OSError as error:
            raise SessionLost(why(error)) from error
        if not data:
            message = "the connection was closed"
            raise SessionLost(message)
        self._buffer += data

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _literal(self) -> str:
        """Our address as a literal (RFC 5321 §4.1.3): this machine may have no name."""
        host = str(self._sock.getsockname()[0]).partition("%")[0]
        return f"[IPv6:{host}]" if ":" in host else f"[{host}]"


def why(error: Exception) -> str:
    """The words for an error of the network."""
    if isinstance(error, TimeoutError):
        return "there was no answer in time"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
