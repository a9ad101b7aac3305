"""Asks the DNS: dnspython is used here and nowhere else."""

from dataclasses import dataclass
from typing import Any

import dns.exception
import dns.rdatatype
import dns.resolver

from newsletter.errors import NewsletterError


class DnsUnavailable(NewsletterError):
    """The DNS does not answer."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server that takes mail for a domain; `host` is empty for none (RFC 7505)."""

    preference: int
    host: str


class Dns:
    """Looks names up, by the system's servers or the one that is named.

    After a first question without an answer no further one is asked: where there is no
    network, nobody wants to wait for each.
    """

    def __init__(self, server: str = "", port: int = 53, seconds: float = 5.0) -> None:
        """Ask `server`, an IP address; wait so many seconds for an answer."""
        self._down = ""
        try:
            self._resolver = dns.resolver.Resolver(configure=not server)
        except dns.exception.DNSException:
            self._resolver = dns.resolver.Resolver(configure=False)
            self._down = "this machine knows no DNS server"
        if server:
            self._resolver.nameservers = [server]
            self._resolver.port = port
        self._resolver.lifetime = seconds
        self._resolver.timeout = seconds / 2

    def texts(self, name: str) -> list[str]:
        """The TXT records of a name; several strings of one are joined."""
        found = self._ask(name, "TXT")
        return [b"".join(each.strings).decode("utf-8", "replace") for each in found]

    def mail_servers(self, name: str) -> list[MailServer]:
        """The MX records of a domain, the preferred first."""
        found = [
            MailServer(each.preference, str(each.exchange).rstrip("."))
            for each in self._ask(name, "MX")
        ]
        return sorted(found, key=lambda each: (each.preference, each.host))

    def addresses(self, name: str) -> list[str]:
        """The IP addresses of a host."""
        return [str(each) for kind in ("A", "AAAA") for each in self._ask(name, kind)]

    def _ask(self, name: str, kind: str) -> list[Any]:
        """The records; none for a name that does not exist, or cannot.

        Raises DnsUnavailable when no server answers, or none for this name.
        """
        if self._down:
            raise DnsUnavailable(self._down)
        try:
            return list(self._resolver.resolve(f"{name.rstrip('.')}.", kind))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.Timeout, OSError):
            self._down = "the DNS does not answer"
            raise DnsUnavailable(self._down) from None
        except dns.resolver.NoNameservers:
            message = f"the servers of {name} do not answer as they should"
            raise DnsUnavailable(message) from None
        except (dns.exception.DNSException, UnicodeError):
            return []
