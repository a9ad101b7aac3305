"""One HTTPS call to a provider, sorted by the only question that matters: did it leave?

What went wrong before the first byte left is safe to repeat; after it nobody knows. A
call ends at its deadline in all, since the timeouts of `requests` count each read anew
and a server that drips bytes would outlive them.
"""

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from newsletter.errors import OutcomeUnknown, ProviderStopped, ProviderUnavailable

MAX_ANSWER = 4 * 1024 * 1024
"""Bytes of an answer: a thousand results of a kilobyte each, and as much again."""

CONNECT_SECONDS = 10.0

IDLE_SECONDS = 15.0
"""After which a connection is not used again: the server may be closing it just now,
and then nobody knows whether it had read the call."""

_call = threading.local()


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
        except ValueError:
            message = f"the answer ({self.status}) cannot be read: {self.excerpt()}"
            raise OutcomeUnknown(message) from None

    def data(self) -> Mapping[str, Any]:
        """The body as an object; empty when it is anything else."""
        with suppress(ValueError):
            found = json.loads(self.body)
            if isinstance(found, dict):
                return found
        return {}

    def excerpt(self) -> str:
        """The beginning of the body, to be shown: one line, printable."""
        text = self.body[:300].decode("utf-8", "replace")
        return "".join(c if c.isprintable() else " " for c in text).strip()

    def retry_after(self, now: datetime | None = None) -> float | None:
        """Seconds of Retry-After (RFC 9110 §10.2.3), whichever form it has."""
        text = self.headers.get("retry-after", "").strip()
        with suppress(ValueError, OverflowError):
            seconds = float(text)
            return seconds if 0 <= seconds < float("inf") else None
        with suppress(ValueError, TypeError, OverflowError):
            moment = parsedate_to_datetime(text)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())
        return None


class Http:
    """Calls of one provider. Threads may share it; connections are kept and reused."""

    def __init__(
        self,
        provider: str,
        *,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        seconds: float = 60.0,
    ) -> None:
        """Send `headers` and basic `auth` with each call of at most `seconds`."""
        self._provider = provider
        self._seconds = seconds
        self._auth = auth
        self._headers = {"Accept-Encoding": "identity"} | dict(headers or {})
        self._session = _session()
        self._last = time.monotonic()

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

        Raises ProviderUnavailable when nothing left this machine, ProviderStopped when
        the other side cannot prove who it is, OutcomeUnknown when the call broke off or
        the deadline passed. Any answer, of whatever status, is returned.
        """
        self._drop_idle()
        with self._sorted(), _deadline(self._seconds):
            response = self._session.request(
                method,
                url,
                data=body,
                json=json,
                params=params,
                files=files,
                headers=self._headers | dict(headers or {}),
                auth=self._auth,
                timeout=(CONNECT_SECONDS, self._seconds),
                allow_redirects=False,
                stream=True,
            )
            with response:
                return _read(response)

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def _drop_idle(self) -> None:
        now = time.monotonic()
        if now - self._last > IDLE_SECONDS:
            self._session.close()  # it opens new ones when it is used again
        self._last = now

    @contextmanager
    def _sorted(self) -> Iterator[None]:
        """Turn what `requests` raises into what it means for the batch."""
        _call.began = False
        try:
            yield
        except requests.exceptions.SSLError as error:
            if _call.began:
                raise OutcomeUnknown(self._said("broke off", error)) from error
            raise ProviderStopped(
                self._said("cannot prove who it is", error),
                hint="nothing was sent; see whether something stands in between",
            ) from error
        except (requests.exceptions.RequestException, OSError) as error:
            if _call.began:
                raise OutcomeUnknown(self._said("broke off", error)) from error
            raise ProviderUnavailable(self._said("cannot be reached", error)) from error
        finally:
            self._last = time.monotonic()

    def _said(self, what: str, error: Exception) -> str:
        if getattr(_call, "late", False):
            return f"{self._provider} did not answer within {self._seconds:.0f} s"
        return f"{self._provider} {what}: {_reason(error)}"


def _read(response: requests.Response) -> Answer:
    parts: list[bytes] = []
    size = 0
    for part in response.iter_content(64 * 1024):
        parts.append(part)
        size += len(part)
        if size > MAX_ANSWER:
            message = f"the answer is longer than {MAX_ANSWER // 2**20} MiB"
            raise OutcomeUnknown(message)
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(status=response.status_code, headers=headers, body=b"".join(parts))


def _reason(error: BaseException) -> str:
    """The innermost cause in a few words, without the address that was called."""
    while isinstance(inner := getattr(error, "reason", None), BaseException) or (
        error.args and isinstance(inner := error.args[0], BaseException)
    ):
        error = inner
    text = getattr(error, "strerror", None) or str(error)
    return str(text).rpartition(": ")[2][:200] or type(error).__name__


@contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    """Cut the connection of this thread's call when it has taken too long."""
    _call.connection = None
    _call.late = False
    ended = threading.Event()
    mine = _call.__dict__

    def cut() -> None:
        connection = mine.get("connection")
        sock = getattr(connection, "sock", None)
        if ended.is_set() or sock is None:
            return
        mine["late"] = True
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        ended.set()
        timer.cancel()


class _Plain(HTTPConnection):
    """Notes when its first byte could leave, and which thread uses it."""

    def connect(self) -> None:
        super().connect()
        _call.began = True

    def request(self, *args: Any, **kwargs: Any) -> None:
        _call.connection = self
        _call.began = _call.began or self.sock is not None
        super().request(*args, **kwargs)


class _Secure(HTTPSConnection):
    """As `_Plain`; `connect` includes the handshake that proves the other side."""

    def connect(self) -> None:
        _call.connection = self
        super().connect()
        _call.began = True

    def request(self, *args: Any, **kwargs: Any) -> None:
        _call.connection = self
        _call.began = _call.began or self.sock is not None
        super().request(*args, **kwargs)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class _Adapter(HTTPAdapter):
    """Our connections, as many at once as there are threads, and never a retry."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _PlainPool,
            "https": _SecurePool,
        }


def _session() -> requests.Session:
    session = requests.Session()
    # Else a .netrc could replace the key, and a forgotten variable the way out.
    session.trust_env = False
    adapter = _Adapter(pool_maxsize=32, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session
