"""Makes one reader's message as a send makes it: what is looked at before there is one.

Only what a send alone can know is not real: the campaign's name and the links' token.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape

from newsletter.model.email import Email
from newsletter.model.frozen import FrozenEmail
from newsletter.model.message import Recipient, delivery_id
from newsletter.model.publication import Publication
from newsletter.render.message import MessageBuilder

CAMPAIGN = "rendered"
TOKEN = "not-a-real-token"  # noqa: S105  it stands where a subscriber's would


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The message to one reader, whole and in its parts."""

    subject: str
    preheader: str
    html: str
    text: str
    eml: bytes


def sample(
    email: Email,
    publication: Publication,
    address: str,
    known: Mapping[str, str],
    moment: datetime,
) -> Sample:
    """The message to `address`, a reader of whom `known` is known, sent at `moment`."""
    frozen = FrozenEmail.freeze(email, publication)
    recipient = Recipient(
        0, address, delivery_id(CAMPAIGN, 0), TOKEN, frozen.values(dict(known), TOKEN)
    )
    texts = recipient.values
    return Sample(
        subject=frozen.subject.join(texts),
        preheader=email.preheader.join(texts),
        html=frozen.html.join([escape(text) for text in texts]),
        text=frozen.text.join(texts),
        eml=MessageBuilder(frozen, CAMPAIGN).build(recipient, moment),
    )
