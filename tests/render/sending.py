"""Messages for the tests: built as a campaign builds them, read as an inbox does."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import SMTP

from newsletter.model.email import MergeField, MergeText
from newsletter.model.frozen import UNSUBSCRIBE, FrozenEmail
from newsletter.model.message import Recipient, delivery_id
from newsletter.render.message import MessageBuilder

MOMENT = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
UID = "0b6d8e6e-5f0a-4f6e-9c55-3d6f1f0e2a10"
TOKEN = "dG9rZW4tb2Ytb25l"


def a_frozen_email(
    text: MergeText | None = None, html: MergeText | None = None, **values: object
) -> FrozenEmail:
    """An email of a few words, or of the given texts; field 0 leaves, 1 is a name."""
    given: dict[str, object] = {
        "subject": MergeText(("the second chair",)),
        "text": text or MergeText(("hi ", ", leave: ", "\n"), (1, 0)),
        "html": html or MergeText(("<p>hi ", '</p><a href="', '">x</a>'), (1, 0)),
        "fields": (MergeField(UNSUBSCRIBE), MergeField("first_name", "there")),
        "from_name": "mo",
        "from_address": "mo@letter.example.com",
        "reply_to": "",
        "list_id": "the-second-chair.letter.example.com",
        "list_name": "the second chair",
        "base_url": "https://letter.example.com",
        "unsubscribe_mailto": "",
    }
    return FrozenEmail(**(given | values))  # type: ignore[arg-type]


def a_recipient(frozen: FrozenEmail, number: int = 1, **values: str) -> Recipient:
    """Subscriber `number`, with `values` as they are: not even cleaned."""
    texts = [
        frozen.unsubscribe_url(TOKEN)
        if each.name == UNSUBSCRIBE
        else each.value(values)
        for each in frozen.fields
    ]
    address = f"reader{number}@example.org"
    return Recipient(number, address, delivery_id(UID, number), TOKEN, texts)


def sent_to(frozen: FrozenEmail, number: int = 1, **values: str) -> bytes:
    """The message that subscriber `number` gets."""
    builder = MessageBuilder(frozen, UID)
    return builder.build(a_recipient(frozen, number, **values), MOMENT)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A message as Python's two parsers read it, and its decoded parts."""

    message: EmailMessage
    old: Message
    text: str
    html: str


def parsed(mime: bytes) -> Parsed:
    """Read a message with both parsers of the standard library."""
    message = message_from_bytes(mime, policy=SMTP)
    assert isinstance(message, EmailMessage)
    text, html = (_decoded(part) for part in message.iter_parts())
    return Parsed(message, message_from_bytes(mime), text, html)


def _decoded(part: Message) -> str:
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    return data.decode().replace("\r\n", "\n")
