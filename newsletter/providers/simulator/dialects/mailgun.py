"""Mailgun: one text for 1,000 recipients a call, each with variables, and no keys.

https://documentation.mailgun.com/docs/mailgun/user-manual/sending-messages/batch-sending
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar
from urllib.parse import unquote_plus

from newsletter.providers.simulator.dialects.dialect import Call, Entry, require
from newsletter.providers.simulator.wire import Reply, Request

_ERRORS: Mapping[str, tuple[int, str]] = {
    "unauthorized": (401, "Forbidden"),
    "revoked": (401, "Forbidden"),
    "quota": (402, "the account has reached its limit of messages"),
    "address": (400, "to parameter is not a valid address. please check documentation"),
    "request": (400, "the call is not well formed"),
    "too many": (400, "the number of recipients is limited to 1000"),
}


class Mailgun:
    """`POST /v3/DOMAIN/messages`: a form, multipart or urlencoded."""

    name: ClassVar[str] = "mailgun"
    path: ClassVar[str] = "/messages"
    limit: ClassVar[int] = 1000
    key_seconds: ClassVar[float | None] = None
    replays: ClassVar[bool] = False

    def read(self, request: Request) -> Call:
        """Find every `to`; each must have variables, else all would see all."""
        key = request.headers.get("authorization", "")
        require(key.startswith("Basic "), self.error("unauthorized"))
        multipart = "multipart" in request.headers.get("content-type", "")
        addresses, variables = (_multipart if multipart else _form)(request.body)
        require(bool(addresses), self.error("request", "no `to`"))
        # An object for each inside of one object, decoded or not: parsing them would
        # take longer than all the rest.
        objects = variables.count(b"{") + variables.count(b"%7B")
        complete = objects > len(addresses)
        require(complete, self.error("request", "no recipient-variables"))
        return Call(addresses)

    def answer(self, entries: Sequence[Entry]) -> Reply:
        """One id for all of them."""
        found = next((each.id for each in entries if each.id), "none")
        message = "Queued. Thank you."
        return Reply.of({"id": f"<{found}@simulator.example>", "message": message})

    def error(self, what: str, detail: str = "") -> Reply:
        """An object with a message; for a wrong key bare text."""
        status, message = _ERRORS[what]
        if status == 401:
            return Reply(status=401, body=b"Forbidden", media_type="text/plain")
        return Reply.of({"message": f"{message} {detail}".strip()}, status)


def _multipart(body: bytes) -> tuple[list[str], bytes]:
    to = [value.decode() for value in _parts(body, b"to")]
    return _split(to), next(_parts(body, b"recipient-variables"), b"")


def _parts(body: bytes, name: bytes) -> Iterator[bytes]:
    """The contents of a form's fields of one name; to search for them by a pattern
    would take longer than all the rest."""
    mark, at = b'name="%s"\r\n' % name, 0
    while (head := body.find(mark, at)) >= 0:
        begin = body.find(b"\r\n\r\n", head) + 4
        at = body.find(b"\r\n--", begin)
        if begin < 4 or at < 0:
            return
        yield body[begin:at]


def _form(body: bytes) -> tuple[list[str], bytes]:
    """Only the recipients are decoded; the rest is by far the larger part."""
    to, variables = [], b""
    for field in body.split(b"&"):
        name, _, value = field.partition(b"=")
        if name == b"to":
            to.append(value)
        elif name == b"recipient-variables":
            variables = value
    return _split([unquote_plus(b",".join(to).decode("ascii", "replace"))]), variables


def _split(to: Sequence[str]) -> list[str]:
    """A `to` may hold several addresses, separated by commas."""
    return [each.strip() for value in to for each in value.split(",") if each]
