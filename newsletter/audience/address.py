"""Email addresses: which ones can be mailed, and when two of them are one person's."""

import re
import unicodedata
from dataclasses import dataclass

from email_validator import (
    SPECIAL_USE_DOMAIN_NAMES,
    EmailNotValidError,
    validate_email,
)

from newsletter.errors import UsageError
from newsletter.model.text import forbidden_character

MAX_LENGTH = 254
MAX_LOCAL_LENGTH = 64
"""RFC 5321 §4.5.3.1: one longer address makes some providers refuse a whole batch."""

_ATOM = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~-"
# What nearly every address looks like. email-validator takes 40 µs for each; it has the
# last word on all that does not match, and a test proves that it agrees on what does.
_PLAIN = re.compile(
    r"(?=.{5,254}\Z)(?=[^@]{1,64}@)(?!['-])"
    rf"[{_ATOM}]+(?:\.[{_ATOM}]+)*@"
    r"(?:(?=[A-Za-z0-9-]{1,63}\.)[A-Za-z0-9](?:-?[A-Za-z0-9])*\.)+[A-Za-z]{2,63}\Z"
)
_SPECIAL_ENDS = frozenset(name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES)
_SPREADSHEET_MARKS = re.compile(r"\A['\s]+")
_IN_BRACKETS = re.compile(r"<\s*([^<>\s@:]+@[^<>\s@]+)\s*>")
_EXAMPLE = "write it as name@example.com"

_Refusal = tuple[str, str]
"""What is wrong with an address, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address as typed, and its `key`: equal for all spellings of one mailbox.

    The key is ASCII: lower case, an international domain in its A-label form.
    """

    address: str
    key: str


class AddressRefused(UsageError):
    """This is not an address that can be mailed."""

    def __init__(self, text: str, reason: str, hint: str) -> None:
        """Say of the `text` that was typed why it is refused and what to do."""
        self.reason = reason
        shown = text if len(text) <= 80 else f"{text[:79]}…"
        super().__init__(f"`{shown}` is not an address: {reason}", hint=hint)


def normalise(text: str) -> Address:
    """Read one address; blanks around it and a spreadsheet's apostrophe are dropped.

    Raises AddressRefused with the reason and what to write instead.
    """
    if _PLAIN.match(text):
        key = text.lower()
        if key.rpartition(".")[2] not in _SPECIAL_ENDS:
            return Address(text, key)
    # No address in use starts with an apostrophe, but many cells with an address do.
    return _checked(_SPREADSHEET_MARKS.sub("", text.strip()))


def _checked(text: str) -> Address:
    refusal = _not_one_address(text) or _not_only_an_address(text) or _local_part(text)
    if refusal:
        raise AddressRefused(text, *refusal)
    try:
        found = validate_email(
            text,
            check_deliverability=False,
            test_environment=True,  # lets `.test` pass, which documentation may use
            allow_smtputf8=False,
            allow_quoted_local=False,
            allow_domain_literal=False,
            allow_display_name=False,
        )
    except EmailNotValidError as error:
        reason = str(error).rstrip(".")
        reason = reason[:1].lower() + reason[1:]
        raise AddressRefused(text, reason, _EXAMPLE) from None
    key = f"{text.rpartition('@')[0]}@{found.ascii_domain}".lower()
    return Address(unicodedata.normalize("NFC", text), key)


def _not_one_address(text: str) -> _Refusal | None:
    if not text:
        return "it is blank", _EXAMPLE
    if len(text) > MAX_LENGTH:
        return f"it has more than {MAX_LENGTH} characters", _EXAMPLE
    if invisible := _invisible(text):
        return f"{invisible} in it", "delete it; most editors do not show it"
    if mark := next((mark for mark in ",;" if mark in text), ""):
        return f"`{mark}` in it", "give each address a line of its own"
    return None


def _not_only_an_address(text: str) -> _Refusal | None:
    if text.lower().startswith("mailto:"):
        return "it is a link", f"write only {text[7:]}"
    if inner := _IN_BRACKETS.search(text):
        return "there is more than the address", f"write only {inner.group(1)}"
    if "<" in text or ">" in text:
        return "there is more than the address", _EXAMPLE
    if any(character.isspace() for character in text):
        return "a blank in it", _EXAMPLE
    return None


def _local_part(text: str) -> _Refusal | None:
    """Refuse what a validator lets pass, or explains badly."""
    local = text.rpartition("@")[0]
    if text.startswith("-"):
        return "it starts with `-`", "mail programs take that for an option"
    if not local.isascii():
        letters = "".join(dict.fromkeys(c for c in local if not c.isascii()))
        return f"`{letters}` before the @", "no provider takes that; ask for another"
    if len(local) > MAX_LOCAL_LENGTH:
        return f"more than {MAX_LOCAL_LENGTH} characters before the @", _EXAMPLE
    return None


def _invisible(text: str) -> str:
    """Name the first character that cannot be seen, blanks aside, or return ''."""
    if name := forbidden_character(text):
        return name
    hidden = (c for c in text if unicodedata.category(c).startswith("C"))
    return next((f"the invisible character U+{ord(c):04X}" for c in hidden), "")
