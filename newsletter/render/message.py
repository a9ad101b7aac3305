"""Builds MIME messages fast: everything is encoded once, and joined per recipient.

multipart/alternative, text first, quoted-printable, CRLF. A value stands between two
soft line breaks, so that what surrounds it need not be encoded again. Images that the
message carries itself are in a multipart/related with the HTML that shows them.
"""

import binascii
import re
from datetime import datetime
from html import escape

from newsletter.model.email import MergeText
from newsletter.model.frozen import FrozenEmail
from newsletter.model.message import Recipient
from newsletter.model.text import clean_line
from newsletter.render.headers import (
    date_field,
    field,
    fields,
    mailbox_field,
    phrase,
    text_field,
)
from newsletter.render.inline_images import inline_parts

_SOFT_BREAK = b"=\r\n"
# One line that quoted-printable leaves as it is; a leading dot would be stuffed.
_SIMPLE = re.compile(
    r"[A-Za-z0-9,'():/_+-][A-Za-z0-9 .,'():/_+-]{0,72}[A-Za-z0-9/_-]\Z"
)
# binascii encodes a blank at the end of a line after it has counted the line's length.
_OVERLONG = re.compile(rb"^([^\r\n]{74,75})(=20|=09)(?=\r)", re.MULTILINE)


class MessageBuilder:
    """Makes the messages of one campaign; immutable, so no field of one recipient can
    end up with another."""

    def __init__(self, email: FrozenEmail, campaign_uid: str) -> None:
        """Encode all that is the same for every recipient of the campaign."""
        self._email = email
        self._uid = campaign_uid
        # "=_" cannot occur in quoted-printable text, so the boundary never does.
        boundary = f"=_{campaign_uid}"
        self._top = self._static_headers(boundary)
        self._subject = (
            None
            if email.subject.slots
            else text_field("Subject", email.subject.join(()))
        )
        self._chunks: list[bytes] = [b""]
        self._text_slots: list[tuple[int, int]] = []
        self._html_slots: list[tuple[int, int]] = []
        mark = f"--{boundary}\r\n".encode()
        self._part(mark, b"plain", email.text, self._text_slots)
        before, after = inline_parts(email.inline_images, f"=_related_{campaign_uid}")
        self._part(b"\r\n" + mark + before, b"html", email.html, self._html_slots)
        self._chunks.append(after + f"\r\n--{boundary}--\r\n".encode())

    def build(self, recipient: Recipient, moment: datetime) -> bytes:
        """The message for one recipient; equal input gives equal bytes."""
        values = recipient.values
        in_text = [quoted_printable(value) for value in values]
        in_html = [
            quoted_printable(safe) if (safe := escape(value)) != value else encoded
            for value, encoded in zip(values, in_text, strict=True)
        ]
        chunks = self._chunks.copy()
        for index, slot in self._text_slots:
            chunks[index] = in_text[slot]
        for index, slot in self._html_slots:
            chunks[index] = in_html[slot]
        chunks[0] = self._head(recipient, moment)
        return b"".join(chunks)

    def _head(self, recipient: Recipient, moment: datetime) -> bytes:
        subject = self._subject or text_field(
            "Subject", clean_line(self._email.subject.join(recipient.values))
        )
        # Never folded: receivers look for the whole address on one line.
        return (
            fields(
                ("To", recipient.address),
                ("Message-ID", f"<{recipient.delivery_id}@{self._email.domain}>"),
                ("List-Unsubscribe", self._email.list_unsubscribe(recipient.token)),
            )
            + subject
            + date_field(moment)
            + self._top
        )

    def _static_headers(self, boundary: str) -> bytes:
        email = self._email
        reply_to = field("Reply-To", email.reply_to) if email.reply_to else b""
        listed = email.list_headers(self._uid)
        answers = listed.get("Auto-Submitted", "")
        return b"".join(
            (
                mailbox_field("From", email.from_name, email.from_address),
                reply_to,
                field("List-Unsubscribe-Post", listed["List-Unsubscribe-Post"]),
                _list_id(email.list_name, email.list_id),
                field("Feedback-ID", listed["Feedback-ID"]),
                field("Auto-Submitted", answers) if answers else b"",
                b"MIME-Version: 1.0\r\n",
                field("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
                b"\r\n",
            )
        )

    def _part(
        self,
        mark: bytes,
        kind: bytes,
        text: MergeText,
        slots: list[tuple[int, int]],
    ) -> None:
        self._chunks.append(
            mark + b"Content-Type: text/" + kind + b"; charset=utf-8\r\n"
            b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        )
        self._chunks.append(quoted_printable(text.literals[0]))
        for slot, literal in zip(text.slots, text.literals[1:], strict=True):
            self._chunks.append(_SOFT_BREAK)
            slots.append((len(self._chunks), slot))
            self._chunks.append(b"")
            self._chunks.append(_SOFT_BREAK + quoted_printable(literal))


def quoted_printable(text: str) -> bytes:
    """Encode a text; its last line leaves room for a soft line break after it."""
    if _SIMPLE.match(text):
        return text.encode("ascii")
    # Else a lone CR would pass as it is, and one before LF become two.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    encoded = binascii.b2a_qp(text.encode(), istext=True).replace(b"\n", b"\r\n")
    if len(encoded) > 76:
        encoded = _OVERLONG.sub(rb"\1=\r\n\2", encoded)
    start = encoded.rfind(b"\n") + 1
    last = encoded[start:]
    if len(last) < 76:
        return encoded
    # Not inside of an =XX.
    cut = next(at for at in (70, 69, 68) if b"=" not in last[at - 2 : at])
    return encoded[:start] + last[:cut] + _SOFT_BREAK + last[cut:]


def _list_id(name: str, identifier: str) -> bytes:
    """RFC 2919: a phrase and the identifier; the phrase is dropped when too long."""
    value = f"{phrase(name)} <{identifier}>"
    return field("List-Id", value if len(value) <= 200 else f"<{identifier}>")
