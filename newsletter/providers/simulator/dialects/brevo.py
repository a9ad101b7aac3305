"""Brevo: one text for 1,000 versions a call, and keys that are known for 30 minutes.

https://developers.brevo.com/docs/batch-send-transactional-emails,
https://developers.brevo.com/docs/heterogenous-versions-batch-emails
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

_TO = re.compile(rb'"to":\s*\[\s*\{[^{}]*?"email":\s*' + TEXT)
_KEY = re.compile(rb'"idempotencyKey":\s*' + TEXT)
_ERRORS: Mapping[str, tuple[int, str]] = {
    "unauthorized": (401, "unauthorized"),
    "revoked": (401, "unauthorized"),
    "quota": (402, "not_enough_credits"),
    "address": (400, "invalid_parameter"),
    "request": (400, "missing_parameter"),
    "too many": (400, "out_of_range"),
    "repeat": (400, "duplicate_parameter"),
    "other bytes": (400, "duplicate_parameter"),
    "at once": (400, "duplicate_request"),
}


class Brevo:
    """`POST /v3/smtp/email`: one message with a version for each recipient."""

    name: ClassVar[str] = "brevo"
    path: ClassVar[str] = "/smtp/email"
    limit: ClassVar[int] = 1000
    key_seconds: ClassVar[float | None] = 1_800.0
    replays: ClassVar[bool] = False

    def read(self, request: Request) -> Call:
        """Find the recipient of each version, and the key inside of the body."""
        require("api-key" in request.headers, self.error("unauthorized"))
        addresses = texts(_TO, request.body)
        require(bool(addresses), self.error("request", "no messageVersions"))
        keys = texts(_KEY, request.body)
        return Call(addresses, keys[0] if keys else "")

    def answer(self, entries: Sequence[Entry]) -> Reply:
        """One id per version, in the order of the call."""
        ids = [f"<{each.id}@simulator.example>" for each in entries if each.id]
        return Reply.of({"messageIds": ids}, 201)

    def error(self, what: str, detail: str = "") -> Reply:
        """An object of code and message."""
        status, code = _ERRORS[what]
        message = f"{what}: {detail}" if detail else what
        return Reply.of({"code": code, "message": message}, status)
