"""A real SMTP server on this machine (aiosmtpd), whose answers a test can change."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.rig.ports import free_port

Answer = Callable[[int, str], str | None]
"""Given how many came before and what it is about: a reply, or None for the usual one.

`drop` cuts the connection instead, after the command was read.
"""


def usual(_number: int, _about: str) -> str | None:
    """Take it."""
    return None


def at(number: int, reply: str) -> Answer:
    """That reply to the one with this number, counted from 0; the usual to others."""
    return lambda count, _: reply if count == number else None


def always(reply: str) -> Answer:
    """That reply to each."""
    return lambda _number, _about: reply


@dataclass(frozen=True, slots=True)
class Received:
    """A message as the server took it."""

    sender: str
    recipients: list[str]
    data: bytes
    encrypted: bool
    login: str


@dataclass
class Relay:
    """What the server answers, and what it has received.

    `rcpt`, `data` (the command) and `content` (the message's end) are asked for a
    reply. `extensions` replace those that are offered when they are given.
    """

    mail: Answer = usual
    rcpt: Answer = usual
    data: Answer = usual
    content: Answer = usual
    pipelining: bool = True
    offer_starttls: bool = True
    offer_size: int = 33_554_432
    login: tuple[str, str] = ("", "")
    port: int = 0
    messages: list[Received] = field(default_factory=list)
    sessions: list[Any] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def answer(self, kind: str, about: str) -> str | None:
        """The next reply of a kind."""
        number = self.counts.get(kind, 0)
        self.counts[kind] = number + 1
        chosen: Answer = getattr(self, kind)
        return chosen(number, about)

    @property
    def addresses(self) -> list[str]:
        """Whom messages were taken for, in their order."""
        return [each for one in self.messages for each in one.recipients]

    async def handle_EHLO(  # noqa: N802  aiosmtpd finds it by this name
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """Offer what the test wants to be offered."""
        session.host_name = hostname
        self.sessions.append(session)
        if self.pipelining:
            responses.insert(1, "250-PIPELINING")
        if not self.offer_starttls:
            responses = [line for line in responses if "STARTTLS" not in line]
        return responses

    async def handle_MAIL(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: Sequence[str],
    ) -> str:
        """Take a sender."""
        reply = self._reply(server, "mail", address, "250 2.1.0 Ok")
        if reply.startswith("250"):
            envelope.mail_from = address
        return reply

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: Sequence[str],
    ) -> str:
        """Take a recipient."""
        reply = self._reply(server, "rcpt", address, "250 2.1.5 Ok")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a message."""
        about = envelope.rcpt_tos[0]
        reply = self._reply(server, "content", about, "")
        if reply and reply != "drop":
            return reply
        login: object = session.auth_data
        self.messages.append(
            Received(
                envelope.mail_from or "",
                list(envelope.rcpt_tos),
                envelope.original_content or b"",
                _line(server).get_extra_info("ssl_object") is not None,
                login.login.decode() if isinstance(login, LoginPassword) else "",
            )
        )
        return f"250 2.0.0 Ok: queued as Q{len(self.messages):06d}"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, kind: str, data: Any
    ) -> AuthResult:
        """Let in who knows the password."""
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self.login, auth_data=data, handled=False)

    def _reply(self, server: SMTP, kind: str, about: str, otherwise: str) -> str:
        reply = self.answer(kind, about)
        if reply == "drop":
            _line(server).abort()
        return otherwise if reply is None else reply


class _Server(SMTP):
    """One that can refuse the DATA command itself, for which there is no hook."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        reply = self.event_handler.answer("data", "")
        if reply is None:
            await super().smtp_DATA(arg)
        else:
            await self.push(reply)


def _line(server: SMTP) -> asyncio.Transport:
    assert isinstance(server.transport, asyncio.Transport)
    return server.transport


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        # Its own way shakes hands, which some tests are there to prevent.
        socket.create_connection(("127.0.0.1", self.port)).close()


@contextmanager
def relay(
    relay: Relay,
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    port: int = 0,
) -> Iterator[Relay]:
    """Run the server at `port` of 127.0.0.1, or a free one, told in `relay.port`."""
    relay.port = port or free_port()
    options: dict[str, Any] = {}
    if relay.login[0]:
        options = {"authenticator": relay.authenticate, "auth_required": True}
    controller = _Controller(
        relay,
        hostname="127.0.0.1",
        port=relay.port,
        ready_timeout=60,
        ssl_context=tls,
        tls_context=starttls,
        require_starttls=starttls is not None and relay.offer_starttls,
        data_size_limit=relay.offer_size,
        auth_require_tls=starttls is not None,
        **options,
    )
    controller.start()
    relay.sessions.clear()
    try:
        yield relay
    finally:
        controller.stop()
