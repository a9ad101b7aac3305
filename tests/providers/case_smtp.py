"""SMTP in the contract: what leaves are the messages that a real server received."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from newsletter.providers.smtp import Smtp
from tests.providers.case_outbox import read_message
from tests.providers.contract import Seen
from tests.providers.relays import served
from tests.rig.smtp import Relay


@dataclass(frozen=True, slots=True)
class ServedSmtp:
    """A provider and its relay."""

    provider: Smtp
    relay: Relay

    def calls(self) -> list[bytes]:
        """A text for each message with its envelope, since each goes by itself."""
        return [
            f"{one.sender} {one.recipients}\r\n".encode() + one.data
            for one in self.relay.messages
        ]

    def seen(self) -> list[Seen]:
        """The messages as a mail program reads them."""
        return [read_message(one.data) for one in self.relay.messages]


class SmtpCase:
    """A relay on this machine that takes everything."""

    name = "smtp"

    @contextmanager
    def serve(self) -> Iterator[ServedSmtp]:
        """Start the relay, and open the provider on it."""
        with served() as (provider, relay):
            yield ServedSmtp(provider, relay)


CASE = SmtpCase()
