"""How long a connection may keep us waiting: uvicorn waits for ever for a first line.

Ten thousand connections that say nothing, or one letter a minute, then cost a little
memory for a few seconds and nothing more.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
"""The longest from a connection, or the first byte of a request, to its head's end."""


class Patient(HttpToolsProtocol):
    """uvicorn's protocol, which hangs up on those who do not come to the point."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Somebody is there, and has yet to speak."""
        super().connection_made(transport)
        self._wait()

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
        self._late = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _relax(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
