"""Any SMTP relay (RFC 5321): each message by itself, with a result for each recipient.

SMTP recognises no repeated message: when a connection breaks off after one, nobody
knows whether it was taken. That one becomes `uncertain`; all others keep their results.
"""

import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from newsletter.errors import (
    ConfigError,
    ProviderRefused,
    ProviderStopped,
    ProviderUnavailable,
)
from newsletter.model.campaign import DeliveryResult, DeliveryState
from newsletter.model.event import Event, Webhook
from newsletter.model.message import Batch, Recipient
from newsletter.model.publication import Publication
from newsletter.providers.dkim_signing import Signer
from newsletter.providers.protocol import Capabilities
from newsletter.providers.smtp_login import Relay
from newsletter.providers.smtp_replies import Meaning
from newsletter.providers.smtp_session import Session
from newsletter.providers.smtp_transfer import STOP_AFTER, Letter, Transfer

CALL_SECONDS = 90.0
_BEGIN_SECONDS = 60.0
"""After which no further message is begun, so that the last has time to be answered."""

ALIVE_SECONDS = 5.0
"""For a session that was kept to show that it still lives."""

_HERE = ("localhost", "127.0.0.1", "::1")
_OUR_FAULT = (
    "nothing of this batch was sent; when the relay's reason is dealt with, go on with "
    "`newsletter resume`"
)
# What may stand between < and > without ending the command (RFC 5321 §4.1.2).
_ADDRESS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+\Z")

_STATES = {
    Meaning.ACCEPTED: DeliveryState.ACCEPTED,
    Meaning.RECIPIENT: DeliveryState.REJECTED,
    Meaning.OURS: DeliveryState.REJECTED,
    Meaning.LATER: DeliveryState.PENDING,
    Meaning.BUSY: DeliveryState.PENDING,
    Meaning.UNKNOWN: DeliveryState.UNCERTAIN,
}


