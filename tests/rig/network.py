"""Closes the network to the test process: only this machine can be reached.

An audit hook sees every connection Python makes, whichever library makes it. It cannot
be taken off again, which is what a guard should be like. Chromium has a guard of its
own (`chromium.py`).
"""

import socket
import sys

_EVENTS = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0}
_HERE = ("127.", "localhost", "::1")


class NetworkRefusedError(RuntimeError):
    """A test tried to leave this machine."""


def close() -> None:
    """Refuse, from now on, every address that is not on this machine."""
    sys.addaudithook(_guard)


def _guard(event: str, args: tuple[object, ...]) -> None:
    position = _EVENTS.get(event)
    if position is None:
        return
    sock, target = args[0], args[position]
    if isinstance(sock, socket.socket) and sock.family == socket.AF_UNIX:
        return
    host = target[0] if isinstance(target, tuple) else target
    if isinstance(host, bytes):
        host = host.decode()
    # No host at all (None, "") is what a server binds to.
    if isinstance(host, str) and host and not host.startswith(_HERE):
        message = f"a test may not reach {host!r} ({event})"
        raise NetworkRefusedError(message)
