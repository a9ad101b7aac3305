"""What can go wrong with one call: was it accepted, what is answered, how does it end.

The kinds are those of real reports: services that fail before or after they accept,
and answers that arrive late, broken or not at all.
"""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import Enum
from functools import cache

from newsletter.providers.simulator.wire import Reply

OK = "ok"

HUGE = 10 * 1024 * 1024
"""Bytes of an answer that is too large."""

_HTML = b"<!doctype html><title>Bad gateway</title><h1>502 Bad Gateway</h1><hr>nginx"


class End(Enum):
    """What becomes of the connection once the answer is written."""

    KEEP = "keep"
    CLOSE = "close"
    RESET = "reset"
    HANG = "hang"
    DRIP = "drip"
    """The answer comes a byte a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One kind of fault.

    accepts: whether the provider has taken the messages all the same.
    doubt: whether nobody who sees only the answer can know that.
    stops: whether the account is at fault, so that no further call would be taken.
    answer: makes it of the one that would have been right; None where nothing comes.
    of_provider: the answer is the dialect's own, by this name.
    """

    says: str
    accepts: bool = False
    doubt: bool = False
    stops: bool = False
    answer: Callable[[Reply], Reply] | None = None
    of_provider: str = ""
    end: End = End.KEEP


def _limited(retry_after: Callable[[], str]) -> Callable[[Reply], Reply]:
    def answer(_: Reply) -> Reply:
        text = retry_after()
        return Reply(
            status=429,
            body=b'{"name":"rate_limit_exceeded","message":"Too many requests"}',
            headers={"Retry-After": text} if text else {},
        )

    return answer


def _in_two_seconds() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)


def _html(status: int) -> Callable[[Reply], Reply]:
    return lambda _: Reply(status=status, body=_HTML, media_type="text/html")


def _instead(body: bytes, media_type: str = "") -> Callable[[Reply], Reply]:
    def answer(right: Reply) -> Reply:
        return replace(right, body=body, media_type=media_type or right.media_type)

    return answer


@cache
def _bomb() -> bytes:
    """A gigabyte of blanks in a megabyte."""
    piece = gzip.compress(b" " * 2**26)
    return piece * 16


def _gzip_bomb(right: Reply) -> Reply:
    headers = {**right.headers, "Content-Encoding": "gzip"}
    return replace(right, body=_bomb(), headers=headers)


def _in_utf_16(right: Reply) -> Reply:
    body = right.body.decode().encode("utf-16")
    return replace(right, body=body, media_type="application/json; charset=utf-8")


FAULTS: Mapping[str, Fault] = {
    "429-seconds": Fault(says="429, Retry-After: 1", answer=_limited(lambda: "1")),
    "429-date": Fault(says="429, Retry-After a date", answer=_limited(_in_two_seconds)),
    "429-garbage": Fault(
        says="429, Retry-After: soon", answer=_limited(lambda: "soon")
    ),
    "429-day": Fault(
        says="429, Retry-After: 86400", stops=True, answer=_limited(lambda: "86400")
    ),
    "429-silent": Fault(says="429 without Retry-After", answer=_limited(str)),
    "500": Fault(says="500 with an HTML page", doubt=True, answer=_html(500)),
    "502": Fault(says="502 with an HTML page", doubt=True, answer=_html(502)),
    "503": Fault(says="503 with an HTML page", doubt=True, answer=_html(503)),
    "500-after": Fault(
        says="500 after it accepted", accepts=True, doubt=True, answer=_html(500)
    ),
    "502-after": Fault(
        says="502 of a gateway after it accepted",
        accepts=True,
        doubt=True,
        answer=_html(502),
    ),
    "reset-before": Fault(
        says="connection reset before it accepted", doubt=True, end=End.RESET
    ),
    "reset-after": Fault(
        says="connection reset after it accepted",
        accepts=True,
        doubt=True,
        end=End.RESET,
    ),
    "hang-before": Fault(says="never answers", doubt=True, end=End.HANG),
    "hang-after": Fault(
        says="accepts, then never answers", accepts=True, doubt=True, end=End.HANG
    ),
    "drip": Fault(
        says="accepts, then answers a byte a second",
        accepts=True,
        doubt=True,
        answer=lambda right: right,
        end=End.DRIP,
    ),
    "cut": Fault(
        says="accepts, then the answer breaks off",
        accepts=True,
        doubt=True,
        answer=lambda right: right,
        end=End.CLOSE,
    ),
    "malformed": Fault(
        says="accepts, answers half a JSON text",
        accepts=True,
        doubt=True,
        answer=lambda right: replace(right, body=right.body[: len(right.body) // 2]),
    ),
    "empty": Fault(
        says="accepts, answers nothing", accepts=True, doubt=True, answer=_instead(b"")
    ),
    "null": Fault(
        says="accepts, answers null", accepts=True, doubt=True, answer=_instead(b"null")
    ),
    "schema": Fault(
        says="accepts, answers JSON of another shape",
        accepts=True,
        doubt=True,
        answer=_instead(b'{"result":{"status":"fine","items":[1,2]}}'),
    ),
    "charset": Fault(
        says="accepts, answers in UTF-16 and calls it UTF-8",
        accepts=True,
        doubt=True,
        answer=_in_utf_16,
    ),
    "huge": Fault(
        says="accepts, answers with 10 MiB",
        accepts=True,
        doubt=True,
        answer=lambda right: replace(right, body=b'{"data":"' + b"x" * HUGE + b'"}'),
    ),
    "bomb": Fault(
        says="accepts, answers with a gzip bomb of 1 GiB",
        accepts=True,
        doubt=True,
        answer=_gzip_bomb,
    ),
    "partial": Fault(
        says="accepts all but every third recipient",
        accepts=True,
        of_provider="partial",
    ),
    "short": Fault(
        says="accepts all, answers for one fewer",
        accepts=True,
        doubt=True,
        of_provider="short",
    ),
    "reordered": Fault(
        says="accepts, answers in another order", accepts=True, of_provider="reordered"
    ),
    "revoked": Fault(says="the key was revoked", stops=True, of_provider="revoked"),
    "quota": Fault(says="the quota is used up", stops=True, of_provider="quota"),
    "413": Fault(says="413, the call is too large", answer=_html(413)),
}
"""Every kind of fault, by name."""
