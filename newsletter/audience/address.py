"""Email addresses: which ones can be mailed, and when two of them are one person's."""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from email_validator import (
    SPECIAL_USE_DOMAIN_NAMES,
    EmailNotValidError,
    ValidatedEmail,
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
_SPECIAL_ENDS = "|".join({name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES})
_PLAIN = re.compile(
    r"(?=.{5,254}\Z)(?=[^@]{1,64}@)(?!['-])"
    rf"[{_ATOM}]+(?:\.[{_ATOM}]+)*@"
    r"(?:(?=[A-Za-z0-9-]{1,63}\.)[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+"
    rf"(?!(?i:{_SPECIAL_ENDS})\Z)[A-Za-z]{{2,63}}\Z"
)
_SPREADSHEET_MARKS = re.compile(r"\A['\s]+")
_IN_BRACKETS = re.compile(r"<\s*([^<>\s@:]+@[^<>\s@]+)\s*>")
# Scripts with letters that cannot be told apart. No registry sells a name that mixes
# them: https://www.icann.org/en/announcements/details/idn-guidelines, rule 5; whoever
# writes one means to be taken for somebody else.
_LOOK_ALIKE = frozenset(("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "COPTIC"))
_EXAMPLE = "write it as name@example.com"

_Refusal = tuple[str, str]
"""What is wrong with an address, and what to do about it."""


class Address(NamedTuple):
    """An address as it is mailed, and its `key`: equal for all spellings of a mailbox.

    Both are ASCII. The address is as typed, but for an international domain: that is in
    its A-label form (RFC 5891), the only one that all servers take (RFC 5321), and in
    which a look-alike is seen to be one. The key is in lower case.
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
        return Address(text, text.lower())
    # No address in use starts with an apostrophe, but many cells with an address do.
    return _checked(_SPREADSHEET_MARKS.sub("", text.strip()))


def plain(texts: Sequence[str]) -> list[bool]:
    """Which of many texts are addresses as they are; the others `normalise` reads.

    The key of such a one is itself in lower case.
    """
    return [found is not None for found in map(_PLAIN.match, texts)]


def readable(key: str) -> str:
    """A key with the letters of its domain, as people write it: `ana@münchen.de`."""
    return _validated(key).normalized if "xn--" in key else key


def mailbox(key: str) -> str:
    """Where mail for an address most likely ends, to count what one person is sent.

    Without what many servers ignore: a `+tag` and, at Gmail, dots. Never to tell people
    apart: elsewhere these are different mailboxes.
    """
    local, _, domain = key.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in ("gmail.com", "googlemail.com"):
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def _checked(text: str) -> Address:
    refusal = _not_one_address(text) or _not_only_an_address(text) or _local_part(text)
    if refusal:
        raise AddressRefused(text, *refusal)
    try:
        found = _validated(text)
    except EmailNotValidError as error:
        reason = str(error).rstrip(".")
        reason = reason[:1].lower() + reason[1:]
        raise AddressRefused(text, reason, _EXAMPLE) from None
    if mixed := _mixed(found.domain):
        raise AddressRefused(text, *mixed)
    ascii_form = f"{text.rpartition('@')[0]}@{found.ascii_domain}"
    return Address(text if text.isascii() else ascii_form, ascii_form.lower())


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


def _validated(text: str) -> ValidatedEmail:
    return validate_email(
        text,
        check_deliverability=False,
        test_environment=True,  # lets `.test` pass, which documentation may use
        allow_smtputf8=False,
        allow_quoted_local=False,
        allow_domain_literal=False,
        allow_display_name=False,
    )


def _mixed(domain: str) -> _Refusal | None:
    """Refuse a part of a domain whose letters look like other ones in it."""
    for label in domain.split("."):
        scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in label}
        if len(mixed := sorted(scripts & _LOOK_ALIKE)) > 1:
            names = " and ".join(each.title() for each in mixed)
            return f"letters of {names} in `{label}`", "type it anew; ask whose it is"
    return None


def _invisible(text: str) -> str:
    """Name the first character that cannot be seen, blanks aside, or return ''."""
    if name := forbidden_character(text):
        return name
    hidden = (c for c in text if unicodedata.category(c).startswith("C"))
    return next((f"the invisible character U+{ord(c):04X}" for c in hidden), "")
