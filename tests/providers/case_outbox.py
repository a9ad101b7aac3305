"""The outbox in the contract: what leaves are the files in its folder."""

import email
import email.policy
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from newsletter.providers.outbox import Outbox
from tests.providers.contract import Seen


@dataclass(frozen=True, slots=True)
class ServedOutbox:
    """An outbox in a folder of its own."""

    provider: Outbox

    def calls(self) -> list[bytes]:
        """A text for each file: a repeated call writes none."""
        return [path.read_bytes() for path in self._files()]

    def seen(self) -> list[Seen]:
        """The messages as a mail program reads them."""
        return [read_message(path.read_bytes()) for path in self._files()]

    def _files(self) -> list[Path]:
        return sorted((self.provider.path / "new").iterdir())


def read_message(data: bytes) -> Seen:
    """A whole message of RFC 5322."""
    read = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    parts = {part.get_content_type(): part for part in read.walk()}
    delivery = str(read["Message-ID"])[1:].partition("@")[0]
    return Seen(
        to=[each.addr_spec for each in read["To"].addresses],
        sender=str(read["From"]),
        reply_to=str(read["Reply-To"] or ""),
        subject=str(read["Subject"]),
        html=parts["text/html"].get_content().replace("\r\n", "\n"),
        text=parts["text/plain"].get_content().replace("\r\n", "\n"),
        headers={name: str(value) for name, value in read.items()},
        campaign=delivery.partition("-")[0],
        delivery_id=delivery,
    )


class OutboxCase:
    """A folder, and nobody at the other end."""

    name = "outbox"

    @contextmanager
    def serve(self) -> Iterator[ServedOutbox]:
        """An outbox in a folder that is removed afterwards."""
        with tempfile.TemporaryDirectory() as folder:
            yield ServedOutbox(Outbox(Path(folder)))


CASE = OutboxCase()
