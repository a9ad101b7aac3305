"""Mailgun in the contract: its documented answers and notifications."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, ClassVar

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

SIGNING_KEY = "a-secret-signing-key"
MESSAGE_ID = "20261120073000.1.4F5@letter.example.com"


def parts(request: Recorded) -> dict[str, list[str]]:
    """The fields of a multipart form, read by the standard library's mail parser."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + request.body)
    found: dict[str, list[str]] = {}
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        found.setdefault(name, []).append(content.decode())
    return found


def refusal(status: int, message: str) -> Reply:
    """An error as Mailgun answers it."""
    return json_reply({"message": message}, status)


def told(event: str, **more: object) -> dict[str, object]:
    """A notification as the documentation has it."""
    headers = {
        "message-id": MESSAGE_ID,
        "from": "mo <mo@letter.example.com>",
        "to": READER,
        "subject": "hi",
    }
    data = {
        "event": event,
        "id": "Ase7i2zsRYeDXztHGENqRA",
        "timestamp": MOMENT.timestamp() + 41.6,
        "recipient": READER,
        "tags": [CAMPAIGN, "batch-07"],
        "user-variables": {"delivery": DELIVERY},
        "message": {"headers": headers, "attachments": [], "size": 6666},
        **more,
    }
    return {"event-data": data}


def failed(reason: str, severity: str = "permanent", **status: object) -> Any:
    """A message that did not arrive."""
    return told(
        "failed", severity=severity, reason=reason, **{"delivery-status": status}
    )


DOMAIN: Mapping[str, object] = {
    "created_at": "Thu, 13 Oct 2011 18:02:00 GMT",
    "encrypt_incoming_message": False,
    "id": "123456789012345678901234",
    "is_disabled": False,
    "message_ttl": 86400,
    "name": "letter.example.com",
    "require_tls": True,
    "skip_verification": False,
    "smtp_login": "postmaster@letter.example.com",
    "spam_action": "disabled",
    "state": "active",
    "type": "custom",
    "use_automatic_sender_security": True,
    "web_prefix": "email",
    "web_scheme": "https",
    "wildcard": False,
}
LIMIT = "Domain letter.example.com is not allowed to send: recipient limit exceeded, "


