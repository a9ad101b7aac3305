"""Who asks: the client's address, as far as proxies are to be believed."""

import ipaddress
from collections.abc import Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

UNKNOWN = "0.0.0.0"  # noqa: S104  stands for nobody; nothing is bound to it

_HOPS = 20
"""Entries of X-Forwarded-For that are looked at."""


class Proxies:
    """Those whose word on the client's address is taken."""

    def __init__(self, trusted: Sequence[str]) -> None:
        """Trust these addresses and networks."""
        self._networks: list[Network] = [ipaddress.ip_network(each) for each in trusted]

    def client(self, peer: str, forwarded: Sequence[str]) -> str:
        """The address of who asked, of a connection from `peer`.

        `forwarded` are the values of X-Forwarded-For. Each proxy adds at the end whom
        it was asked by: they are read from there, as long as the one who wrote them is
        trusted; what a client has put in front is never reached.
        """
        found = _read(peer)
        if found is None:
            # A Unix socket has no address: only a proxy of ours can be behind it.
            return self._last(forwarded) if not peer else UNKNOWN
        named = [name for line in forwarded for name in line.split(",")][-_HOPS:]
        while named and self._trusts(found):
            before = _read(named.pop().strip())
            if before is None:
                break
            found = before
        return str(found)

    def _last(self, forwarded: Sequence[str]) -> str:
        named = ",".join(forwarded).split(",")
        found = _read(named[-1].strip())
        return UNKNOWN if found is None else str(found)

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


def network(client: str) -> str:
    """What is limited together: an IPv4 address, or the /64 of one household."""
    found = _read(client)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return client


def _read(text: str) -> Address | None:
    try:
        found = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return mapped or found