class Smtp:
    """Hands messages to a relay. Connections are kept, one for each call at a time."""

    name: ClassVar[str] = "smtp"
    capabilities: ClassVar[Capabilities] = Capabilities(
        batch_size=100,
        recipient_headers=True,
        inline_images=True,
        call_seconds=CALL_SECONDS,
    )
    variables: ClassVar[Mapping[str, str]] = {
        "SMTP_USERNAME": "The relay's login; without it no login is made.",
        "SMTP_PASSWORD": "Its password.",
    }

    def __init__(self, relay: Relay, signer: Signer | None = None) -> None:
        """Send through `relay`; sign with `signer` when it does not."""
        self.target = str(relay)
        self._relay = relay
        self._signer = signer
        self._idle: list[Session] = []
        self._lock = threading.Lock()
        self._trusted = False

    @classmethod
    def from_settings(
        cls, publication: Publication, environment: Mapping[str, str]
    ) -> "Smtp":
        """The relay that newsletter.yaml names, with the environment's login.

        Raises ConfigError when something is missing, or would go out unprotected.
        """
        settings = publication.providers.smtp
        username = environment.get("SMTP_USERNAME", "")
        password = environment.get("SMTP_PASSWORD", "")
        if not settings.host:
            raise ConfigError(
                "no relay is named", hint="set providers.smtp.host in newsletter.yaml"
            )
        if bool(username) != bool(password):
            missing = "SMTP_PASSWORD" if username else "SMTP_USERNAME"
            raise ConfigError(f"{missing} is not set", hint="set both, or neither")
        if username and settings.security == "none" and settings.host not in _HERE:
            raise ConfigError(
                f"the password would go to {settings.host} in the clear",
                hint="set providers.smtp.security to starttls or tls",
            )
        relay = Relay(
            host=settings.host,
            port=settings.port,
            security=settings.security,
            username=username,
            password=password,
        )
        return cls(relay, dkim_signer(publication))

    def send(self, batch: Batch) -> Sequence[DeliveryResult]:
        """Hand over one batch; see the protocol.

        A refusal that is our fault (an unknown sender, a policy) is raised as
        ProviderStopped when nobody's message was taken, so that no recipient is
        blamed for it.
        """
        refused: list[DeliveryResult] = []
        now = time.monotonic()
        session = self._session(now + CALL_SECONDS)
        transfer = Transfer(session, batch.email.from_address, now + _BEGIN_SECONDS)
        transfer.run(self._letters(batch, refused))
        if not transfer.ended:
            self._keep(session)
        results = refused + self._results(transfer)
        known = {result.subscriber_id for result in results}
        reason = transfer.ended or "there was no time left"
        results += [
            DeliveryResult(each.subscriber_id, DeliveryState.PENDING, reason=reason)
            for each in batch.recipients
            if each.subscriber_id not in known
        ]
        if all(result.state is DeliveryState.PENDING for result in results):
            reason = results[0].reason if results else reason
            raise ProviderUnavailable(f"{self._relay} took nothing: {reason}")
        return results

    def find(self, batch: Batch) -> Sequence[DeliveryResult]:
        """Always raises ProviderRefused: a relay's records cannot be asked."""
        del batch
        raise ProviderRefused(
            "SMTP keeps no records that can be asked",
            hint="look for the recipients in the relay's log",
        )

    def events(self, webhook: Webhook) -> Sequence[Event]:
        """Always raises ProviderRefused: SMTP tells of bounces by mail."""
        del webhook
        raise ProviderRefused("SMTP has no events")

    def check(self) -> str:
        """Connect and log in, without sending; raises as `Relay.open` does."""
        session = self._relay.open(time.monotonic() + CALL_SECONDS)
        secured = session.tls.replace("v", " ") or "no encryption"
        session.quit()
        login = ", logged in" if self._relay.username else ""
        grouped = "in groups" if "PIPELINING" in session.extensions else "one by one"
        return f"{self._relay} answers with {secured}{login}; takes commands {grouped}"

    def close(self) -> None:
        """End all sessions."""
        with self._lock:
            idle, self._idle = self._idle, []
        for session in idle:
            session.deadline = time.monotonic() + 1.0
            session.quit()

    def _session(self, deadline: float) -> Session:
        """A session kept from an earlier call that still lives, or a new one."""
        while True:
            with self._lock:
                session = self._idle.pop() if self._idle else None
            if session is None:
                return self._relay.open(deadline)
            session.deadline = time.monotonic() + ALIVE_SECONDS
            if session.is_alive():
                session.deadline = deadline
                return session
            session.close()

    def _keep(self, session: Session) -> None:
        with self._lock:
            self._idle.append(session)

    def _letters(self, batch: Batch, refused: list[DeliveryResult]) -> Iterator[Letter]:
        """Make the messages one at a time; whose cannot be made goes to `refused`."""
        for recipient in batch.recipients:
            try:
                yield self._letter(batch, recipient)
            except ValueError as error:
                reason = f"no message can be made: {error}"
                refused.append(_result(recipient, DeliveryState.REJECTED, reason))

    def _letter(self, batch: Batch, recipient: Recipient) -> Letter:
        address = recipient.address
        if not address.isascii():
            error = f"{address} needs SMTPUTF8 (RFC 6531), which few servers have"
            raise ValueError(error)
        if not _ADDRESS.match(address):
            error = f"{address!r} is not an address"
            raise ValueError(error)
        message = batch.mime(recipient)
        if self._signer is not None:
            message = self._signer.sign(message, batch.moment)
        return Letter.of(recipient, message)

    def _results(self, transfer: Transfer) -> list[DeliveryResult]:
        """What the relay's answers mean for each recipient.

        A refusal that is our fault is a recipient's all the same when others are
        accepted before and after: some relays have a policy for single recipients.
        """
        outcomes = transfer.outcomes
        means = {outcome.meaning for outcome in outcomes}
        self._trusted = self._trusted or Meaning.ACCEPTED in means
        all_of_us = transfer.refused_by_our_fault()
        untaken = not means & {Meaning.ACCEPTED, Meaning.UNKNOWN}
        if Meaning.OURS in means and untaken and (all_of_us or not self._trusted):
            ours = [one.text for one in outcomes if one.meaning is Meaning.OURS]
            message = f"{self._relay} refuses what we send: {ours[-1]}"
            raise ProviderStopped(message, hint=_OUR_FAULT)
        last = outcomes[-STOP_AFTER:] if all_of_us else []
        return [
            _result(one.recipient, DeliveryState.PENDING, one.text)
            if one in last
            else _result(one.recipient, _STATES[one.meaning], one.text, one.queue_id)
            for one in outcomes
        ]


def _result(
    recipient: Recipient, state: DeliveryState, reason: str, queue_id: str = ""
) -> DeliveryResult:
    if state is not DeliveryState.ACCEPTED:
        return DeliveryResult(recipient.subscriber_id, state, reason=reason)
    # A relay that tells no name of its own logs the Message-ID, which begins with ours.
    name = queue_id or recipient.delivery_id
    return DeliveryResult(recipient.subscriber_id, state, name)


def dkim_signer(publication: Publication) -> Signer | None:
    """Who signs, as newsletter.yaml says; None when the relay does.

    Raises ConfigError for half of what it needs, and for a key that is none.
    """
    settings = publication.providers.smtp.dkim
    if not settings.selector and settings.key_file is None:
        return None
    if not settings.selector or settings.key_file is None:
        missing = "key_file" if settings.selector else "selector"
        raise ConfigError(
            f"DKIM needs {missing}", hint=f"set providers.smtp.dkim.{missing}"
        )
    return Signer.from_file(
        publication.root / settings.key_file,
        domain=settings.domain or publication.domain,
        selector=settings.selector,
    )
