"""HTTP/1.1 as far as a provider's client speaks it (RFC 9112), made to be quick."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

MAX_HEAD = 64 * 1024
MAX_BODY = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """A whole request; the names of `headers` are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def size(self) -> int:
        """Bytes of the body and, closely, of the head."""
        head = sum(len(name) + len(value) + 4 for name, value in self.headers.items())
        return len(self.method) + len(self.path) + head + len(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer before it is made into bytes."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"

    @classmethod
    def of(cls, data: Any, status: int = 200, **headers: str) -> "Reply":
        """Answer with data as JSON; `retry_after` names the header Retry-After."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status=status, body=json.dumps(data).encode(), headers=named)

    def encode(self) -> bytes:
        """The bytes that travel."""
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Simulated"
        lines = [
            f"HTTP/1.1 {self.status} {phrase}",
            f"Content-Type: {self.media_type}",
            f"Content-Length: {len(self.body)}",
            *(f"{name}: {value}" for name, value in self.headers.items()),
        ]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + self.body


class Refusal(Exception):
    """A request that a provider would not take, with its answer."""

    def __init__(self, reply: Reply) -> None:
        """Carry the answer."""
        self.reply = reply
        super().__init__(reply.status)


class Reader:
    """Puts the requests of one connection together from what arrives."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._buffer = bytearray()
        self._head: tuple[str, str, dict[str, str]] | None = None
        self._length = 0

    def feed(self, data: bytes) -> None:
        """Take what has arrived."""
        self._buffer += data

    def next(self) -> Request | None:
        """The next whole request; None until it is there.

        Raises Refusal for what is no request, after which the connection is of no use.
        """
        if self._head is None and not self._read_head():
            return None
        if self._head is None or len(self._buffer) < self._length:
            return None
        body = bytes(self._buffer[: self._length])
        del self._buffer[: self._length]
        method, path, headers = self._head
        self._head = None
        return Request(method, path, headers, body)

    def _read_head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n", 0, MAX_HEAD)
        if end < 0:
            if len(self._buffer) > MAX_HEAD:
                raise Refusal(Reply(status=431))
            return False
        first, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        words = first.split(" ")
        if len(words) != 3:
            raise Refusal(Reply(status=400))
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        length = headers.get("content-length", "0")
        if "transfer-encoding" in headers or not length.isdigit():
            raise Refusal(Reply(status=411))
        self._length = int(length)
        if self._length > MAX_BODY:
            raise Refusal(Reply(status=413))
        self._head = (words[0], words[1], headers)
        return True
