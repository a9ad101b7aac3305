"""Ports for servers of the tests, which nobody else gets meanwhile."""

import socket


def free_port() -> int:
    """A port of 127.0.0.1 that is this process's until it ends.

    To close the socket that found it would give it away: to another server of another
    process of the tests, or to any connection. It stays, and never listens; Linux lets
    a server have the port beside it, as every server allows that (SO_REUSEADDR).
    """
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", 0))
    port: int = sock.getsockname()[1]
    # Without an object, which would close it when nobody knows it any more.
    sock.detach()
    return port
