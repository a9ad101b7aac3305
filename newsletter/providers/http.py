"""One HTTPS call to a provider, sorted by the only question that matters: did it leave?

Before its last byte left, nobody can have read the whole call: it is safe to repeat;
after that nobody knows, until an answer comes.
"""

import json as json_text
import ssl
import time
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import requests

from newsletter.errors import OutcomeUnknown, ProviderStopped, ProviderUnavailable
from newsletter.providers.answer import Answer, one_line
from newsletter.providers.connection import CONNECT_SECONDS, Call, open_session

MAX_ANSWER = 4 * 1024 * 1024
"""Bytes of an answer: a thousand results of a kilobyte each, and as much again."""

HIDDEN = b"(key)"
"""Stands in an answer where the service repeats a key."""


class Http:
    """Calls of one provider. Threads may share it; connections are kept and reused."""

    def __init__(
        self,
        provider: str,
        *,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        keys: Iterable[str] = (),
        seconds: float = 60.0,
    ) -> None:
        """Send `headers` and basic `auth` with each call of at most `seconds`.

        `keys` are taken out of what is answered, so that no message can show them.
        """
        self._provider = provider
        self._seconds = seconds
        self._auth = auth
        self._headers = {"Accept-Encoding": "identity"} | dict(headers or {})
        self._hidden = [key.encode() for key in keys if key]
        if auth:
            self._hidden += [auth[1].encode(), b64encode(":".join(auth).encode())]
        self._session = open_session()
        self._free_at = 0.0

    def call(
        self,
        method: str,
        url: str,
        *,
        body: bytes | Mapping[str, Any] | None = None,
        json: Any = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        files: Any = None,
    ) -> Answer:
        """Make one call, never a second one by itself, and never to another place.

        Raises ProviderUnavailable when it did not leave this machine as a whole, or the
        last answer said that no more are taken yet,
        ProviderStopped when the other side cannot prove who it is, OutcomeUnknown when
        it broke off after that or the time was up. Any answer, of whatever status, is
        returned. Equal `json` makes equal bytes.
        """
        self._refuse_too_early()
        given = self._headers | dict(headers or {})
        if json is not None:
            body = json_bytes(json)
            given["Content-Type"] = "application/json"
        with self._sorted() as call, call:
            response = self._session.request(
                method,
                url,
                data=body,
                params=params,
                files=files,
                headers=given,
                auth=self._auth,
                # The deadline comes first, and then it is known why.
                timeout=(CONNECT_SECONDS, self._seconds + 1.0),
                allow_redirects=False,
                stream=True,
            )
            with response:
                return self._heeded(self._read(response))

    def _heeded(self, answer: Answer) -> Answer:
        self._free_at = max(self._free_at, time.monotonic() + answer.rest())
        return answer

    def _refuse_too_early(self) -> None:
        """The last answer said that nothing more is taken for a while."""
        wait = self._free_at - time.monotonic()
        if wait > 0:
            raise ProviderUnavailable(
                f"{self._provider} takes no more calls for {wait:.1f} s",
                retry_after=wait,
            )

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    @contextmanager
    def _sorted(self) -> Iterator[Call]:
        """Turn what `requests` raises into what it means for the batch."""
        call = Call(self._seconds)
        try:
            yield call
        except (requests.exceptions.RequestException, OSError) as error:
            if call.left:
                raise OutcomeUnknown(self._said(call, "broke off", error)) from None
            cause = _cause(error)
            if isinstance(cause, ssl.SSLError) and not _is_hang_up(cause):
                raise ProviderStopped(
                    self._said(call, "cannot prove who it is", error),
                    hint="nothing was sent; see whether something stands in between",
                ) from None
            message = self._said(call, "cannot be reached", error)
            raise ProviderUnavailable(message) from None

    def _said(self, call: Call, what: str, error: Exception) -> str:
        if call.late:
            did = "answer" if call.left else "take the call"
            return f"{self._provider} did not {did} within {self._seconds:g} s"
        cause = _cause(error)
        reason = getattr(cause, "strerror", None) or cause
        text = one_line(str(reason)) or type(cause).__name__
        return f"{self._provider} {what}: {text}"

    def _read(self, response: requests.Response) -> Answer:
        body = b""
        for part in response.iter_content(64 * 1024):
            body += part
            if len(body) > MAX_ANSWER:
                message = f"the answer is longer than {MAX_ANSWER // 2**20} MiB"
                raise OutcomeUnknown(message)
        headers = {name.lower(): value for name, value in response.headers.items()}
        if not _tells_its_end(response.status_code, headers):
            message = "the answer ended too soon"
            raise requests.exceptions.ConnectionError(message)
        for key in self._hidden:
            body = body.replace(key, HIDDEN)
        return Answer(status=response.status_code, headers=headers, body=body)


def json_bytes(data: object) -> bytes:
    """JSON as it is sent: as few bytes as there can be."""
    text = json_text.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def json_texts(texts: Sequence[str]) -> list[str]:
    """The JSON of each text; no line break stands inside of one, so that it parts them.

    All at once takes a fraction of the time.
    """
    whole = json_text.dumps(texts, ensure_ascii=False, separators=(",\n", ":"))
    return whole[1:-1].split(",\n")


def _tells_its_end(status: int, headers: Mapping[str, str]) -> bool:
    """Whether an answer that was cut off would have been noticed (RFC 9112 §6.3).

    `http.client` takes header fields that end in the middle for all there are.
    """
    chunked = "chunked" in headers.get("transfer-encoding", "").lower()
    return chunked or status == 204 or headers.get("content-length", "").isdecimal()


def _cause(error: BaseException) -> BaseException:
    """The innermost cause, without the address that was called."""
    while True:
        inside = [getattr(error, "reason", None), error.__cause__, *error.args[::-1]]
        found = [each for each in inside if isinstance(each, BaseException)]
        if not found:
            return error
        error = found[0]


def _is_hang_up(error: ssl.SSLError) -> bool:
    """Whether the connection only ended in the middle of proving who is there."""
    return isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError)
