"""Serves a simulated service over HTTP on this machine; the process's main loop.

Beside the service's own paths there is `/simulator`: GET tells the counts, GET
`/simulator/recipients` the copies per address, PUT a new plan begins anew, and PATCH
goes on with what was accepted so far, by another plan.
"""

import asyncio
import socket
import ssl
import struct
import sys
import threading
from pathlib import Path

from newsletter.providers.simulator.faults import End
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.service import Outcome, Service
from newsletter.providers.simulator.wire import Reader, Refusal, Reply, Request

CONTROL = "/simulator"

_RESET = struct.pack("ii", 1, 0)


class Server:
    """Takes connections for the service of the moment."""

    def __init__(self, plan: Plan) -> None:
        """Serve an account that follows `plan`."""
        self.service = Service(plan)

    async def answer(self, request: Request) -> Outcome:
        """Answer a request of the sender, or of who watches."""
        if request.path.startswith(CONTROL):
            return Outcome(self._control(request).encode())
        return await self.service.answer(request)

    def _control(self, request: Request) -> Reply:
        try:
            if request.method == "PUT":
                self.service = Service(Plan.from_json(request.body))
            elif request.method == "PATCH":
                self.service.follow(Plan.from_json(request.body))
        except ValueError as error:
            return Reply.of({"message": str(error)}, 400)
        tally = self.service.tally
        if request.path == f"{CONTROL}/recipients":
            return Reply.of(tally.mailboxes)
        return Reply(body=tally.counts().to_json().encode())


class Connection(asyncio.Protocol):
    """One connection: requests are answered one after the other."""

    def __init__(self, server: Server) -> None:
        """Belong to `server`."""
        self._server = server
        self._reader = Reader()
        self._task: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  it is TCP
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take what has arrived; a whole request is answered."""
        self._reader.feed(data)
        if self._task is None:
            self._begin()

    def _begin(self) -> None:
        try:
            request = self._reader.next()
        except Refusal as refusal:
            self._transport.write(refusal.reply.encode())
            self._transport.close()
            return
        if request is not None:
            # It goes on when the sender dies: what has arrived is accepted.
            self._task = asyncio.get_running_loop().create_task(self._serve(request))

    async def _serve(self, request: Request) -> None:
        outcome = await self._server.answer(request)
        if outcome.end is End.DRIP:
            await self._drip(outcome.wire)
        else:
            self._transport.write(outcome.wire)
        if outcome.end is End.HANG:
            return
        if outcome.end is End.RESET:
            self._reset()
        elif outcome.end is not End.KEEP:
            self._transport.close()
        else:
            self._task = None
            self._begin()

    async def _drip(self, wire: bytes) -> None:
        for place in range(len(wire)):
            if self._transport.is_closing():
                return
            self._transport.write(wire[place : place + 1])
            await asyncio.sleep(1)

    def _reset(self) -> None:
        sock = self._transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._transport.abort()


async def serve(plan: Plan, certificate: Path | None = None) -> None:
    """Serve until standard input ends; the first line printed is the address.

    With `certificate`, a PEM file that holds the key as well, over TLS.
    """
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    server = Server(plan)
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(
        lambda: Connection(server), "127.0.0.1", 0, ssl=context, backlog=256
    )
    port = listening.sockets[0].getsockname()[1]
    sys.stdout.write(f"{'https' if context else 'http'}://127.0.0.1:{port}\n")
    sys.stdout.flush()
    await _input_ended()
    listening.close()


async def _input_ended() -> None:
    """Wait for the end of standard input.

    Whoever started this process holds the other end of it, and lets go when it dies.
    """
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def read() -> None:
        sys.stdin.buffer.read()
        loop.call_soon_threadsafe(ended.set)

    # A daemon, so that Ctrl-C need not wait for it.
    threading.Thread(target=read, daemon=True).start()
    await ended.wait()
