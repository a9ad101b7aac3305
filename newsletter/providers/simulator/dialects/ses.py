"""Amazon SES v2: 50 recipients a call, each answered by itself, and no keys.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendBulkEmail.html
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

_TO = re.compile(rb'"ToAddresses":\s*\[\s*' + TEXT)
_ERRORS: Mapping[str, tuple[int, str]] = {
    "unauthorized": (403, "UnrecognizedClientException"),
    "revoked": (403, "UnrecognizedClientException"),
    "quota": (400, "LimitExceededException"),
    "address": (400, "BadRequestException"),
    "request": (400, "BadRequestException"),
    "too many": (400, "BadRequestException"),
}


class Ses:
    """`POST /v2/email/outbound-bulk-emails`: a template and its entries."""

    name: ClassVar[str] = "ses"
    path: ClassVar[str] = "/v2/email/outbound-bulk-emails"
    limit: ClassVar[int] = 50
    key_seconds: ClassVar[float | None] = None
    replays: ClassVar[bool] = False

    def read(self, request: Request) -> Call:
        """Find the recipient of each entry."""
        signed = "authorization" in request.headers
        require(signed, self.error("unauthorized"))
        addresses = texts(_TO, request.body)
        require(bool(addresses), self.error("request", "no `ToAddresses`"))
        return Call(addresses, whole=False)

    def answer(self, entries: Sequence[Entry]) -> Reply:
        """A result for each, in the order of the call."""
        results = [
            {"Status": "SUCCESS", "MessageId": each.id}
            if each.id
            else {"Status": "MESSAGE_REJECTED", "Error": "the address is blocked"}
            for each in entries
        ]
        return Reply.of({"BulkEmailEntryResults": results})

    def error(self, what: str, detail: str = "") -> Reply:
        """An object with a message; the kind stands in a header."""
        status, kind = _ERRORS[what]
        message = f"{what}: {detail}" if detail else what
        return Reply.of({"message": message}, status, x_amzn_ErrorType=kind)
