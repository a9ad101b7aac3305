"""A DNS of the test's own names, and ways to say what was found."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack

import pytest

from newsletter.providers.dns import Dns
from newsletter.sending.doctor.finding import Finding
from tests.rig.dns import Names, dns_server

Knows = Callable[[Names], Dns]


@pytest.fixture
def knows() -> Iterator[Knows]:
    """A DNS that knows these names: `knows({"TXT example.com": ["v=spf1 -all"]})`."""
    with ExitStack() as servers:

        def start(names: Names) -> Dns:
            server = servers.enter_context(dns_server(names))
            return Dns("127.0.0.1", server.port, seconds=8.0)

        yield start


def told(findings: Iterable[Finding]) -> list[str]:
    """`check verdict` of each."""
    return [f"{each.check} {each.verdict}" for each in findings]


def the(findings: Iterable[Finding], check: str) -> Finding:
    """The first finding of a check."""
    return next(each for each in findings if each.check == check)
