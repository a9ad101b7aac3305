"""Providers for the tests of SMTP, and the relays at their other end."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from newsletter.model.publication import Publication
from newsletter.providers.smtp import Smtp
from tests.providers.contract import a_publication
from tests.rig.smtp import Relay, relay

HOST = "127.0.0.1"


def smtp_publication(port: int, **settings: Any) -> Publication:
    """A publication that sends by a relay on this machine, in the clear."""
    chosen = {"host": HOST, "port": port, "security": "none"} | settings
    return a_publication({"smtp": chosen})


def a_provider(port: int, **settings: Any) -> Smtp:
    """The provider for a relay at `port` of this machine."""
    return Smtp.from_settings(smtp_publication(port, **settings), {})


@contextmanager
def served(answers: Relay | None = None) -> Iterator[tuple[Smtp, Relay]]:
    """A provider, and a relay in the clear that answers as it is told."""
    with relay(answers or Relay()) as running:
        provider = a_provider(running.port)
        try:
            yield provider, running
        finally:
            provider.close()
