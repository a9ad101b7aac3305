"""SendGrid in the contract: its documented answers and notifications."""

import base64
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from newsletter.errors import (
    OutcomeUnknown,
    ProviderRefused,
    ProviderStopped,
    ProviderUnavailable,
)
from newsletter.model.event import Bounce, EventKind, Webhook
from tests.providers.batches import CAMPAIGN, MOMENT
from tests.providers.contract import (
    DELIVERY,
    READER,
    ApiCase,
    Documented,
    Seen,
    Told,
)
from tests.providers.recorder import Recorded, Reply, json_reply


@cache
def key(name: str) -> ec.EllipticCurvePrivateKey:
    """A key that is the same for the same name, as long as the tests run."""
    del name
    return ec.generate_private_key(ec.SECP256R1())


def shown(name: str) -> str:
    """Its public half, as SendGrid's pages show it."""
    public = key(name).public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def refusal(
    status: int, message: str, field: str | None = None, **headers: str
) -> Reply:
    """An error as SendGrid answers it."""
    error = {"message": message, "field": field, "help": None}
    return json_reply({"errors": [error]}, status, **headers)


def told(event: str, **more: object) -> list[dict[str, Any]]:
    """A notification as the documentation has it."""
    return [
        {
            "email": READER,
            "timestamp": int(MOMENT.timestamp()) + 40,
            "smtp-id": "<14c5d75ce93.dfd.64b469@ismtpd-555>",
            "event": event,
            "category": [CAMPAIGN],
            "sg_event_id": "ZGVsaXZlcmVkLTA",
            "sg_message_id": "BJ8cjZ0kSXC.filter0001.16648.5515E0B88.0",
            "newsletter_delivery": DELIVERY,
            **more,
        }
    ]


ADDRESS = "Does not contain a valid address."
FROM = "The from address does not match a verified Sender Identity."


