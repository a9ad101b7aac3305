"""Finds a port for a program that has to be told one before it starts."""

import secrets
import socket

# Below those that systems hand out themselves, to whoever asks for any port and to
# each connection that goes out: of these one may be taken before the program starts,
# or while it is stopped for a moment.
_PORTS = range(15_000, 30_000)
_TRIES = 100


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses, and that nobody is given by chance."""
    for _ in range(_TRIES):
        # Not `random`: it may be seeded, and then two processes would choose the same.
        port = secrets.choice(_PORTS)
        with socket.socket() as sock:
            try:
                sock.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    message = f"no port is free, of {_TRIES} that were tried"
    raise RuntimeError(message)
