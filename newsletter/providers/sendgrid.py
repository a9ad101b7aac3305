"""SendGrid: one text for a thousand readers, with substitutions where they differ.

Rules are from SendGrid's API description (github.com/twilio/sendgrid-oai) and its
documentation (twilio.com/docs/sendgrid). Nothing here was tried on a live account.
"""

import base64
import binascii
import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from newsletter.errors import (
    ConfigError,
    OutcomeUnknown,
    ProviderBusy,
    ProviderRefused,
    ProviderStopped,
)
from newsletter.model.campaign import DeliveryResult, DeliveryState
from newsletter.model.event import Bounce, Event, EventKind, Webhook
from newsletter.model.frozen import FrozenEmail, InlineImage
from newsletter.model.message import Batch, Recipient
from newsletter.model.publication import Publication
from newsletter.providers.answer import Answer, by_status
from newsletter.providers.bounces import bounce_class
from newsletter.providers.duplicates import each_once
from newsletter.providers.http import Http
from newsletter.providers.keys import optional_key, required_key
from newsletter.providers.protocol import Capabilities
from newsletter.providers.reading import inside, moment_at, text_at, webhook_json
from newsletter.providers.substitution import Substitution, substitute

_REGIONS = {"us": "https://api.sendgrid.com", "eu": "https://api.eu.sendgrid.com"}

_SUBSTITUTION_BYTES = 10_000
"""Of all substitutions of one recipient."""

_DELIVERY = "newsletter_delivery"
"""What events call our id. It stands among their own keys, hence the prefix."""

_NOTHING_RESERVED = re.compile(r"(?!)")

# All that SendGrid might write into a message, whatever the account's settings are.
_OFF = {
    "click_tracking": {"enable": False, "enable_text": False},
    "open_tracking": {"enable": False},
    "subscription_tracking": {"enable": False},
    "ganalytics": {"enable": False},
}

_CLOCKS = timedelta(minutes=5)
"""How far the clocks of two machines may be apart."""

_EVENT_AGE = timedelta(hours=25)
"""An event is told again for a day; whether it is signed anew then is unknown."""

# sg_message_id is X-Message-Id and, behind it, the name of a machine.
_MACHINE = re.compile(r"\.(?:filter|recvd).*", re.DOTALL)

_KINDS = {
    "processed": EventKind.ACCEPTED,
    "delivered": EventKind.DELIVERED,
    "deferred": EventKind.DEFERRED,
    "bounce": EventKind.BOUNCED,
    "dropped": EventKind.REJECTED,
    "spamreport": EventKind.COMPLAINED,
    "unsubscribe": EventKind.UNSUBSCRIBED,
    "group_unsubscribe": EventKind.UNSUBSCRIBED,
    "open": EventKind.OPENED,
    "click": EventKind.CLICKED,
}


