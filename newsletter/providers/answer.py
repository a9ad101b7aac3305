"""A provider's answer, and what its status means where nothing else is documented."""

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from newsletter.errors import (
    OutcomeUnknown,
    ProviderBusy,
    ProviderError,
    ProviderRefused,
    ProviderStopped,
)

_LATER = frozenset({425, 429})
_THIS_BATCH = frozenset({400, 413, 422})
_UNKNOWN = frozenset({408, 409})
_KEY = "see that the key is right, complete, and may send"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A provider's answer; the names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body; raises OutcomeUnknown for one that is no JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            message = f"the answer ({self.status}) cannot be read: {self.excerpt()}"
            raise OutcomeUnknown(message) from None

    def data(self) -> Mapping[str, Any]:
        """The body as an object; empty when it is anything else."""
        with suppress(ValueError, RecursionError):
            found = json.loads(self.body)
            if isinstance(found, dict):
                return found
        return {}

    def excerpt(self) -> str:
        """The beginning of the body, to be shown: one line, printable."""
        return one_line(self.body[:300].decode("utf-8", "replace"))

    def seconds(self, header: str) -> float | None:
        """A header that counts seconds; None where it has no such number."""
        with suppress(ValueError, OverflowError):
            seconds = float(self.headers.get(header, ""))
            return seconds if 0 <= seconds < float("inf") else None
        return None

    def retry_after(self, reset: str = "") -> float | None:
        """Seconds of Retry-After (RFC 9110 §10.2.3), whichever form it has.

        Where there is none, those of the service's own header `reset`.
        """
        seconds = self.seconds("retry-after")
        if seconds is not None:
            return seconds
        with suppress(ValueError, TypeError, OverflowError):
            moment = parsedate_to_datetime(self.headers.get("retry-after", ""))
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return max(0.0, (moment - datetime.now(UTC)).total_seconds())
        return self.seconds(reset)

    def rest(self) -> float:
        """Seconds until the next call may be made, by the service's rate headers; 0.

        `ratelimit-reset` and `x-sib-ratelimit-reset` count seconds (Resend, Brevo),
        `x-ratelimit-reset` is a moment in seconds since 1970 (SendGrid).
        """
        for prefix in ("ratelimit-", "x-sib-ratelimit-", "x-ratelimit-"):
            reset = self.seconds(f"{prefix}reset")
            if self.seconds(f"{prefix}remaining") == 0 and reset is not None:
                epoch = prefix == "x-ratelimit-"
                return max(0.0, reset - time.time()) if epoch else reset
        return 0.0


def one_line(text: str) -> str:
    """What a service says, to be shown: one line, printable, not too long."""
    return "".join(c if c.isprintable() else " " for c in text[:300]).strip()


def by_status(
    provider: str, answer: Answer, said: str = "", *, reset: str = ""
) -> ProviderError:
    """The error that an answer is by its status alone (RFC 9110 §15).

    `said` is the service's own explanation, if it could be read; `reset` the header in
    which it says how long to wait. A status of success comes here only when its body
    makes no sense, and then nobody knows.
    """
    status = answer.status
    text = f"{provider} answers {status}: {said or answer.excerpt() or 'nothing more'}"
    if status in _LATER:
        return ProviderBusy(text, retry_after=answer.retry_after(reset))
    if status in _THIS_BATCH:
        return ProviderRefused(text)
    if 300 <= status < 400:
        hint = f"see `providers.{provider.lower()}.api_url`; nothing was sent"
        return ProviderStopped(text, hint=hint)
    if 400 <= status < 500 and status not in _UNKNOWN:
        return ProviderStopped(text, hint=_KEY)
    return OutcomeUnknown(text)
