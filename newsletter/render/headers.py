"""Writes header fields, because the standard library gets two of them wrong.

Its encoder loses blanks of long non-ASCII subjects, and folds List-Unsubscribe in the
middle of the address, which silently ends one-click unsubscribing.
"""

import base64
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

from newsletter.model.text import forbidden_character

MAX_LINE = 998
"""RFC 5322 §2.1.1, octets without the line end."""

FOLD = 76
_WORD_BYTES = 45
"""Bytes in one encoded-word: 60 of base64, 12 around; RFC 2047 allows 75."""

_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*\Z")


def field(name: str, value: str) -> bytes:
    """A field whose value is written as it is, on one line.

    Raises ValueError for a control character or a line that is too long: both are
    bugs of the caller, who has validated what a user can type.
    """
    return fields((name, value))


def fields(*items: tuple[str, str]) -> bytes:
    """Several fields whose values are written as they are; see `field`."""
    lines = [f"{name}: {value}" for name, value in items]
    joined = "".join(lines)
    if not joined.isascii() or not joined.isprintable():
        message = f"not printable ASCII in a header: {joined!r}"
        raise ValueError(message)
    if len(joined) > MAX_LINE and max(map(len, lines)) > MAX_LINE:
        message = f"a header line of more than {MAX_LINE} characters"
        raise ValueError(message)
    return ("\r\n".join(lines) + "\r\n").encode("ascii")


def text_field(name: str, text: str) -> bytes:
    """An unstructured field such as Subject: folded, and encoded where it must be."""
    return _folded(name, encode_text(text, len(name) + 2))


def phrase(text: str) -> str:
    """A display name: as it is, quoted, or as encoded-words (RFC 5322 §3.2.5)."""
    if _plain(text):
        if _ATOMS.match(text):
            return text
        quoted = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"'
    return " ".join(_encoded_words(text, FOLD))


def mailbox_field(name: str, display: str, address: str) -> bytes:
    """A field such as From: a display name, which may be empty, and one address."""
    if not display:
        return field(name, address)
    words = f"{phrase(display)} <{address}>"
    if len(name) + 2 + len(words) <= FOLD or _plain(display):
        return field(name, words)
    pieces = _encoded_words(display, FOLD - len(name) - 2)
    return _folded(name, [*pieces, f"<{address}>"])


@lru_cache(maxsize=16)
def date_field(moment: datetime) -> bytes:
    """The Date field, in UTC."""
    return field("Date", format_datetime(moment.astimezone(UTC)))


def encode_text(text: str, first_column: int) -> list[str]:
    """Cut an unstructured text into the pieces it may be folded between."""
    bad = forbidden_character(text)
    if bad:
        message = f"{bad} in a header"
        raise ValueError(message)
    if _plain(text) and "  " not in text and text.strip() == text:
        words = text.split(" ")
        if all(len(word) < FOLD - 1 for word in words):
            return words
    return _encoded_words(text, FOLD - first_column)


def _plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and "=?" not in text


def _encoded_words(text: str, first_room: int) -> list[str]:
    """UTF-8 in base64; no character is split between two words (RFC 2047 §5)."""
    words: list[str] = []
    # 12 characters around the base64, which makes 4 of every 3 bytes.
    room = max(4, min(_WORD_BYTES, (first_room - 12) // 4 * 3))
    chunk = b""
    for character in text:
        data = character.encode()
        if len(chunk) + len(data) > room:
            words.append(_encoded_word(chunk))
            chunk, room = b"", _WORD_BYTES
        chunk += data
    return [*words, _encoded_word(chunk)]


def _encoded_word(data: bytes) -> str:
    return f"=?utf-8?b?{base64.b64encode(data).decode()}?="


def _folded(name: str, pieces: list[str]) -> bytes:
    """Join the pieces with blanks, starting a new line where one would be too long."""
    lines = [f"{name}:"]
    for piece in pieces:
        if len(lines[-1]) + 1 + len(piece) > FOLD and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {piece}"
    return "\r\n".join(lines).encode("ascii") + b"\r\n"