class SendGrid:
    """Sends through SendGrid's v3 API."""

    name: ClassVar[str] = "sendgrid"
    variables: ClassVar[Mapping[str, str]] = {
        "SENDGRID_API_KEY": "an API key that may send mail",
        "SENDGRID_WEBHOOK_PUBLIC_KEY": "proves that events come from SendGrid",
    }
    capabilities: ClassVar[Capabilities] = Capabilities(
        batch_size=1000,
        recipient_headers=True,
        substitution=True,
        inline_images=True,
        signature="ECDSA with P-256 and SHA-256 over timestamp and event",
    )

    def __init__(self, key: str, *, api_url: str, public_key: str = "") -> None:
        """Send with `key`; without `public_key` no event is believed.

        Raises ConfigError for a public key that is none.
        """
        self.target = api_url.rstrip("/")
        self._public_key = _public_key(public_key) if public_key else None
        self._http = Http(
            "SendGrid",
            headers={"Authorization": f"Bearer {key}"},
            keys=[key],
            seconds=self.capabilities.call_seconds,
        )

    @classmethod
    def from_settings(
        cls, publication: Publication, environment: Mapping[str, str]
    ) -> "SendGrid":
        """SendGrid as newsletter.yaml and the environment say."""
        settings = publication.providers.sendgrid
        return cls(
            required_key(environment, "SENDGRID_API_KEY"),
            api_url=settings.api_url or _REGIONS[settings.region],
            public_key=optional_key(environment, "SENDGRID_WEBHOOK_PUBLIC_KEY"),
        )

    def send(self, batch: Batch) -> Sequence[DeliveryResult]:
        """Send one batch in one call; all its messages have one id.

        SendGrid refuses the whole call for one invalid address. Raises as the protocol
        says.
        """
        recipients, others = each_once(batch.recipients)
        texts = _texts(batch)
        others += [_too_long(each) for each in recipients if not _fits(texts, each)]
        recipients = [each for each in recipients if _fits(texts, each)]
        if not recipients:
            return others
        answer = self._http.call(
            "POST",
            f"{self.target}/v3/mail/send",
            json=_body(batch, texts, recipients),
        )
        message_id = _queued(answer)
        return others + [
            DeliveryResult(each.subscriber_id, DeliveryState.ACCEPTED, message_id)
            for each in recipients
        ]

    def find(self, batch: Batch) -> Sequence[DeliveryResult]:
        """Always raises ProviderRefused: its records are sold apart from sending.

        The Email Activity API answers six times in a minute, and not at all for
        accounts that have not bought it.
        """
        del batch
        raise ProviderRefused("SendGrid has no records to search; its events tell")

    def events(self, webhook: Webhook) -> Sequence[Event]:
        """The events in a webhook: many at once, some of which may be ignored."""
        self._prove(webhook)
        found = webhook_json(webhook.body)
        if not isinstance(found, list):
            raise ProviderRefused("the event is no JSON array")
        events = [_event(data, webhook.received_at) for data in found]
        return [event for event in events if event]

    def check(self) -> str:
        """Ask what the key may do."""
        answer = self._http.call("GET", f"{self.target}/v3/scopes")
        _refuse(answer)
        scopes = inside(answer.json(), "scopes")
        if not isinstance(scopes, list) or "mail.send" not in scopes:
            raise ProviderStopped(
                "SendGrid's key may not send mail",
                hint="make one with the permission `Mail Send`",
            )
        return "SendGrid takes mail with this key"

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _prove(self, webhook: Webhook) -> None:
        """Raise ProviderRefused unless the webhook is SendGrid's, and not too old."""
        if self._public_key is None:
            raise ProviderRefused("SENDGRID_WEBHOOK_PUBLIC_KEY is not set")
        prefix = "x-twilio-email-event-webhook"
        stamp = webhook.headers.get(f"{prefix}-timestamp", "")
        try:
            signature = base64.b64decode(webhook.headers[f"{prefix}-signature"])
            signed = stamp.encode() + webhook.body
            self._public_key.verify(signature, signed, ec.ECDSA(SHA256()))
        except (KeyError, binascii.Error, ValueError, InvalidSignature):
            raise ProviderRefused("the signature is not SendGrid's") from None
        made = moment_at({"timestamp": stamp}, "timestamp")
        if made is None or not -_CLOCKS <= webhook.received_at - made <= _EVENT_AGE:
            raise ProviderRefused("the signature is too old")


def _public_key(text: str) -> ec.EllipticCurvePublicKey:
    """The key as SendGrid shows it: base64 of DER."""
    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ConfigError(
            "SENDGRID_WEBHOOK_PUBLIC_KEY is no such key",
            hint="copy the verification key of the signed event webhook",
        )
    return key


def _texts(batch: Batch) -> Substitution:
    """The email with substitutions, between marks that are nowhere in its texts.

    They are made of the campaign's uid, which no subscriber could write into his name.
    What SendGrid makes of its own tags, such as `[unsubscribe]`, with all tracking off
    is not documented.
    """
    email = batch.email
    parts = (email.subject, email.html, email.text)
    whole = "\n".join(literal for part in parts for literal in part.literals)
    mark = f"-{batch.campaign[:8]}"
    while mark in whole:
        mark += "-"

    def variable(name: str) -> str:
        return f"{mark}.{name}-"

    return substitute(email, variable, _NOTHING_RESERVED, key=variable)


def _fits(texts: Substitution, recipient: Recipient) -> bool:
    values = texts.values(recipient)
    return sum(len((k + v).encode()) for k, v in values.items()) <= _SUBSTITUTION_BYTES


def _too_long(recipient: Recipient) -> DeliveryResult:
    reason = "the merge values are longer than the 10,000 bytes SendGrid takes"
    return DeliveryResult(
        recipient.subscriber_id, DeliveryState.REJECTED, reason=reason
    )


