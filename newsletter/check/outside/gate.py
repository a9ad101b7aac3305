"""Opens connections to public addresses only, whatever a name is said to stand for.

A name is looked up once, every address it has is judged, and the connection goes to one
that was: there is no second look-up for an attacker to answer otherwise.
"""

import ipaddress
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Timer
from typing import Any

Address = tuple[Any, ...]
"""What a socket connects to: the host as a number, and the port."""

# All that is handed out of IPv6 (IANA, "IPv6 Address Space"). Whatever else there is,
# such as `::127.0.0.1` or NAT64's `64:ff9b::`, wraps an address of IPv4, which may be
# any, or stays inside a network.
_GLOBAL = ipaddress.ip_network("2000::/3")

# Refused whatever the running Python thinks of them: CPython before 3.11.10 called some
# public that are not (CVE-2024-4032). Of IPv6 the last two are Teredo and 6to4, which
# wrap an address of IPv4, too.
_NEVER = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "2001:db8::/32",
        "3fff::/20",
        "2001::/23",
        "2002::/16",
    )
]


class PrivateAddressError(OSError):
    """The name stands for an address that no reader can reach."""


class DeadlineError(OSError):
    """The time that one link may take is over."""


def is_public(address: str) -> bool:
    """Whether an address is one of the open internet: not ours, not a neighbour's."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if found.version == _GLOBAL.version and found not in _GLOBAL:
        return False
    same = (item for item in _NEVER if item.version == found.version)
    return (
        found.is_global and not found.is_multicast and not any(found in n for n in same)
    )


Resolve = Callable[[str, int], list[Address]]


def look_up(host: str, port: int) -> list[Address]:
    """Every address of a host. Raises socket.gaierror where there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [item[4] for item in found]


class Gate:
    """The way out for one link: all its connections together have `seconds`.

    `resolve` and `allowed` are what a test replaces; nothing else may.
    """

    def __init__(
        self,
        seconds: float,
        *,
        resolve: Resolve = look_up,
        allowed: Callable[[str], bool] = is_public,
    ) -> None:
        """Start the clock."""
        self._end = time.monotonic() + seconds
        self._resolve = resolve
        self._allowed = allowed
        self._open: list[socket.socket] = []
        self._alarm = Timer(seconds, self._cut)
        self._alarm.daemon = True
        self._alarm.start()

    @property
    def left(self) -> float:
        """Seconds that are left. Raises DeadlineError when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise DeadlineError
        return left

    def refuse_late(self) -> None:
        """Raise DeadlineError for what came too late: it may have been cut short."""
        assert self.left  # noqa: S101  raises by itself

    def connect(self, host: str, port: int) -> socket.socket:
        """Connect to the first address that answers.

        Raises PrivateAddressError when one of them is not public, OSError when none
        answers.
        """
        found = self._resolve(host, port)
        for address in found:
            if not self._allowed(str(address[0])):
                message = f"{host} is {address[0]}"
                raise PrivateAddressError(message)
        trouble: OSError = socket.gaierror(socket.EAI_NONAME, "no address")
        for address in found:
            try:
                return self._connected(address)
            except DeadlineError:
                raise
            except OSError as error:
                trouble = error
        raise trouble

    def _connected(self, address: Address) -> socket.socket:
        family = socket.AF_INET6 if ":" in str(address[0]) else socket.AF_INET
        made = socket.socket(family, socket.SOCK_STREAM)
        try:
            made.settimeout(self.left)
            made.connect(address)
        except BaseException:
            made.close()
            raise
        # A copy: TLS takes the socket itself over, and with it our hold on it.
        self._open.append(made.dup())
        return made

    def _cut(self) -> None:
        """Cut the connections: a server that sends a byte now and then is not heard."""
        for item in self._open:
            with suppress(OSError):
                item.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop the clock."""
        self._alarm.cancel()
        for item in self._open:
            item.close()
