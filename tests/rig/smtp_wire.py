"""A server that speaks SMTP as a script says, to the byte; and keeps what it was sent.

For what no real server does: odd answers, drips, a connection cut at a chosen byte.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

EHLO = b"250-wire.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n"


class Wire:
    """One connection as the script sees it."""

    def __init__(self, line: socket.socket, log: list[bytes]) -> None:
        """Talk over `line`; each piece that arrives is kept in `log`."""
        self._line = line
        self._log = log
        self._rest = b""

    def say(self, data: bytes) -> None:
        """Send these bytes."""
        self._line.sendall(data)

    def hear(self, end: bytes = b"\r\n") -> bytes:
        """Everything up to `end`; raises EOFError when the other side has closed."""
        while end not in self._rest:
            data = self._line.recv(65536)
            if not data:
                raise EOFError
            self._log.append(data)
            self._rest += data
        found, _, self._rest = self._rest.partition(end)
        return found + end

    def hear_lines(self, number: int) -> list[bytes]:
        """So many lines."""
        return [self.hear() for _ in range(number)]

    def secure(self, context: ssl.SSLContext) -> None:
        """Shake hands; where that fails, the other side was told why."""
        with suppress(ssl.SSLError):
            self._line = context.wrap_socket(self._line, server_side=True)

    def greet(self, ehlo: bytes = EHLO) -> None:
        """Say hello, and answer EHLO."""
        self.say(b"220 wire.example\r\n")
        self.hear()
        self.say(ehlo)

    def drip(self, data: bytes) -> None:
        """Send this again and again, slowly, until the other side has closed."""
        self._line.settimeout(0.02)
        while True:
            with suppress(TimeoutError):
                if not self._line.recv(1):
                    return
            self.say(data)

    def until_closed(self) -> None:
        """Listen until the other side has closed, without a word."""
        with suppress(EOFError, OSError):
            while True:
                self.hear()


class Recording:
    """Where the server listens, and the pieces that arrived, in their order."""

    def __init__(self, port: int) -> None:
        """Nothing has arrived yet."""
        self.port = port
        self.pieces: list[bytes] = []
        self.connections = 0

    @property
    def everything(self) -> bytes:
        """All bytes that arrived."""
        return b"".join(self.pieces)


@contextmanager
def wire(*scripts: Callable[[Wire], None]) -> Iterator[Recording]:
    """Serve one connection after the other, each by its script; then close them.

    A script that raises anything but EOFError fails the test that uses it.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        recording = Recording(server.getsockname()[1])
        failed: list[BaseException] = []

        def serve() -> None:
            for script in scripts:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                recording.connections += 1
                with line:
                    try:
                        script(Wire(line, recording.pieces))
                    except (EOFError, ConnectionError):
                        continue
                    except BaseException as error:  # noqa: BLE001  told below
                        failed.append(error)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield recording
        finally:
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            thread.join()
    if failed:
        raise failed[0]
