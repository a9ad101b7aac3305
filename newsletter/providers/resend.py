"""Resend: a hundred whole messages in a call, and keys that it knows for a day.

Rules are from Resend's API description (github.com/resend/resend-openapi) and pages
(resend.com/docs/api-reference). Nothing here was tried on a live account.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from newsletter.errors import (
    ConfigError,
    OutcomeUnknown,
    ProviderError,
    ProviderRefused,
    ProviderStopped,
    ProviderUnavailable,
)
from newsletter.model.campaign import DeliveryResult, DeliveryState
from newsletter.model.event import Bounce, Event, EventKind, Webhook
from newsletter.model.message import Batch, Recipient
from newsletter.model.publication import Publication
from newsletter.providers.answer import Answer, by_status
from newsletter.providers.http import Http
from newsletter.providers.keys import optional_key, required_key
from newsletter.providers.mailbox import mailbox
from newsletter.providers.protocol import Capabilities
from newsletter.providers.reading import inside, moment_at, text_at, webhook_object

API = "https://api.resend.com"

_KEY_MARGIN = timedelta(hours=1)
_CLOCKS = timedelta(minutes=5)
"""How far two clocks may be apart; also how old an event may be (docs.svix.com)."""

_RESET = "ratelimit-reset"
_LATER = frozenset({"concurrent_idempotent_requests", "resource_locked"})
_STOPPED: Mapping[str, str] = {
    "missing_api_key": "set RESEND_API_KEY",
    "invalid_api_key": "make a new key, and set RESEND_API_KEY",
    "suspended_api_key": "ask Resend why the key is suspended",
    "restricted_api_key": "use a key that may send",
    "invalid_permission": "use a key that may send",
    "invalid_idempotency_key": "",
    "invalid_from_address": "see `from.address` in newsletter.yaml",
    "daily_quota_exceeded": "wait until tomorrow, or take a larger plan",
    "monthly_quota_exceeded": "wait until next month, or take a larger plan",
}

_KINDS: Mapping[str, EventKind] = {
    "email.sent": EventKind.ACCEPTED,
    "email.delivered": EventKind.DELIVERED,
    "email.delivery_delayed": EventKind.DEFERRED,
    "email.bounced": EventKind.BOUNCED,
    "email.complained": EventKind.COMPLAINED,
    "email.failed": EventKind.REJECTED,
    "email.suppressed": EventKind.REJECTED,
    "email.opened": EventKind.OPENED,
    "email.clicked": EventKind.CLICKED,
}
_BOUNCES = {"Permanent": Bounce.HARD, "Transient": Bounce.SOFT}


class Resend:
    """Sends through Resend's batch endpoint, with a key that makes repeats safe."""

    name: ClassVar[str] = "resend"
    variables: ClassVar[Mapping[str, str]] = {
        "RESEND_API_KEY": "an API key; one with sending access is enough",
        "RESEND_WEBHOOK_SECRET": "the webhook's signing secret, which begins `whsec_`",
    }
    capabilities: ClassVar[Capabilities] = Capabilities(
        batch_size=100,
        recipient_headers=True,
        key_lifetime=timedelta(hours=24),
        search="key",
        signature="HMAC-SHA256 of the id, a timestamp and the event (Svix)",
        calls_per_second=2.0,  # 5 by a newer page: per_second in newsletter.yaml
    )

    def __init__(
        self, key: str, *, api_url: str = "", webhook_secret: str = ""
    ) -> None:
        """Send with `key`; without `webhook_secret` no event is believed."""
        self._api = (api_url or API).rstrip("/")
        self._secret = _signing_key(webhook_secret)
        self._http = Http(
            "Resend",
            headers={"Authorization": f"Bearer {key}"},
            keys=[key],
            seconds=self.capabilities.call_seconds,
        )
        self.target = self._api

    @classmethod
    def from_settings(
        cls, publication: Publication, environment: Mapping[str, str]
    ) -> "Resend":
        """Resend as newsletter.yaml and the environment say."""
        return cls(
            required_key(environment, "RESEND_API_KEY"),
            api_url=publication.providers.resend.api_url,
            webhook_secret=optional_key(environment, "RESEND_WEBHOOK_SECRET"),
        )

    def send(self, batch: Batch) -> Sequence[DeliveryResult]:
        """Send one batch in one call, in which one bad address harms no other.

        Raises as the protocol says. A batch with images inside is refused: Resend takes
        attachments with single messages only.
        """
        if batch.email.inline_images:
            raise ProviderStopped(
                "Resend takes no images inside the messages of a batch",
                hint="publish the images instead, or use another provider",
            )
        answer = self._http.call(
            "POST",
            f"{self._api}/emails/batch",
            json=[_message(batch, each) for each in batch.recipients],
            headers={
                "Idempotency-Key": batch.key,
                # resend.com/changelog/batch-validation-modes; strict refuses all.
                "x-batch-validation": "permissive",
            },
        )
        if not answer.ok:
            raise _sorted(answer)
        return _results(batch, answer)

    def find(self, batch: Batch) -> Sequence[DeliveryResult]:
        """Repeat the call with its key, which tells what became of it.

        Who was not sent to is now. Raises ProviderRefused when Resend may have
        forgotten the key: then a repeat would send to everybody again.
        """
        age = datetime.now(UTC) - batch.moment
        if not -_CLOCKS <= age <= timedelta(hours=24) - _KEY_MARGIN:
            raise ProviderRefused(
                "Resend knows the key of a batch for a day, and that is over",
                hint="search resend.com/emails for some of its readers",
            )
        return self.send(batch)

    def events(self, webhook: Webhook) -> Sequence[Event]:
        """The event in a webhook; what Resend tells of other things is ignored."""
        self._prove(webhook)
        event = _event(webhook_object(webhook.body), webhook)
        return [event] if event else []

    def check(self) -> str:
        """Ask for the domains. A key that may only send is not told."""
        answer = self._http.call("GET", f"{self._api}/domains")
        if answer.data().get("name") == "restricted_api_key":
            return "Resend takes the key; it may only send, so domains were not checked"
        if not answer.ok:
            raise _sorted(answer)
        domains = inside(answer.json(), "data")
        known = [
            f"{text_at(each, 'name')} is {text_at(each, 'status')}"
            for each in (domains if isinstance(domains, list) else [])
        ]
        return f"Resend takes the key; {', '.join(known) or 'it has no domains yet'}"

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _prove(self, webhook: Webhook) -> None:
        """Raise ProviderRefused unless the signature is Resend's and fresh.

        docs.svix.com/receiving/verifying-payloads/how-manual
        """
        if not self._secret:
            raise ProviderRefused("RESEND_WEBHOOK_SECRET is not set")
        identity = webhook.headers.get("svix-id", "")
        stamp = webhook.headers.get("svix-timestamp", "")
        made = moment_at({"at": stamp}, "at")
        if made is None or abs(webhook.received_at - made) > _CLOCKS:
            raise ProviderRefused("the signature is too old")
        signed = f"{identity}.{stamp}.".encode("utf-8", "replace") + webhook.body
        right = base64.b64encode(hmac.digest(self._secret, signed, hashlib.sha256))
        for given in webhook.headers.get("svix-signature", "").split():
            known = given.encode("utf-8", "replace")
            if identity and hmac.compare_digest(b"v1," + right, known):
                return
        raise ProviderRefused("the signature is not Resend's")


