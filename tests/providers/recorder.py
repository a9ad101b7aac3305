"""A tiny real HTTP server for tests: it records calls and answers what it is told.

It can also do what servers do on bad days: hang, reset, cut an answer, drip it.
"""

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal
from urllib.parse import parse_qs, parse_qsl, urlsplit

Fault = Literal["", "reset_unread", "early", "reset", "hang", "drip"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer: its parts, cut off after so many bytes, or something else instead.

    `reset_unread` resets the connection before reading the call, `early` answers and
    closes it then, `reset` resets it after; `hang` never answers; `drip` sends the
    answer a byte at a time.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    fault: Fault = ""
    cut: int | None = None

    def raw(self) -> bytes:
        """The whole answer as it stands on the wire."""
        fields = {"Content-Length": str(len(self.body)), **self.headers}
        lines = [
            f"HTTP/1.1 {self.status} Told",
            *(f"{k}: {v}" for k, v in fields.items()),
        ]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


def json_reply(data: object, status: int = 200, **headers: str) -> Reply:
    """An answer of JSON; `retry_after="3"` is the header Retry-After."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    kind = {"Content-Type": "application/json"}
    return Reply(status=status, headers=kind | given, body=json.dumps(data).encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A call as it came in; the names of `headers` are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def form(self) -> dict[str, list[str]]:
        """The body as a form."""
        return parse_qs(self.body.decode(), strict_parsing=True, keep_blank_values=True)


Answering = Reply | Callable[[Recorded], Reply]


class Recorder:
    """Listens on a port of its own while it is entered; `url` says where.

    `connections` counts those that were made.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        """Speak TLS when a server's context is given."""
        self.requests: list[Recorded] = []
        self.connections = 0
        self._tls = tls
        self._answers: list[Answering] = [Reply()]
        self._closed = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        port = self._socket.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"

    def answer(self, *answers: Answering) -> None:
        """Answer the next calls so, and every further one like the last."""
        self._answers = list(answers)

    def __enter__(self) -> "Recorder":
        """Start to listen."""
        self._start(self._listen)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of every connection, whatever it is doing."""
        self._closed.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for each in list(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        while not self._closed.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            self._open.add(connection)
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, ValueError):
            try:
                if self._unread(connection):
                    return
                if self._tls:
                    connection = self._tls.wrap_socket(connection, server_side=True)
                    self._open.add(connection)
                while self._exchange(connection):
                    pass
            finally:
                connection.close()

    def _unread(self, connection: socket.socket) -> bool:
        """Do what is to be done before anything is read; tells whether it was."""
        reply = self._answers[0]
        fault = reply.fault if isinstance(reply, Reply) else ""
        if isinstance(reply, Reply) and fault in ("reset_unread", "early"):
            self._take()
            if fault == "early":
                connection.sendall(reply.raw())
            _reset(connection)
            return True
        return False

    def _take(self) -> Answering:
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    def _exchange(self, connection: socket.socket) -> bool:
        """Answer one call; tells whether another may follow."""
        call = _read(connection)
        if call is None:
            return False
        self.requests.append(call)
        answer = self._take()
        reply = answer if isinstance(answer, Reply) else answer(call)
        if reply.fault == "hang":
            self._closed.wait()
        elif reply.fault == "reset":
            _reset(connection)
        elif reply.fault == "drip":
            self._drip(connection, reply.raw())
        else:
            connection.sendall(reply.raw()[: reply.cut])
            return reply.cut is None
        return False

    def _drip(self, connection: socket.socket, answer: bytes) -> None:
        for byte in answer:
            connection.sendall(bytes([byte]))
            if self._closed.wait(0.02):
                return


def _reset(connection: socket.socket) -> None:
    """Close with RST instead of FIN, as a dying machine does."""
    linger = struct.pack("ii", 1, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    connection.close()


def _read(connection: socket.socket) -> Recorded | None:
    """One whole call; None when the other side has gone."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return None
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    parts, missing = [body], int(headers.get("content-length", 0)) - len(body)
    while missing > 0:
        part = connection.recv(min(missing, 1 << 20))
        if not part:
            return None
        parts.append(part)
        missing -= len(part)
    method, target, _ = first.split(" ")
    place = urlsplit(target)
    return Recorded(
        method=method,
        path=place.path,
        query=dict(parse_qsl(place.query, keep_blank_values=True)),
        headers=headers,
        body=b"".join(parts),
    )
