"""What the columns of a CSV file are called elsewhere, and what they mean to us."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Self

from newsletter.model.subscriber import SuppressionReason

MAX_KEY = 40
"""As long as a merge field in newsletter.yaml may be."""


class Role(StrEnum):
    """What a column is for."""

    ADDRESS = "address"
    NAME = "name"
    STATUS = "status"
    SUPPRESSED = "suppressed"
    LEFT = "left"
    SOURCE = "source"
    TAGS = "tags"
    JOINED = "joined"
    CONFIRMED = "confirmed"
    IP = "ip"
    SINCE = "since"
    NOTE = "note"
    UID = "uid"
    DETAILS = "details"
    IGNORED = "ignored"
    ATTRIBUTE = "attribute"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where it stands, its title, and what it means.

    `key` is the name of an attribute; `reason` why people in the column left.
    """

    index: int
    header: str
    key: str
    role: Role
    reason: SuppressionReason | None = None

    def as_role(self, role: Role) -> Self:
        """The same column, meaning something else."""
        return replace(self, role=role)


REASONS_TO_LEAVE: Mapping[str, SuppressionReason] = {
    **dict.fromkeys(
        (
            "unsub_time",
            "unsubscribed",
            "unsubscribed_at",
            "unsubscribed_on",
            "unsubscribe_date",
            "unsubscription_date",
            "unsubscribed_date",
            "date_unsubscribed",
            "opt_out",
            "optout",
            "opted_out",
            "do_not_email",
            "do_not_mail",
        ),
        SuppressionReason.UNSUBSCRIBE,
    ),
    **dict.fromkeys(
        ("clean_time", "cleaned", "cleaned_at", "bounced", "bounced_at"),
        SuppressionReason.BOUNCE,
    ),
    **dict.fromkeys(
        ("complained", "complained_at", "spam", "marked_as_spam"),
        SuppressionReason.COMPLAINT,
    ),
    **dict.fromkeys(
        ("blocked", "blocked_at", "deleted", "deleted_at"), SuppressionReason.MANUAL
    ),
}
"""Columns that say, by a time or a yes, that somebody left; blank says nothing."""

# What else may tell that somebody left: better refused than mailed to.
_DOUBTFUL = re.compile(
    r"(?:^|_)(?:(?:un|re)?subscri\w*|unsub\w*|opt(?:ed)?_?(?:in|out)|do_not|bounc\w*|"
    r"block\w*|complain\w*|cleaned|consent|active|inactive|confirm\w*|suppress\w*|"
    r"delet\w*|status|permission|disabled|enabled)(?:_|$)"
)
_HARMLESS = frozenset(
    {
        # Mailchimp's and Substack's: why they left, and what they pay for.
        "unsub_campaign_title",
        "unsub_campaign_id",
        "unsub_reason",
        "unsub_reason_other",
        "clean_campaign_title",
        "clean_campaign_id",
        "active_subscription",
    }
)

# Headers as `key_of` makes them. Mailchimp translates the title of the first column.
_ROLES: Mapping[str, Role] = {
    "email": Role.ADDRESS,
    "e_mail": Role.ADDRESS,
    "mail": Role.ADDRESS,
    "email_address": Role.ADDRESS,
    "emailaddress": Role.ADDRESS,
    "e_mail_address": Role.ADDRESS,
    "mail_address": Role.ADDRESS,
    "subscriber_email": Role.ADDRESS,
    "e_mail_adresse": Role.ADDRESS,
    "deine_e_mail_adresse": Role.ADDRESS,
    "name": Role.NAME,
    "full_name": Role.NAME,
    "fullname": Role.NAME,
    "status": Role.STATUS,
    "subscribed": Role.STATUS,
    "subscribed_to_emails": Role.STATUS,
    "subscription_status": Role.STATUS,
    "suppressed": Role.SUPPRESSED,
    "email_disabled": Role.SUPPRESSED,
    **dict.fromkeys(
        (
            "is_active",
            "subscriber_status",
            "subscribed_status",
            "email_status",
            "member_status",
            "contact_status",
            "email_permission_status",
            "subscriber_type",
            "consent",
            "marketing_consent",
            "opt_in",
            "email_opt_in",
            "accepts_marketing",
            "accepts_email_marketing",
        ),
        Role.STATUS,
    ),
    **dict.fromkeys(REASONS_TO_LEAVE, Role.LEFT),
    "source": Role.SOURCE,
    **dict.fromkeys(("tags", "labels", "subscriber_tags"), Role.TAGS),
    **dict.fromkeys(
        (
            "created_at",
            "creation_date",
            "date_added",
            "joined_at",
            "optin_time",
            "signup_date",
            "subscribed_at",
            "subscribed_on",
            "subscription_start_date",
        ),
        Role.JOINED,
    ),
    **dict.fromkeys(
        ("confirm_time", "confirmed_at", "subscription_date"), Role.CONFIRMED
    ),
    **dict.fromkeys(("confirm_ip", "optin_ip", "ip_address"), Role.IP),
    "suppressed_since": Role.SINCE,
    "suppressed_note": Role.NOTE,
    # Ours alone: a number of another service's would let its links be those of others.
    "newsletter_uid": Role.UID,
    **dict.fromkeys(("attributes", "metadata"), Role.DETAILS),
    # The other service's numbers, and what is only true there.
    **dict.fromkeys(
        (
            "id",
            "uuid",
            "leid",
            "euid",
            "secondary_id",
            "updated_at",
            "last_changed",
            "gmtoff",
            "dstoff",
            "member_rating",
        ),
        Role.IGNORED,
    ),
}

LEAVERS_FILES: Mapping[str, SuppressionReason] = {
    "unsub_time": SuppressionReason.UNSUBSCRIBE,
    "clean_time": SuppressionReason.BOUNCE,
}
"""Columns that Mailchimp's files of those who left have, and its others have not."""

# Names that mean this only when nothing else does and the cells agree.
GUESSES: Mapping[Role, tuple[str, ...]] = {
    Role.ADDRESS: ("address",),
    Role.STATUS: ("state",),
}

_SAME: Mapping[str, str] = {
    "firstname": "first_name",
    "fname": "first_name",
    "given_name": "first_name",
    "vorname": "first_name",
    "lastname": "last_name",
    "lname": "last_name",
    "surname": "last_name",
    "family_name": "last_name",
    "nachname": "last_name",
}


@lru_cache(4096)
def key_of(header: str) -> str:
    """A header as a merge field may be called: a–z, 0–9 and _; may be empty."""
    plain = unicodedata.normalize("NFKD", header).encode("ascii", "ignore").decode()
    key = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
    if key[:1].isdigit():
        key = f"x_{key}"
    key = key[:MAX_KEY].rstrip("_")
    return _SAME.get(key, key)


def role_of(key: str) -> Role:
    """What a column is for whose header has this key."""
    return _ROLES.get(key, Role.ATTRIBUTE)


def may_tell_who_left(key: str) -> bool:
    """Whether an attribute of this name looks as if it said who must not be mailed."""
    return key not in _HARMLESS and bool(_DOUBTFUL.search(key))


def recognised(headers: Iterable[str]) -> int:
    """How many of these headers are known: the more, the better the delimiter."""
    keys = [key_of(header) for header in headers]
    return sum(key in _ROLES or key in _SAME.values() for key in keys)
