"""Resend: 100 whole messages a call, keys that are known for 24 hours.

https://resend.com/docs/api-reference/emails/send-batch-emails,
https://resend.com/docs/dashboard/emails/idempotency-keys,
https://resend.com/changelog/batch-validation-modes,
https://resend.com/docs/api-reference/errors
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

_TO = re.compile(rb'"to":\s*\[?\s*' + TEXT)
_ERRORS: Mapping[str, tuple[int, str]] = {
    "unauthorized": (401, "missing_api_key"),
    "revoked": (403, "invalid_api_key"),
    "quota": (429, "daily_quota_exceeded"),
    "address": (422, "validation_error"),
    "request": (422, "validation_error"),
    "too many": (422, "validation_error"),
    "other bytes": (409, "invalid_idempotent_request"),
    "at once": (409, "concurrent_idempotent_requests"),
}


class Resend:
    """`POST /emails/batch`: a bare array of messages."""

    name: ClassVar[str] = "resend"
    path: ClassVar[str] = "/emails/batch"
    limit: ClassVar[int] = 100
    key_seconds: ClassVar[float | None] = 86_400.0
    replays: ClassVar[bool] = True

    def read(self, request: Request) -> Call:
        """Find the recipient of each message, and the key in its header."""
        key = request.headers.get("authorization", "")
        require(key.startswith("Bearer "), self.error("unauthorized"))
        require(request.body.startswith(b"["), self.error("request", "no array"))
        addresses = texts(_TO, request.body)
        require(bool(addresses), self.error("request", "no `to`"))
        permissive = request.headers.get("x-batch-validation") == "permissive"
        name = request.headers.get("idempotency-key", "")
        return Call(addresses, name, whole=not permissive)

    def answer(self, entries: Sequence[Entry]) -> Reply:
        """One id per message that was taken, in the order of the call."""
        errors = [
            {"index": place, "message": "Invalid `to` field."}
            for place, each in enumerate(entries)
            if not each.id
        ]
        data = [{"id": each.id} for each in entries if each.id]
        return Reply.of({"data": data, **({"errors": errors} if errors else {})})

    def error(self, what: str, detail: str = "") -> Reply:
        """An object of statusCode, name and message."""
        status, name = _ERRORS[what]
        message = f"{what}: {detail}" if detail else what
        return Reply.of(
            {"statusCode": status, "name": name, "message": message}, status
        )
