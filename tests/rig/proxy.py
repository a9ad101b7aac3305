"""A link that can be cut: passes bytes on to a server on this machine, or not."""

import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_COMMIT = b"COMMIT\0"
_HERE = "127.0.0.1"


class Link:
    """Connections to `port` on this machine, by way of another port of its own.

    While `silent` nothing gets through in either direction, and nobody is told: what a
    broken cable does. `before_commit` and `after_commit` say which of the COMMITs that
    come by is never passed on, or is and its answer lost; both end the connection.
    """

    def __init__(
        self, port: int, host: str = _HERE, *, to: str = _HERE, at: int = 0
    ) -> None:
        """Lead to that port from an address of this machine; `at` is the port there."""
        self._to = (to, port)
        self._open = threading.Event()
        self._open.set()
        self._lock = threading.Lock()
        self.commits = 0
        self.before_commit: Callable[[int], bool] = lambda _: False
        self.after_commit: Callable[[int], bool] = lambda _: False
        self._server = socket.create_server((host, at))
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Let nothing through any more."""
        self._open.clear()

    def mend(self) -> None:
        """Let everything through again, also what has waited."""
        self._open.set()

    def close(self) -> None:
        """Take no connections any more."""
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        """Pass on what both say, until one of them has nothing more to say."""
        with near, suppress(OSError), socket.create_connection(self._to) as far:
            answers = threading.Thread(target=self._pass, args=(far, near), daemon=True)
            answers.start()
            self._pass(near, far, asks=True)
            answers.join()

    def _pass(
        self, source: socket.socket, target: socket.socket, *, asks: bool = False
    ) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._open.wait()
                if asks and _COMMIT in data and self._breaks(data, target):
                    break
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _breaks(self, data: bytes, target: socket.socket) -> bool:
        with self._lock:
            self.commits += 1
            number = self.commits
        if self.after_commit(number):
            # The server does it, and the answer finds nobody.
            target.sendall(data)
            return True
        return self.before_commit(number)


@contextmanager
def link(port: int, host: str = _HERE) -> Iterator[Link]:
    """A link to a port of this machine, from one of its addresses."""
    made = Link(port, host)
    try:
        yield made
    finally:
        made.mend()
        made.close()


if __name__ == "__main__":
    # In a namespace: to a host and port, from a port of its own, until killed.
    Link(int(sys.argv[2]), to=sys.argv[1], at=int(sys.argv[3]))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
