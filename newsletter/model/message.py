"""A message is a delivery made concrete; a batch of them is what one call takes."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import NamedTuple

from newsletter.model.frozen import FrozenEmail
from newsletter.model.text import clean_line


class Recipient(NamedTuple):
    """Whom a message is for.

    `delivery_id` is ours and the same for every attempt; `token` signs the recipient's
    links; `values` has a text per merge field of the email, the links among them.
    """

    subscriber_id: int
    address: str
    delivery_id: str
    token: str
    values: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one call hands to a provider: a frozen email, and to whom it goes.

    `key` names the call for good. Everything here is the same for every attempt, so
    that a retry is byte-identical: `moment` is when the first one was made. A provider
    uses the form it needs: texts per recipient, the email's own cut texts with
    variables of the service (`email.html.substitute`), or `mime`, which makes the whole
    RFC 5322 message with CRLF line ends.
    """

    key: str
    campaign: str
    number: int
    moment: datetime
    email: FrozenEmail
    recipients: Sequence[Recipient]
    mime: Callable[[Recipient], bytes]

    def subject(self, recipient: Recipient) -> str:
        """The subject for one recipient, a single line."""
        return clean_line(self.email.subject.join(recipient.values))

    def html(self, recipient: Recipient) -> str:
        """The HTML part for one recipient; the values in it are escaped."""
        return self.email.html.join([escape(value) for value in recipient.values])

    def text(self, recipient: Recipient) -> str:
        """The plain text part for one recipient."""
        return self.email.text.join(recipient.values)

    def headers(self, recipient: Recipient) -> dict[str, str]:
        """The header fields of one recipient beyond From, To, Subject and Reply-To.

        All of them printable ASCII; List-Unsubscribe is the only one that differs from
        recipient to recipient.
        """
        leave = self.email.list_unsubscribe(recipient.token)
        return {"List-Unsubscribe": leave, **self.email.list_headers(self.campaign)}


def delivery_id(campaign: str, subscriber_id: int) -> str:
    """Our name for a delivery, of letters, digits and `-`; made of the campaign's uid.

    A hash, so that a reader cannot count the subscribers. Also the left part of the
    Message-ID, and what providers give back with their events.
    """
    return delivery_ids(campaign, [subscriber_id])[0]


def delivery_ids(campaign: str, subscriber_ids: Iterable[int]) -> list[str]:
    """The same for many of a campaign; its uid is hashed once."""
    seed = hashlib.blake2b(f"{campaign}:".encode(), digest_size=10)
    made = []
    for subscriber_id in subscriber_ids:
        each = seed.copy()
        each.update(b"%d" % subscriber_id)
        made.append(f"{campaign}-{each.hexdigest()}")
    return made


def campaign_of(delivery: str) -> str:
    """The campaign's uid in a delivery id; empty for a text that is none."""
    campaign, dash, rest = delivery.partition("-")
    return campaign if dash and len(rest) == 20 else ""