class MailgunCase(ApiCase):
    """What Mailgun's API description and documentation say."""

    name = "mailgun"
    environ: ClassVar[Mapping[str, str]] = {
        "MAILGUN_API_KEY": "key-very-secret",
        "MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY,
    }
    proof = "MAILGUN_WEBHOOK_SIGNING_KEY"
    signs_body = False
    check_reply = json_reply({"domain": DOMAIN})
    documented = (
        *(
            Documented(
                label=f"{status} {said[:40]}", reply=refusal(status, said), expect=e
            )
            for status, said, e in (
                (400, "to parameter is not a valid address.", ProviderRefused),
                (400, "'to' parameter is not a valid address.", ProviderRefused),
                (400, "from parameter is missing", ProviderStopped),
                (400, "'from' parameter is not a valid address.", ProviderStopped),
                (401, "Invalid private key", ProviderStopped),
                (402, "Payment required", ProviderStopped),
                (403, "Please activate your Mailgun account.", ProviderStopped),
                (
                    403,
                    "You are not allowed to send large batches yet.",
                    ProviderRefused,
                ),
                (404, "Domain not found: letter.example.com", ProviderStopped),
                (413, "Request entity too large", ProviderRefused),
                (500, "Internal Server Error", OutcomeUnknown),
                (503, "Service Unavailable", OutcomeUnknown),
            )
        ),
        Documented(
            label="401 as plain text",
            reply=Reply(status=401, body=b"Forbidden"),
            expect=ProviderStopped,
        ),
        Documented(
            label="429 in seconds",
            reply=refusal(429, LIMIT + "try again after 120 seconds"),
            expect=ProviderUnavailable,
            retry_after=120.0,
        ),
        Documented(
            label="429 until a moment that is over",
            reply=refusal(429, LIMIT + "try again after Wed, 22 Feb 2023 10:04:01 UTC"),
            expect=ProviderUnavailable,
            retry_after=0.0,
        ),
        Documented(
            label="420, which is not documented",
            reply=refusal(420, LIMIT + "try again after Wed, 22 Feb 2023 10:04:01 UTC"),
            expect=ProviderUnavailable,
            retry_after=0.0,
        ),
        Documented(
            label="420 that does not tell when",
            reply=refusal(420, LIMIT),
            expect=ProviderUnavailable,
        ),
        Documented(
            label="403 that tells when",
            reply=refusal(403, LIMIT + "try again after 5 seconds"),
            expect=ProviderUnavailable,
            retry_after=5.0,
        ),
        Documented(
            label="an address that is not the interface",
            reply=Reply(body=b"Mailgun Magnificent API"),
            expect=ProviderStopped,
        ),
    )
    told = (
        Told(label="accepted", body=told("accepted"), kind=EventKind.ACCEPTED),
        Told(label="delivered", body=told("delivered"), kind=EventKind.DELIVERED),
        Told(
            label="no such mailbox",
            body=failed("bounce", code=550, message="550 5.1.1 no such user here"),
            kind=EventKind.BOUNCED,
            bounce=Bounce.HARD,
            reason="no such user",
        ),
        Told(
            label="bounced, by its name only",
            body=failed("bounce", code=550, description="not delivering"),
            kind=EventKind.BOUNCED,
            bounce=Bounce.HARD,
            reason="not delivering",
        ),
        Told(
            label="full",
            body=failed(
                "bounce", **{"enhanced-code": "5.2.2", "message": "over quota"}
            ),
            kind=EventKind.BOUNCED,
            bounce=Bounce.SOFT,
            reason="over quota",
        ),
        Told(
            label="the sender is not wanted",
            body=failed("generic", code=550, message="5.7.1 blocked by policy"),
            kind=EventKind.BOUNCED,
            bounce=Bounce.POLICY,
            reason="blocked",
        ),
        Told(
            label="blocked by the mailbox's service",
            body=failed("espblock"),
            kind=EventKind.BOUNCED,
            bounce=Bounce.POLICY,
            reason="espblock",
        ),
        Told(
            label="given up",
            body=failed("old", code=602),
            kind=EventKind.BOUNCED,
            bounce=Bounce.SOFT,
        ),
        Told(
            label="failed for a reason of its own",
            body=failed("generic", code=600),
            kind=EventKind.BOUNCED,
            bounce=Bounce.UNKNOWN,
        ),
        Told(
            label="bounced before",
            body=failed("suppress-bounce", code=605),
            kind=EventKind.BOUNCED,
            bounce=Bounce.HARD,
        ),
        Told(
            label="complained before",
            body=failed("suppress-complaint", code=607),
            kind=EventKind.REJECTED,
            reason="suppress-complaint",
        ),
        Told(
            label="tried again later",
            body=failed("generic", "temporary", code=421, message="try later"),
            kind=EventKind.DEFERRED,
            reason="try later",
        ),
        Told(
            label="rejected",
            body=told("rejected", reject={"reason": "Sandbox subdomains …"}),
            kind=EventKind.REJECTED,
            reason="Sandbox",
        ),
        Told(label="complained", body=told("complained"), kind=EventKind.COMPLAINED),
        Told(
            label="unsubscribed", body=told("unsubscribed"), kind=EventKind.UNSUBSCRIBED
        ),
        Told(label="opened", body=told("opened"), kind=EventKind.OPENED),
        Told(
            label="clicked",
            body=told("clicked", url="https://a.example/?b=c"),
            kind=EventKind.CLICKED,
            url="https://a.example/?b=c",
        ),
        Told(label="stored", body=told("stored"), kind=None),
        Told(label="no event at all", body={"event-data": None}, kind=None),
    )

    def accepted(self, request: Recorded) -> Reply:
        """One id for all."""
        return json_reply({"id": f"<{MESSAGE_ID}>", "message": "Queued. Thank you."})

    def seen(self, request: Recorded) -> list[Seen]:
        """Each `%recipient.…%` filled in once; what it brings is not looked at."""
        form = parts(request)
        by_address = json.loads(form["recipient-variables"][0])
        assert form["to"][0].split(",") == list(by_address)
        return [_seen(form, address, known) for address, known in by_address.items()]

    def signed(
        self, body: bytes, *, at: datetime = MOMENT, forged: bool = False
    ) -> Webhook:
        """The signature stands in the body, beside the event."""
        stamp, token = str(int(at.timestamp())), "a" * 50
        key = "another key" if forged else SIGNING_KEY
        mac = hmac.new(key.encode(), (stamp + token).encode(), hashlib.sha256)
        proof = {"timestamp": stamp, "token": token, "signature": mac.hexdigest()}
        with suppress(ValueError, RecursionError):
            data = json.loads(body)
            if isinstance(data, dict):
                body = json.dumps({**data, "signature": proof}).encode()
        return Webhook(headers={}, body=body, received_at=MOMENT)


def _seen(
    form: Mapping[str, list[str]], address: str, known: Mapping[str, str]
) -> Seen:
    def fill(name: str) -> str:
        text = form.get(name, [""])[0]
        return re.sub(r"%recipient\.(\w+)%", lambda m: known[m[1]], text)

    return Seen(
        to=[address],
        sender=form["from"][0],
        reply_to=fill("h:Reply-To"),
        subject=fill("subject"),
        html=fill("html"),
        text=fill("text"),
        headers={name[2:]: fill(name) for name in form if name.startswith("h:")},
        campaign=form["o:tag"][0],
        delivery_id=fill("v:delivery"),
    )


CASE = MailgunCase()
