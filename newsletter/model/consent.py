"""What a subscriber agreed to, how and when; and the mail that goes to one person."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ConsentKind(StrEnum):
    """What somebody said: asked to join, confirmed it, or asked for no more mail.

    `imported` is what another service's file says about it.
    """

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    IMPORTED = "imported"
    WITHDRAWN = "withdrawn"


class NoticeKind(StrEnum):
    """Mail to one person, beside the campaigns."""

    CONFIRMATION = "confirmation"
    WELCOME = "welcome"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One line of the record that proves consent (GDPR Art. 7(1)); never changed.

    `address` is as typed then, `source` the form's URL, the command or the file, `text`
    the very words that were shown, `note` such as the confirmation mail's id. Without
    `at` it is said now.
    """

    kind: ConsentKind
    at: datetime | None = None
    address: str = ""
    ip: str = ""
    user_agent: str = ""
    source: str = ""
    text: str = ""
    note: str = ""
