"""Postmark: 500 whole messages a call, each answered by itself, and no keys.

https://postmarkapp.com/developer/api/email-api#send-batch-emails
"""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from newsletter.providers.simulator.dialects.dialect import (
    TEXT,
    Call,
    Entry,
    require,
    texts,
)
from newsletter.providers.simulator.wire import Reply, Request

_TO = re.compile(rb'"To":\s*' + TEXT)
_ERRORS: Mapping[str, tuple[int, int]] = {
    "unauthorized": (401, 10),
    "revoked": (401, 10),
    "quota": (422, 405),
    "address": (422, 300),
    "request": (422, 402),
    "too many": (422, 410),
}


class Postmark:
    """`POST /email/batch`: a bare array of messages."""

    name: ClassVar[str] = "postmark"
    path: ClassVar[str] = "/email/batch"
    limit: ClassVar[int] = 500
    key_seconds: ClassVar[float | None] = None
    replays: ClassVar[bool] = False

    def read(self, request: Request) -> Call:
        """Find the recipient of each message."""
        key = "x-postmark-server-token" in request.headers
        require(key, self.error("unauthorized"))
        require(request.body.startswith(b"["), self.error("request"))
        addresses = texts(_TO, request.body)
        require(bool(addresses), self.error("request", "no `To`"))
        return Call(addresses, whole=False)

    def answer(self, entries: Sequence[Entry]) -> Reply:
        """An entry for each, with a code of its own; 406 is an inactive address."""
        at = "2026-11-21T12:00:00Z"
        return Reply.of(
            [
                {
                    "To": each.address,
                    "SubmittedAt": at,
                    "MessageID": each.id,
                    "ErrorCode": 0,
                    "Message": "OK",
                }
                if each.id
                else {
                    "ErrorCode": 406,
                    "Message": "You tried to send to recipient(s) that have been "
                    f"marked as inactive. Found inactive addresses: {each.address}.",
                }
                for each in entries
            ]
        )

    def error(self, what: str, detail: str = "") -> Reply:
        """An object of ErrorCode and Message."""
        status, code = _ERRORS[what]
        message = f"{what}: {detail}" if detail else what
        return Reply.of({"ErrorCode": code, "Message": message}, status)