def _signing_key(secret: str) -> bytes:
    """The bytes of a `whsec_…` secret; raises ConfigError for anything else."""
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise ConfigError(
            "RESEND_WEBHOOK_SECRET is no signing secret",
            hint="copy it anew from the webhook's page; it begins with `whsec_`",
        ) from None


def _message(batch: Batch, recipient: Recipient) -> dict[str, Any]:
    email = batch.email
    message: dict[str, Any] = {
        "from": mailbox(email.from_name, email.from_address),
        "to": [recipient.address],
        "subject": batch.subject(recipient),
        "html": batch.html(recipient),
        "text": batch.text(recipient),
        "headers": batch.headers(recipient),
        # ASCII letters, digits, `_` and `-` only; they come back with every event.
        "tags": [
            {"name": "campaign", "value": batch.campaign},
            {"name": "delivery", "value": recipient.delivery_id},
        ],
    }
    if email.reply_to:
        message["reply_to"] = email.reply_to
    return message


def _results(batch: Batch, answer: Answer) -> list[DeliveryResult]:
    """Who was taken: `errors` has the others by their place in the call.

    That the ids in `data` are in the order of those who were taken is not documented;
    events name the delivery by its tag, so nothing hangs on it.
    """
    data = answer.json()
    ids = inside(data, "data")
    refused = _refused(inside(data, "errors"))
    taken = [n for n in range(len(batch.recipients)) if n not in refused]
    known = len(refused) + len(taken) == len(batch.recipients)
    if not isinstance(ids, list) or len(ids) != len(taken) or not known:
        raise OutcomeUnknown(f"Resend's answer does not add up: {answer.excerpt()}")
    found = dict(zip(taken, ids, strict=True))
    return [
        DeliveryResult(
            each.subscriber_id, DeliveryState.REJECTED, reason=refused[number]
        )
        if number in refused
        else _taken(each, text_at(found[number], "id"))
        for number, each in enumerate(batch.recipients)
    ]


