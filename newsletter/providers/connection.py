"""Connections that know how far a call came, and end it when its time is up.

`requests` has a time limit for each read, so that a server which drips bytes outlives
it, none for finding an address, and does not tell whether the call left this machine.
"""

import socket
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError
from urllib3.response import HTTPResponse

CONNECT_SECONDS = 10.0
"""For one address; a name may have several."""

IDLE_SECONDS = 15.0
"""After which a connection is not used again: the server may be closing it just now,
and then nobody knows whether it had read the call."""

MOST_AT_ONCE = 64

_thread = threading.local()


class Call:
    """One call of this thread while it is under way.

    `left` tells that its last byte was handed over. Before that no server can have read
    the whole call: what is shorter than its Content-Length is incomplete (RFC 9112 §8).
    `late` tells that it was cut off because its time was up.
    """

    def __init__(self, seconds: float) -> None:
        """Give the call so many seconds from when it is entered."""
        self.left = False
        self.late = False
        self._seconds = seconds
        self._until = 0.0
        self._line: socket.socket | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> "Call":
        """Start the clock."""
        self._until = time.monotonic() + self._seconds
        self._timer = threading.Timer(self._seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()
        _thread.call = self
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the clock."""
        self.let_go()
        self._timer.cancel()

    def uses(self, sock: socket.socket) -> None:
        """Go over this connection; raises ConnectTimeoutError when it is too late.

        The call keeps a handle of its own: TLS takes over the one that it is given, and
        an answer may be read from a connection that is called closed.
        """
        self.let_go()
        with self._lock:
            self._line = socket.fromfd(sock.fileno(), sock.family, sock.type)
        self.remaining()

    def let_go(self) -> None:
        """From here on the connection may be another call's."""
        with self._lock:
            if self._line is not None:
                self._line.close()
                self._line = None

    def remaining(self) -> float:
        """Seconds left, more than none; raises ConnectTimeoutError when there are none.

        Finding an address cannot be cut off, so time may be up before anything left.
        """
        seconds = self._until - time.monotonic()
        if seconds <= 0:
            self.late = True
            message = "the time was up before the call left"
            raise ConnectTimeoutError(message)
        return seconds

    def _cut(self) -> None:
        with self._lock:
            self.late = True
            if self._line is not None:
                with suppress(OSError):
                    self._line.shutdown(socket.SHUT_RDWR)


class _Connection(HTTPConnection):
    """A connection that the call which uses it can cut."""

    _user: Call | None = None
    _used = 0.0

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        try:
            self._is_used(made)
        except BaseException:
            made.close()
            raise
        return made

    def _is_used(self, sock: socket.socket | None) -> Call:
        """Belong to this thread's call from now on."""
        call: Call = _thread.call
        if self._user is not None and self._user is not call:
            self._user.let_go()
        self._user = call
        if sock is not None:
            call.uses(sock)
        return call

    @property
    def is_connected(self) -> bool:
        idle = time.monotonic() - self._used
        return idle < IDLE_SECONDS and super().is_connected

    def request(self, *args: Any, **kwargs: Any) -> None:
        call = self._is_used(self.sock)
        if self.sock is None:
            self.connect()
        # Else that of connecting. The cut comes first, and then it is known why.
        self.timeout = call.remaining() + 1.0
        super().request(*args, **kwargs)
        call.left = True

    # Typeshed's base class is another module's HTTPResponse than urllib3's.
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        response = super().getresponse()
        self._used = time.monotonic()
        return response


class _SecureConnection(_Connection, HTTPSConnection):
    """The same over TLS; `connect` includes the proof of who the other side is."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        pools = {"http": _Pool, "https": _SecurePool}
        self.poolmanager.pool_classes_by_scheme = pools


def open_session() -> requests.Session:
    """A session of such connections that never repeats a call by itself.

    Its calls must be made while a `Call` is entered.
    """
    session = requests.Session()
    # Else a .netrc could replace the key, and a forgotten variable the way out.
    session.trust_env = False
    adapter = _Adapter(pool_maxsize=MOST_AT_ONCE, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session
