"""A message: a delivery made concrete, what a provider is handed."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a message is for: address, unsubscribe token, a text per merge field.

    The text of the field `unsubscribe_url` is made from the token later.
    """

    subscriber_id: int
    address: str
    token: str
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class Message:
    """One email to one recipient, whole and ready.

    `delivery_id` is ours and the same for every attempt; `mime` is the RFC 5322 message
    with CRLF line ends.
    """

    delivery_id: str
    subscriber_id: int
    address: str
    mime: bytes