def _taken(recipient: Recipient, message_id: str) -> DeliveryResult:
    if not message_id:
        state, reason = DeliveryState.UNCERTAIN, "Resend's answer has no id for it"
        return DeliveryResult(recipient.subscriber_id, state, reason=reason)
    return DeliveryResult(recipient.subscriber_id, DeliveryState.ACCEPTED, message_id)


def _refused(errors: Any) -> dict[int, str]:
    """Why each place of the call was refused; empty for what makes no sense."""
    found = {}
    for each in errors if isinstance(errors, list) else []:
        index = inside(each, "index")
        if isinstance(index, int) and not isinstance(index, bool):
            found[index] = text_at(each, "message") or "Resend refused it"
    return found


def _sorted(answer: Answer) -> ProviderError:
    """What an answer that is no success means: resend.com/docs/api-reference/errors."""
    data = answer.data()
    name = text_at(data, "name") or text_at(data, "type")
    said = text_at(data, "message")
    text = f"Resend: {said or name or answer.excerpt()} ({answer.status})"
    if name == "invalid_idempotent_request":
        return OutcomeUnknown(
            f"{text}. ALARM: this batch was sent before with other bytes",
            hint="do not send it again; look up its readers at resend.com/emails, "
            "and report this as a bug of newsletter",
        )
    if name in _LATER:
        return ProviderUnavailable(text, retry_after=answer.retry_after(_RESET))
    if name in _STOPPED:
        return ProviderStopped(text, hint=_STOPPED[name])
    if name == "validation_error" and "`from`" in said:
        return ProviderStopped(text, hint=_STOPPED["invalid_from_address"])
    if answer.status == 403:
        hint = "verify the domain at resend.com/domains"
        return ProviderStopped(text, hint=hint)
    return by_status("Resend", answer, said, reset=_RESET)


def _event(data: Mapping[str, Any], webhook: Webhook) -> Event | None:
    kind = _KINDS.get(text_at(data, "type"))
    if kind is None:
        return None
    about = inside(data, "data")
    to = inside(about, "to")
    bounced = kind is EventKind.BOUNCED
    why = [
        text_at(about, "bounce", "message"),
        text_at(about, "failed", "reason"),
        text_at(about, "suppressed", "reason"),
    ]
    return Event(
        kind=kind,
        # The same for every time that an event is told.
        id=webhook.headers["svix-id"],
        at=moment_at(data, "created_at") or webhook.received_at,
        # A message of ours has one recipient.
        address=text_at({"to": to[0]}, "to") if isinstance(to, list) and to else "",
        delivery_id=text_at(about, "tags", "delivery"),
        provider_message_id=text_at(about, "email_id"),
        bounce=_bounce(about) if bounced else None,
        reason=next(filter(None, why), ""),
        url=text_at(about, "click", "link"),
    )


def _bounce(about: Any) -> Bounce:
    return _BOUNCES.get(text_at(about, "bounce", "type"), Bounce.UNKNOWN)
