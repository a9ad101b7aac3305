"""Brevo in the contract: its documented answers and notifications."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from django.template import Context, Engine  # type: ignore[import-untyped]

from newsletter.errors import (
    OutcomeUnknown,
    ProviderRefused,
    ProviderStopped,
    ProviderUnavailable,
)
from newsletter.model.campaign import DeliveryState
from newsletter.model.event import Bounce, EventKind, Webhook
from tests.providers.batches import CAMPAIGN, KEY, MOMENT
from tests.providers.contract import (
    DELIVERY,
    READER,
    ApiCase,
    Documented,
    Seen,
    Told,
)
from tests.providers.recorder import Recorded, Reply, json_reply

ACCEPTED = DeliveryState.ACCEPTED


def refusal(status: int, code: str, message: str = "said", **headers: str) -> Reply:
    """An error as Brevo answers it."""
    return json_reply({"code": code, "message": message}, status, **headers)


def told(event: str, **more: object) -> dict[str, object]:
    """A notification as Anymail has seen it."""
    return {
        "event": event,
        "email": READER,
        "id": 12345,
        "date": "2026-11-20 09:31:00",
        "ts": 1795246260,
        "ts_event": 1795246260,
        "ts_epoch": 1795159860678,
        "message-id": "<202611200731.1@smtp-relay.mailin.fr>",
        "subject": "hi",
        "tag": f'["{CAMPAIGN}:{KEY}"]',
        "tags": [f"{CAMPAIGN}:{KEY}"],
        "X-Mailin-custom": json.dumps({"delivery": DELIVERY}),
        **more,
    }


def rendered(text: str, params: Mapping[str, str]) -> str:
    """What Brevo's templates make of a text: they are those of Django, by its guide.

    Twice, since some reports say that values are evaluated, too.
    """
    engine = Engine(autoescape=True)
    once = engine.from_string(text).render(Context({"params": params}))
    assert engine.from_string(once).render(Context({"params": params})) == once
    return str(once)


class BrevoCase(ApiCase):
    """What developers.brevo.com says."""

    name = "brevo"
    environ: ClassVar[Mapping[str, str]] = {
        "BREVO_API_KEY": "xkeysib-very-secret",
        "BREVO_WEBHOOK_TOKEN": "a-secret-token",
    }
    proof = "BREVO_WEBHOOK_TOKEN"
    signs_body = False
    signs_time = False
    check_reply = json_reply({"companyName": "the second chair"})
    documented = (
        *(
            Documented(
                label=f"{status} {code}", reply=refusal(status, code), expect=error
            )
            for status, code, error in (
                (401, "unauthorized", ProviderStopped),
                (402, "not_enough_credits", ProviderStopped),
                (403, "permission_denied", ProviderStopped),
                (400, "account_under_validation", ProviderStopped),
                (404, "document_not_found", ProviderStopped),
                (405, "method_not_allowed", ProviderStopped),
                (400, "invalid_parameter", ProviderRefused),
                (400, "missing_parameter", ProviderRefused),
                (400, "out_of_range", ProviderRefused),
                (400, "bad_request", ProviderRefused),
                (422, "unprocessable_entity", ProviderRefused),
                (400, "duplicate_request", ProviderUnavailable),
                (500, "", OutcomeUnknown),
            )
        ),
        Documented(
            label="a repeat",
            reply=refusal(400, "duplicate_parameter"),
            expect=(ACCEPTED, ACCEPTED),
        ),
        Documented(
            label="the sender is wrong, for whomever",
            reply=refusal(400, "invalid_parameter", "Sender is invalid"),
            expect=ProviderStopped,
        ),
        Documented(
            label="429, by its own header",
            reply=refusal(429, "too_many_requests", x_sib_ratelimit_reset="7"),
            expect=ProviderUnavailable,
            retry_after=7.0,
        ),
    )
    told = (
        Told(label="request", body=told("request"), kind=EventKind.ACCEPTED),
        Told(label="delivered", body=told("delivered"), kind=EventKind.DELIVERED),
        Told(
            label="hard bounce",
            body=told("hard_bounce", reason="no such mailbox"),
            kind=EventKind.BOUNCED,
            bounce=Bounce.HARD,
            reason="no such mailbox",
        ),
        Told(
            label="our own fault",
            body=told("hard_bounce", reason="550 5.7.1 rejected"),
            kind=EventKind.BOUNCED,
            bounce=Bounce.POLICY,
            reason="550 5.7.1",
        ),
        Told(
            label="soft bounce",
            body=told("soft_bounce", reason="full"),
            kind=EventKind.BOUNCED,
            bounce=Bounce.SOFT,
        ),
        Told(
            label="invalid",
            body=told("invalid_email"),
            kind=EventKind.BOUNCED,
            bounce=Bounce.HARD,
        ),
        Told(label="blocked", body=told("blocked"), kind=EventKind.REJECTED),
        Told(label="error", body=told("error"), kind=EventKind.REJECTED),
        Told(label="deferred", body=told("deferred"), kind=EventKind.DEFERRED),
        Told(label="spam", body=told("spam"), kind=EventKind.COMPLAINED),
        Told(
            label="unsubscribe", body=told("unsubscribe"), kind=EventKind.UNSUBSCRIBED
        ),
        Told(label="opened", body=told("unique_opened"), kind=EventKind.OPENED),
        Told(
            label="clicked",
            body=told("click", link="https://a.example/"),
            kind=EventKind.CLICKED,
            url="https://a.example/",
        ),
        Told(label="batched", body=[told("delivered")], kind=EventKind.DELIVERED),
        Told(label="a list", body=told("list_addition"), kind=None),
    )

    def accepted(self, request: Recorded) -> Reply:
        """An id for each version, in their order."""
        versions = request.json()["messageVersions"]
        ids = [f"<{each['to'][0]['email']}.1@relay.example>" for each in versions]
        return json_reply({"messageIds": ids}, 201)

    def seen(self, request: Recorded) -> list[Seen]:
        """Each version over what is the same for all, with the variables filled in."""
        body = request.json()
        return [self._seen(body, each) for each in body["messageVersions"]]

    def _seen(self, body: dict[str, object], version: dict[str, object]) -> Seen:
        found: dict[str, object] = {**body, **version}
        params = version.get("params", {})
        assert isinstance(params, dict)
        html, text, subject = (
            rendered(str(found[name]), params)
            for name in ("htmlContent", "textContent", "subject")
        )
        headers, sender, to = version["headers"], body["sender"], version["to"]
        assert isinstance(headers, dict)
        assert isinstance(sender, dict)
        assert isinstance(to, list)
        reply_to = body.get("replyTo", {})
        assert isinstance(reply_to, dict)
        tags = body["tags"]
        assert isinstance(tags, list)
        return Seen(
            to=[each["email"] for each in to],
            sender=f"{sender['name']} <{sender['email']}>",
            reply_to=reply_to.get("email", ""),
            # A browser reads the entity, and nobody sees the joiner.
            subject=subject.replace("\u2060", ""),
            html=html.replace("&#123;", "{").replace("&#39;", "&#x27;"),
            text=text.replace("\u2060", ""),
            headers=headers,
            campaign=tags[0].partition(":")[0],
            delivery_id=json.loads(headers["X-Mailin-custom"])["delivery"],
        )

    def signed(
        self, body: bytes, *, at: datetime = MOMENT, forged: bool = False
    ) -> Webhook:
        """A bearer token, and nothing of the body or the time."""
        token = "wrong" if forged else self.environ[self.proof]
        headers = {"authorization": f"Bearer {token}"}
        return Webhook(headers=headers, body=body, received_at=MOMENT)


CASE = BrevoCase()