class SendGridCase(ApiCase):
    """What SendGrid's API description and documentation say."""

    name = "sendgrid"
    environ: ClassVar[Mapping[str, str]] = {
        "SENDGRID_API_KEY": "SG.a-very-secret.key",
        "SENDGRID_WEBHOOK_PUBLIC_KEY": shown("ours"),
    }
    proof = "SENDGRID_WEBHOOK_PUBLIC_KEY"
    body_matters = False
    check_reply = json_reply({"scopes": ["mail.send", "alerts.read"]})
    documented = (
        *(
            Documented(
                label=f"{status} {said[:40]} {field}",
                reply=refusal(status, said, field),
                expect=error,
            )
            for status, said, field, error in (
                (400, ADDRESS, "personalizations.0.to.0.email", ProviderRefused),
                (400, "Bad Request", None, ProviderRefused),
                (400, ADDRESS, "from.email", ProviderStopped),
                (400, "The subject is required.", "subject", ProviderStopped),
                (401, "Permission denied, wrong credentials", None, ProviderStopped),
                (403, FROM, "from", ProviderStopped),
                (404, "Not Found", None, ProviderStopped),
                (405, "Method Not Allowed", None, ProviderStopped),
                (413, "Payload Too Large", None, ProviderRefused),
                (429, "too many requests", None, ProviderUnavailable),
                (500, "Internal Server Error", None, OutcomeUnknown),
                (502, "Bad Gateway", None, OutcomeUnknown),
                (503, "Service Unavailable", None, ProviderUnavailable),
                (504, "Gateway Timeout", None, OutcomeUnknown),
            )
        ),
        Documented(
            label="429 until a moment that is over",
            reply=refusal(429, "too many requests", x_ratelimit_reset="1392815263"),
            expect=ProviderUnavailable,
            retry_after=0.0,
        ),
        Documented(
            label="200, as in the sandbox",
            reply=Reply(headers={"X-Message-Id": "x"}),
            expect=OutcomeUnknown,
        ),
    )
    told = (
        Told(label="processed", body=told("processed"), kind=EventKind.ACCEPTED),
        Told(
            label="delivered",
            body=told("delivered", response="250 OK"),
            kind=EventKind.DELIVERED,
            reason="250 OK",
        ),
        Told(
            label="deferred",
            body=told("deferred", response="400 try again later", attempt="5"),
            kind=EventKind.DEFERRED,
            reason="try again",
        ),
        Told(
            label="no such mailbox",
            body=told("bounce", type="bounce", status="5.1.1", reason="550 unknown"),
            kind=EventKind.BOUNCED,
            bounce=Bounce.HARD,
            reason="550 unknown",
        ),
        Told(
            label="bounced, and no more is known",
            body=told("bounce", type="bounce", status="5.0.0", reason="500 no"),
            kind=EventKind.BOUNCED,
            bounce=Bounce.HARD,
        ),
        Told(
            label="bounced over what was sent",
            body=told("bounce", type="bounce", status="5.0.0", reason="550 5.7.1 spam"),
            kind=EventKind.BOUNCED,
            bounce=Bounce.POLICY,
        ),
        Told(
            label="full",
            body=told("bounce", type="bounce", status="5.2.2", reason="552 full"),
            kind=EventKind.BOUNCED,
            bounce=Bounce.SOFT,
        ),
        Told(
            label="blocked",
            body=told("bounce", type="blocked", status="4.0.0", reason="blocked"),
            kind=EventKind.BOUNCED,
            bounce=Bounce.POLICY,
        ),
        Told(
            label="expired",
            body=told("bounce", type="expired", reason="no answer"),
            kind=EventKind.BOUNCED,
            bounce=Bounce.SOFT,
        ),
        Told(
            label="dropped",
            body=told("dropped", reason="Bounced Address", status="5.0.0"),
            kind=EventKind.REJECTED,
            reason="Bounced Address",
        ),
        Told(label="complaint", body=told("spamreport"), kind=EventKind.COMPLAINED),
        Told(
            label="unsubscribed", body=told("unsubscribe"), kind=EventKind.UNSUBSCRIBED
        ),
        Told(
            label="unsubscribed from a group",
            body=told("group_unsubscribe", asm_group_id=1),
            kind=EventKind.UNSUBSCRIBED,
        ),
        Told(label="opened", body=told("open"), kind=EventKind.OPENED),
        Told(
            label="clicked",
            body=told("click", url="https://a.example/"),
            kind=EventKind.CLICKED,
            url="https://a.example/",
        ),
        Told(label="joined again", body=told("group_resubscribe"), kind=None),
        Told(label="nothing", body=[], kind=None),
    )

    def accepted(self, request: Recorded) -> Reply:
        """202, and nothing but an id in a header."""
        return Reply(status=202, headers={"X-Message-Id": "BJ8cjZ0kSXC"})

    def seen(self, request: Recorded) -> list[Seen]:
        """Each personalization, with its substitutions made."""
        body = request.json()
        return [_seen(body, each) for each in body["personalizations"]]

    def signed(
        self, body: bytes, *, at: datetime = MOMENT, forged: bool = False
    ) -> Webhook:
        """ECDSA over the timestamp and the body."""
        stamp = str(int(at.timestamp()))
        signer = key("another" if forged else "ours")
        signature = signer.sign(stamp.encode() + body, ec.ECDSA(SHA256()))
        prefix = "x-twilio-email-event-webhook"
        headers = {
            f"{prefix}-signature": base64.b64encode(signature).decode(),
            f"{prefix}-timestamp": stamp,
        }
        return Webhook(headers=headers, body=body, received_at=MOMENT)


def _seen(body: Any, person: Any) -> Seen:
    def fill(text: str) -> str:
        # In an order of its own, so that one that is in another would show.
        for mark, value in sorted(person["substitutions"].items(), reverse=True):
            text = text.replace(mark, value)
        return text

    content = {part["type"]: fill(part["value"]) for part in body["content"]}
    return Seen(
        to=[to["email"] for to in person["to"]],
        sender=f"{body['from']['name']} <{body['from']['email']}>",
        reply_to=body.get("reply_to", {}).get("email", ""),
        subject=fill(body["subject"]),
        html=content["text/html"],
        text=content["text/plain"],
        headers={**body["headers"], **person["headers"]},
        campaign=body["categories"][0],
        delivery_id=person["custom_args"]["newsletter_delivery"],
    )


CASE = SendGridCase()
