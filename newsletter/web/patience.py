"""How long a connection may keep us waiting, and how much it may say before it asks.

uvicorn waits for ever for a first line, and keeps a head of any size. Ten thousand
connections that say nothing, one letter a minute, or a head without an end then cost a
little memory for a few seconds and nothing more.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
"""The longest from a connection, or the first byte of a request, to its head's end."""

HEAD_BYTES = 64 * 1024
"""The most that a head may have after the part of it that came first."""


class Patient(HttpToolsProtocol):
    """uvicorn's protocol, which hangs up on those who do not come to the point."""

    _late: asyncio.TimerHandle | None = None
    _head = 0

    def connection_made(self, transport: Any) -> None:
        """Somebody is there, and has yet to speak."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Hang up on a head that goes on and on."""
        awaited = self._late
        super().data_received(data)
        if self._late is None or self._late is not awaited:
            return
        self._head += len(data)
        if self._head > HEAD_BYTES:
            self.transport.close()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._wait()

    def on_headers_complete(self) -> None:
        """Its head is whole; how long its body may take is for who reads it."""
        self._relax()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._relax()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._relax()
        self._head = 0
        self._late = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _relax(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
