"""Runs the studio on this machine: both addresses of `localhost` on one port."""

import asyncio
import errno
import gc
import logging
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import uvicorn

from newsletter.config.publication import environment
from newsletter.errors import UsageError
from newsletter.web.studio.app import studio
from newsletter.web.studio.desk import Desk, Options
from newsletter.web.studio.guard import KEY

LOCAL = ("127.0.0.1", "::1")
"""Where the studio listens: nothing of it can be reached from another machine."""

# "Every address of this machine", which is none that a phone could open.
_ANYWHERE = {
    "0.0.0.0": (socket.AF_INET, "127.0.0.1"),  # noqa: S104  the author has asked for it
    "::": (socket.AF_INET6, "::1"),
}
# Of the documentation's networks (RFC 5737, RFC 3849): they are nobody's.
_FAR = {socket.AF_INET: ("192.0.2.1", 9), socket.AF_INET6: ("2001:db8::1", 9)}

EDITOR = "NEWSLETTER_EDITOR"
_NOT_OURS = "--host is an address of this machine itself; 0.0.0.0 finds it"
_HINTS = {
    errno.EADDRINUSE: "another preview may run there; `--port 0` takes a free one",
    errno.EADDRNOTAVAIL: _NOT_OURS,
    socket.EAI_NONAME: _NOT_OURS,
    errno.EACCES: "ports below 1024 are for the system: take one above, as 8025 is",
}
"""What helps, by what the system says."""

_TRIES = 20
_SHUTDOWN = 2


@dataclass(frozen=True, slots=True)
class Doors:
    """The sockets that listen, all at one port, and the names they are asked by."""

    sockets: tuple[socket.socket, ...]
    port: int
    names: tuple[str, ...]

    @property
    def hosts(self) -> frozenset[str]:
        """The values of `Host` that are ours; a browser leaves the port 80 out."""
        ends = (f":{self.port}", "") if self.port == 80 else (f":{self.port}",)
        return frozenset(f"{bracketed(n)}{end}" for n in self.names for end in ends)

    def url(self, path: str = "/", key: str = "") -> str:
        """The address of a page."""
        query = f"?{KEY}={key}" if key else ""
        return f"http://{bracketed(self.names[0])}:{self.port}{path}{query}"


def open_doors(port: int, host: str = "") -> Doors:
    """Listen at `port`, 0 for any that is free; on this machine only without `host`.

    Raises UsageError when something else listens there, or `host` is not ours.
    """
    hosts = (host,) if host else LOCAL
    names = _names(host)
    for _ in range(_TRIES):
        try:
            sockets = _listen(hosts, port)
        except OSError as error:
            if port == 0 and error.errno == errno.EADDRINUSE:
                continue  # free in one family and taken in the other: the next
            raise _refused(host or LOCAL[0], port, error) from None
        return Doors(sockets, sockets[0].getsockname()[1], names)
    raise UsageError("no port is free")


def _names(host: str) -> tuple[str, ...]:
    """By which names a browser asks; the first is the one that is printed."""
    if not host:
        return ("127.0.0.1", "localhost", "::1")
    if host not in _ANYWHERE:
        return (host,)
    family, here = _ANYWHERE[host]
    found = outward_address(family)
    return (*([found] if found else []), here, "localhost")


def outward_address(family: socket.AddressFamily) -> str:
    """The address of this machine in its network; blank without a network.

    It is the one from which the system would reach the world: nothing is sent for it.
    """
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect(_FAR[family])
            found: str = sock.getsockname()[0]
    except OSError:
        return ""
    return found


def serve_studio(root: Path, doors: Doors, key: str = "") -> None:
    """Serve the studio of the publication in `root` until Ctrl-C or SIGTERM."""
    editor = environment(root).get(EDITOR, "")
    app = studio(root, Options(hosts=doors.hosts, key=key, editor=editor))
    config = uvicorn.Config(
        app,
        ws="none",
        lifespan="on",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=_SHUTDOWN,
    )
    # The command line looks for cycles rarely, because it soon ends; this goes on for
    # a week, and every rendering leaves some.
    gc.set_threshold(10_000, 10, 10)
    logging.getLogger("uvicorn.error").addFilter(_told)
    server = _Server(config, app.state.desk)
    asyncio.run(server.serve(sockets=list(doors.sockets)))


def _told(record: logging.LogRecord) -> bool:
    """Leave out what is cut off because the author has ended the studio."""
    error = record.exc_info[1] if record.exc_info else None
    cut_off = isinstance(error, asyncio.CancelledError)
    return not cut_off and "timeout graceful shutdown" not in record.getMessage()


def new_key() -> str:
    """A key that nobody guesses, for a studio that others can reach."""
    return secrets.token_urlsafe(18)


def bracketed(host: str) -> str:
    """A host as addresses write it: an IPv6 address in brackets (RFC 3986 §3.2.2)."""
    return f"[{host}]" if ":" in host else host


class _Server(uvicorn.Server):
    """Lets the open pages go when it ends: they would listen for ever."""

    def __init__(self, config: uvicorn.Config, desk: Desk) -> None:
        super().__init__(config)
        self._desk = desk

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._desk.live.close()
        super().handle_exit(sig, frame)


def _listen(hosts: Sequence[str], port: int) -> tuple[socket.socket, ...]:
    """One socket for each host, all at one port, or OSError and none."""
    made: list[socket.socket] = []
    try:
        for host in hosts:
            if (found := _socket(host, port)) is not None:
                made.append(found)
                port = port or found.getsockname()[1]
    except OSError:
        for each in made:
            each.close()
        raise
    return tuple(made)


def _socket(host: str, port: int) -> socket.socket | None:
    """A socket that listens; None for ::1 where the machine has no IPv6."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    family, kind, protocol, _, address = found[0]
    try:
        made = socket.socket(family, kind, protocol)
    except OSError:
        if host == "::1":
            return None
        raise
    try:
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(128)
    except OSError as error:
        made.close()
        if host == "::1" and error.errno == errno.EADDRNOTAVAIL:
            return None
        raise
    return made


def _refused(host: str, port: int, error: OSError) -> UsageError:
    reason = (error.strerror or str(error)).lower()
    return UsageError(
        f"cannot listen at {host}, port {port}: {reason}",
        hint=_HINTS.get(error.errno or 0, ""),
    )
