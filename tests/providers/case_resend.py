"""Resend in the contract: its documented answers and notifications."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from newsletter.errors import (
    OutcomeUnknown,
    ProviderRefused,
    ProviderStopped,
    ProviderUnavailable,
)
from newsletter.model.campaign import DeliveryState
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

SECRET = base64.b64encode(b"a secret of some bytes").decode()


def refusal(status: int, name: str, message: str = "", **headers: str) -> Reply:
    """An error as Resend answers it."""
    data = {"statusCode": status, "name": name, "message": message or name}
    return json_reply(data, status, **headers)


def told(kind: str, **more: object) -> dict[str, object]:
    """A notification as the API description has it."""
    return {
        "type": kind,
        "created_at": "2026-11-20T07:31:00.678Z",
        "data": {
            "email_id": "56761188-7520-42d8-8898-ff6fc54ce618",
            "created_at": "2026-11-20T07:30:00.000Z",
            "from": "mo <mo@letter.example.com>",
            "to": [READER],
            "subject": "hi",
            "tags": {"campaign": CAMPAIGN, "delivery": DELIVERY},
            **more,
        },
    }


def bounce(kind: str) -> dict[str, object]:
    """A bounce notification of one type."""
    inner = {"type": kind, "subType": "General", "message": "it came back"}
    return told("email.bounced", bounce=inner)


REJECTED, ACCEPTED = DeliveryState.REJECTED, DeliveryState.ACCEPTED
CLICK = {"link": "https://a.example/", "timestamp": "2026-11-20T07:31:00Z"}


class ResendCase(ApiCase):
    """What github.com/resend/resend-openapi and resend.com/docs say."""

    name = "resend"
    environ: ClassVar[Mapping[str, str]] = {
        "RESEND_API_KEY": "re_a-very-secret-key",
        "RESEND_WEBHOOK_SECRET": f"whsec_{SECRET}",
    }
    proof = "RESEND_WEBHOOK_SECRET"
    check_reply = json_reply(
        {"data": [{"name": "letter.example.com", "status": "verified"}]}
    )
    documented = (
        Documented(
            label="permissive mode refuses the second",
            reply=json_reply(
                {"data": [{"id": "a"}], "errors": [{"index": 1, "message": "bad"}]}
            ),
            expect=(ACCEPTED, REJECTED),
        ),
        Documented(
            label="permissive mode refuses the first",
            reply=json_reply(
                {"data": [{"id": "b"}], "errors": [{"index": 0, "message": "bad"}]}
            ),
            expect=(REJECTED, ACCEPTED),
        ),
        *(
            Documented(
                label=f"{status} {name}", reply=refusal(status, name), expect=error
            )
            for status, name, error in (
                (401, "missing_api_key", ProviderStopped),
                (401, "restricted_api_key", ProviderStopped),
                (403, "invalid_api_key", ProviderStopped),
                (403, "suspended_api_key", ProviderStopped),
                (403, "invalid_permission", ProviderStopped),
                (403, "validation_error", ProviderStopped),
                (429, "daily_quota_exceeded", ProviderStopped),
                (429, "monthly_quota_exceeded", ProviderStopped),
                (400, "invalid_idempotency_key", ProviderStopped),
                (400, "validation_error", ProviderRefused),
                (422, "validation_error", ProviderRefused),
                (422, "missing_required_field", ProviderRefused),
                (422, "invalid_parameter", ProviderRefused),
                (422, "invalid_attachment", ProviderRefused),
                (404, "not_found", ProviderStopped),
                (405, "method_not_allowed", ProviderStopped),
                (409, "invalid_idempotent_request", OutcomeUnknown),
                (409, "concurrent_idempotent_requests", ProviderUnavailable),
                (409, "resource_locked", ProviderUnavailable),
                (500, "application_error", OutcomeUnknown),
                (503, "service_unavailable", OutcomeUnknown),
            )
        ),
        Documented(
            label="the sender is wrong, for whomever",
            reply=refusal(422, "validation_error", "Invalid `from` field."),
            expect=ProviderStopped,
        ),
        Documented(
            label="rate_limit_exceeded, by Retry-After",
            reply=refusal(429, "rate_limit_exceeded", retry_after="3"),
            expect=ProviderUnavailable,
            retry_after=3.0,
        ),
        Documented(
            label="rate_limit_exceeded, by its own header",
            reply=refusal(429, "rate_limit_exceeded", ratelimit_reset="2"),
            expect=ProviderUnavailable,
            retry_after=2.0,
        ),
    )
    told = (
        Told(label="sent", body=told("email.sent"), kind=EventKind.ACCEPTED),
        Told(label="delivered", body=told("email.delivered"), kind=EventKind.DELIVERED),
        Told(
            label="delayed",
            body=told("email.delivery_delayed"),
            kind=EventKind.DEFERRED,
        ),
        Told(
            label="hard bounce",
            body=bounce("Permanent"),
            kind=EventKind.BOUNCED,
            bounce=Bounce.HARD,
            reason="it came back",
        ),
        Told(
            label="soft bounce",
            body=bounce("Transient"),
            kind=EventKind.BOUNCED,
            bounce=Bounce.SOFT,
            reason="it came back",
        ),
        Told(
            label="unclear bounce",
            body=bounce("Undetermined"),
            kind=EventKind.BOUNCED,
            bounce=Bounce.UNKNOWN,
            reason="it came back",
        ),
        Told(
            label="complaint", body=told("email.complained"), kind=EventKind.COMPLAINED
        ),
        Told(
            label="failed",
            body=told("email.failed", failed={"reason": "reached_daily_quota"}),
            kind=EventKind.REJECTED,
            reason="reached_daily_quota",
        ),
        Told(
            label="suppressed",
            body=told("email.suppressed", suppressed={"reason": "previous_bounce"}),
            kind=EventKind.REJECTED,
            reason="previous_bounce",
        ),
        Told(label="opened", body=told("email.opened"), kind=EventKind.OPENED),
        Told(
            label="clicked",
            body=told("email.clicked", click=CLICK),
            kind=EventKind.CLICKED,
            url="https://a.example/",
        ),
        Told(label="scheduled", body=told("email.scheduled"), kind=None),
        Told(label="a contact", body={"type": "contact.created"}, kind=None),
    )

    def accepted(self, request: Recorded) -> Reply:
        """An id for each message, in their order."""
        return json_reply(
            {"data": [{"id": f"id-{m['to'][0]}"} for m in request.json()]}
        )

    def seen(self, request: Recorded) -> list[Seen]:
        """Each message is whole."""
        return [
            Seen(
                to=each["to"],
                sender=each["from"],
                reply_to=each.get("reply_to", ""),
                subject=each["subject"],
                html=each["html"],
                text=each["text"],
                headers=each["headers"],
                campaign={t["name"]: t["value"] for t in each["tags"]}["campaign"],
                delivery_id={t["name"]: t["value"] for t in each["tags"]}["delivery"],
            )
            for each in request.json()
        ]

    def signed(
        self, body: bytes, *, at: datetime = MOMENT, forged: bool = False
    ) -> Webhook:
        """Svix's signature over id, time and body."""
        stamp = str(int(at.timestamp()))
        key = b"another key" if forged else base64.b64decode(SECRET)
        mac = hmac.new(key, f"msg_1.{stamp}.".encode() + body, hashlib.sha256)
        headers = {
            "svix-id": "msg_1",
            "svix-timestamp": stamp,
            "svix-signature": f"v1,{base64.b64encode(mac.digest()).decode()}",
        }
        return Webhook(headers=headers, body=body, received_at=MOMENT)


CASE = ResendCase()
