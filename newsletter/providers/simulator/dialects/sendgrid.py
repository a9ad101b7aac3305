"""SendGrid: one text for 1,000 recipients a call, answered as a whole, and no keys.

https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send
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
_STATUS: Mapping[str, int] = {
    "unauthorized": 401,
    "revoked": 401,
    "quota": 403,
    "address": 400,
    "request": 400,
    "too many": 400,
}


class SendGrid:
    """`POST /v3/mail/send`: one message with a personalization for each recipient."""

    name: ClassVar[str] = "sendgrid"
    path: ClassVar[str] = "/v3/mail/send"
    limit: ClassVar[int] = 1000
    key_seconds: ClassVar[float | None] = None
    replays: ClassVar[bool] = False

    def read(self, request: Request) -> Call:
        """Find the recipient of each personalization."""
        key = request.headers.get("authorization", "")
        require(key.startswith("Bearer "), self.error("unauthorized"))
        addresses = texts(_TO, request.body)
        require(bool(addresses), self.error("request", "no personalizations"))
        return Call(addresses)

    def answer(self, entries: Sequence[Entry]) -> Reply:
        """202 without a body; one id for all of them stands in a header."""
        found = next((each.id for each in entries if each.id), "none")
        return Reply(status=202, headers={"X-Message-Id": found})

    def error(self, what: str, detail: str = "") -> Reply:
        """A list of errors."""
        message = f"{what}: {detail}" if detail else what
        error = {"message": message, "field": None, "help": None}
        return Reply.of({"errors": [error]}, _STATUS[what])
