"""Batches for the tests of providers: a small frozen email and numbered readers."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from newsletter.model.email import MergeField, MergeText
from newsletter.model.frozen import UNSUBSCRIBE, FrozenEmail
from newsletter.model.message import Batch, Recipient, delivery_id
from newsletter.render.message import MessageBuilder

KEY = "6f1c2d9e-7d0b-5a55-9d5e-2f6f7c1b8a90"
CAMPAIGN = "3f8e6a0c5b7d4e1f9a2b6c8d0e4f7a13"
MOMENT = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


def an_email(**values: object) -> FrozenEmail:
    """An email with a name and an unsubscribe link in subject, HTML and text."""
    given: dict[str, object] = {
        "subject": MergeText(("hi ", ", a friday letter – №3"), (1,)),
        "text": MergeText(("hi ", "\n\nleave: ", "\n"), (1, 0)),
        "html": MergeText(("<p>hi ", '</p><a href="', '">leave</a>'), (1, 0)),
        "fields": (MergeField(UNSUBSCRIBE), MergeField("first_name", "there")),
        "from_name": "mo, from the second chair",
        "from_address": "mo@letter.example.com",
        "reply_to": "answers@letter.example.com",
        "list_id": "the-second-chair.letter.example.com",
        "list_name": "the second chair",
        "base_url": "https://letter.example.com",
        "unsubscribe_mailto": "leave@letter.example.com",
    }
    return FrozenEmail(**(given | values))  # type: ignore[arg-type]


def a_recipient(
    email: FrozenEmail, number: int, *, name: str = "", address: str = ""
) -> Recipient:
    """Reader `number` of the email."""
    known = {"first_name": name or f"Zoë {number}"}
    token = f"token-{number}"
    return Recipient(
        number,
        address or f"reader{number}@example.com",
        delivery_id(CAMPAIGN, number),
        token,
        email.values(known, token),
    )


def a_batch(
    recipients: int | Iterable[Recipient] = 2,
    *,
    email: FrozenEmail | None = None,
    key: str = KEY,
    mime: Callable[[Recipient], bytes] | None = None,
) -> Batch:
    """A batch of so many readers, or of the given ones."""
    email = email or an_email()
    if isinstance(recipients, int):
        recipients = [a_recipient(email, n) for n in range(1, recipients + 1)]
    builder = MessageBuilder(email, CAMPAIGN)
    return Batch(
        key=key,
        campaign=CAMPAIGN,
        number=7,
        moment=MOMENT,
        email=email,
        recipients=list(recipients),
        mime=mime or (lambda recipient: builder.build(recipient, MOMENT)),
    )