def _body(
    batch: Batch, texts: Substitution, recipients: Sequence[Recipient]
) -> dict[str, Any]:
    email = batch.email
    body: dict[str, Any] = {
        "from": _mailbox(email.from_address, email.from_name),
        "subject": texts.subject,
        # The plain text must come first.
        "content": [
            {"type": "text/plain", "value": texts.text},
            {"type": "text/html", "value": texts.html},
        ],
        "headers": email.list_headers(batch.campaign),
        "categories": [batch.campaign],
        "tracking_settings": _OFF,
        "personalizations": [_personal(email, texts, each) for each in recipients],
    }
    if email.reply_to:
        body["reply_to"] = _mailbox(email.reply_to, "")
    if email.inline_images:
        body["attachments"] = [_image(image) for image in email.inline_images]
    return body


def _personal(
    email: FrozenEmail, texts: Substitution, recipient: Recipient
) -> dict[str, Any]:
    """What differs for one recipient; substitutions do not reach into headers."""
    return {
        "to": [{"email": recipient.address}],
        "headers": {"List-Unsubscribe": email.list_unsubscribe(recipient.token)},
        "substitutions": texts.values(recipient),
        "custom_args": {_DELIVERY: recipient.delivery_id},
    }


def _mailbox(address: str, name: str) -> dict[str, str]:
    return {"email": address, "name": name} if name else {"email": address}


def _image(image: InlineImage) -> dict[str, str]:
    return {
        "content": image.data,
        "type": image.media_type,
        "filename": image.filename,
        "disposition": "inline",
        "content_id": image.content_id,
    }


def _queued(answer: Answer) -> str:
    """The id of what was queued: with 202, and no other status of success.

    200 is what its sandbox says, and a page that stands in between.
    """
    _refuse(answer)
    message_id = answer.headers.get("x-message-id", "")
    if answer.status != 202 or not message_id:
        raise OutcomeUnknown(f"SendGrid answers {answer.status} without an id")
    return message_id


def _refuse(answer: Answer) -> None:
    """Raise what an answer that is no success means for the batch."""
    if answer.ok:
        return
    errors = inside(answer.data(), "errors")
    errors = errors if isinstance(errors, list) else []
    said = "; ".join(text_at(error, "message") for error in errors)
    if answer.status in (429, 503):
        text = f"SendGrid: {said or answer.status}"
        raise ProviderBusy(text, retry_after=_wait(answer))
    fields = [text_at(error, "field") for error in errors]
    if answer.status == 400 and fields and all(map(_is_ours, fields)):
        raise ProviderStopped(f"SendGrid: {said}", hint="see newsletter.yaml")
    raise by_status("SendGrid", answer, said)


def _is_ours(field: str) -> bool:
    """Whether a field is the same for every recipient, so that no part would pass."""
    return bool(field) and not field.startswith("personalizations")


def _wait(answer: Answer) -> float | None:
    """Seconds to wait: X-RateLimit-Reset is a moment; Retry-After is not documented."""
    moment = answer.seconds("x-ratelimit-reset")
    if moment is None:
        return answer.retry_after()
    return max(0.0, moment - time.time())


def _event(data: Any, now: datetime) -> Event | None:
    name = text_at(data, "event")
    kind = _KINDS.get(name)
    if kind is None:
        return None
    return Event(
        kind=kind,
        id=_event_id(data),
        at=moment_at(data, "timestamp") or now,
        address=text_at(data, "email"),
        delivery_id=text_at(data, _DELIVERY),
        provider_message_id=_MACHINE.sub("", text_at(data, "sg_message_id")),
        bounce=_bounce(data) if kind is EventKind.BOUNCED else None,
        reason=text_at(data, "reason") or text_at(data, "response"),
        url=text_at(data, "url") if kind is EventKind.CLICKED else "",
    )


def _event_id(data: Any) -> str:
    """Made of what stays the same when it is told again: `sg_event_id` may not."""
    names = ("sg_message_id", "event", "timestamp", "email", "url")
    told = "\0".join(text_at(data, name) for name in names)
    return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()


def _bounce(data: Any) -> Bounce:
    """`bounce` is for good, `blocked` is about the sender, `expired` had no answer.

    How to read the second and the third is not documented.
    """
    kinds = {"blocked": Bounce.POLICY, "expired": Bounce.SOFT}
    found = kinds.get(text_at(data, "type"), Bounce.HARD)
    if found is not Bounce.HARD:
        return found
    return bounce_class(f"{text_at(data, 'reason')} {text_at(data, 'status')}", found)
