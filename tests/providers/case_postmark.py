"""Postmark in the contract: its documented answers and notifications."""

import base64
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

ACCEPTED, REJECTED = DeliveryState.ACCEPTED, DeliveryState.REJECTED
PENDING, UNCERTAIN = DeliveryState.PENDING, DeliveryState.UNCERTAIN
SECOND = "reader2@example.com"
INACTIVE = {
    "ErrorCode": 406,
    "Message": "You tried to send to a recipient that has been marked as inactive.\n"
    f"Found inactive addresses: {SECOND}.\nInactive recipients are ones that have "
    "generated a hard bounce or a spam complaint. ",
}
BAD_ADDRESS = {"ErrorCode": 300, "Message": f"Invalid 'To' address: '{SECOND}'."}
BAD_SENDER = {"ErrorCode": 300, "Message": "Invalid 'From' address: 'x'."}
NO_CREDIT = {"ErrorCode": 405, "Message": "Not allowed to send."}
NO_TOKEN = {"ErrorCode": 10, "Message": "Bad or missing token."}


def taken(address: str) -> dict[str, object]:
    """The entry of a message that was taken."""
    return {
        "To": address,
        "SubmittedAt": "2026-11-20T07:30:01.4160710Z",
        "MessageID": f"id-{address}",
        "ErrorCode": 0,
        "Message": "OK",
    }


def told(record: str, time: str = "ReceivedAt", **more: object) -> dict[str, object]:
    """A notification as Postmark's pages have it."""
    return {
        "RecordType": record,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "MessageStream": "broadcast",
        "Recipient": READER,
        time: "2026-11-20T07:31:33.9070259Z",
        "Tag": CAMPAIGN,
        "Metadata": {"delivery": DELIVERY, "batch": KEY},
        **more,
    }


def bounce(kind: str, details: str = "it came back") -> dict[str, object]:
    """A bounce notification of one type."""
    body = told("Bounce", "BouncedAt", Type=kind, ID=42, Email=READER, Details=details)
    body.pop("Recipient")
    return body


def change(reason: str, origin: str, *, stop: bool = True) -> dict[str, object]:
    """A change of the stream's own list of those not to be mailed."""
    return told(
        "SubscriptionChange",
        "ChangedAt",
        SuppressSending=stop,
        SuppressionReason=reason,
        Origin=origin,
    )


def bounced(kind: str, found: Bounce, details: str = "it came back") -> Told:
    """What a bounce of one type is."""
    return Told(
        label=f"{kind}: {details}",
        body=bounce(kind, details),
        kind=EventKind.BOUNCED,
        bounce=found,
        reason=details,
    )


class PostmarkCase(ApiCase):
    """What postmarkapp.com/developer says."""

    name = "postmark"
    environ: ClassVar[Mapping[str, str]] = {
        "POSTMARK_SERVER_TOKEN": "a-very-secret-token",
        "POSTMARK_WEBHOOK_PASSWORD": "postmark:a-secret-password",
    }
    proof = "POSTMARK_WEBHOOK_PASSWORD"
    signs_body = False
    signs_time = False
    check_reply = json_reply({"Name": "the second chair", "DeliveryType": "Live"})
    documented = (
        Documented(
            label="406 inactive",
            reply=json_reply([taken(READER), INACTIVE]),
            expect=(ACCEPTED, REJECTED),
        ),
        Documented(
            label="300 a bad address",
            reply=json_reply([taken(READER), BAD_ADDRESS]),
            expect=(ACCEPTED, REJECTED),
        ),
        Documented(
            label="all inactive",
            reply=json_reply([INACTIVE, INACTIVE]),
            expect=(REJECTED, REJECTED),
        ),
        Documented(
            label="200, but it will not deliver",
            reply=json_reply(
                [
                    taken(READER),
                    taken(SECOND)
                    | {
                        "Message": "Message OK, but will not deliver to these "
                        f"inactive addresses: {SECOND}."
                    },
                ]
            ),
            expect=(ACCEPTED, REJECTED),
        ),
        Documented(
            label="no code, since it is slow",
            reply=json_reply(
                [
                    {
                        "To": address,
                        "MessageID": "x",
                        "Message": "Message accepted, but delivery may be delayed.",
                    }
                    for address in (READER, SECOND)
                ]
            ),
            expect=(ACCEPTED, ACCEPTED),
        ),
        Documented(
            label="no id for one",
            reply=json_reply(
                [taken(READER), {"To": SECOND, "ErrorCode": 0, "Message": "OK"}]
            ),
            expect=(ACCEPTED, UNCERTAIN),
        ),
        Documented(
            label="credits run out on the way",
            reply=json_reply([taken(READER), NO_CREDIT]),
            expect=(ACCEPTED, PENDING),
        ),
        Documented(
            label="maintenance on the way",
            reply=json_reply([taken(READER), {"ErrorCode": 100, "Message": "later"}]),
            expect=(ACCEPTED, PENDING),
        ),
        Documented(
            label="in another order",
            reply=json_reply([taken(SECOND), taken(READER)]),
            expect=(ACCEPTED, ACCEPTED),
        ),
        *(
            Documented(
                label=f"both {entry['ErrorCode']} {entry['Message']}",
                reply=json_reply([entry, entry]),
                expect=error,
            )
            for entry, error in (
                (NO_CREDIT, ProviderStopped),
                (BAD_SENDER, ProviderStopped),
                ({"ErrorCode": 4711, "Message": "?"}, ProviderStopped),
                ({"ErrorCode": 100, "Message": "later"}, ProviderUnavailable),
                ({"ErrorCode": 402, "Message": "JSON"}, ProviderRefused),
            )
        ),
        *(
            Documented(
                label=f"{status} code {code}",
                reply=json_reply({"ErrorCode": code, "Message": "said"}, status),
                expect=error,
            )
            for status, code, error in (
                (401, 10, ProviderStopped),
                (422, 400, ProviderStopped),
                (422, 401, ProviderStopped),
                (422, 405, ProviderStopped),
                (422, 412, ProviderStopped),
                (422, 413, ProviderStopped),
                (422, 411, ProviderStopped),
                (422, 1221, ProviderStopped),
                (422, 1226, ProviderStopped),
                (422, 402, ProviderRefused),
                (422, 403, ProviderRefused),
                (422, 406, ProviderRefused),
                (422, 409, ProviderRefused),
                (422, 410, ProviderRefused),
                (429, 429, ProviderUnavailable),
                (503, 100, ProviderUnavailable),
                (500, 0, OutcomeUnknown),
                (500, 500, OutcomeUnknown),
            )
        ),
        Documented(
            label="413 without a code",
            reply=Reply(status=413),
            expect=ProviderRefused,
        ),
        Documented(
            label="415 without a code", reply=Reply(status=415), expect=ProviderStopped
        ),
        Documented(
            label="503 without a code", reply=Reply(status=503), expect=OutcomeUnknown
        ),
    )
    told = (
        Told(
            label="delivered",
            body=told("Delivery", "DeliveredAt", Details="Test"),
            kind=EventKind.DELIVERED,
        ),
        bounced("HardBounce", Bounce.HARD),
        bounced("HardBounce", Bounce.POLICY, "550 5.7.1 we do not like you"),
        bounced("BadEmailAddress", Bounce.HARD),
        bounced("SoftBounce", Bounce.SOFT),
        bounced("Blocked", Bounce.POLICY),
        bounced("SpamNotification", Bounce.POLICY),
        bounced("DMARCPolicy", Bounce.POLICY),
        bounced("Unknown", Bounce.UNKNOWN),
        Told(
            label="transient",
            body=bounce("Transient"),
            kind=EventKind.DEFERRED,
            reason="it came back",
        ),
        Told(
            label="complaint",
            body=told("SpamComplaint", "BouncedAt", Type="SpamComplaint", ID=43),
            kind=EventKind.COMPLAINED,
        ),
        Told(
            label="left by its own link",
            body=change("ManualSuppression", "Recipient"),
            kind=EventKind.UNSUBSCRIBED,
        ),
        Told(
            label="suppressed by us",
            body=change("ManualSuppression", "Customer"),
            kind=None,
        ),
        Told(
            label="suppressed by a bounce",
            body=change("HardBounce", "Recipient"),
            kind=None,
        ),
        Told(
            label="taken off the list",
            body=change("ManualSuppression", "Recipient", stop=False),
            kind=None,
        ),
        Told(label="opened", body=told("Open"), kind=EventKind.OPENED),
        Told(
            label="clicked",
            body=told("Click", OriginalLink="https://a.example/"),
            kind=EventKind.CLICKED,
            url="https://a.example/",
        ),
        Told(label="an answer on leave", body=bounce("AutoResponder"), kind=None),
        Told(label="inbound", body={"FromName": "x"}, kind=None),
    )

    def accepted(self, request: Recorded) -> Reply:
        """An entry for each message, in their order."""
        return json_reply([taken(each["To"]) for each in request.json()])

    def seen(self, request: Recorded) -> list[Seen]:
        """Each message is whole."""
        return [
            Seen(
                to=[each["To"]],
                sender=each["From"],
                reply_to=each.get("ReplyTo", ""),
                subject=each["Subject"],
                html=each["HtmlBody"],
                text=each["TextBody"],
                headers={item["Name"]: item["Value"] for item in each["Headers"]},
                campaign=each["Tag"],
                delivery_id=each["Metadata"]["delivery"],
            )
            for each in request.json()
        ]

    def signed(
        self, body: bytes, *, at: datetime = MOMENT, forged: bool = False
    ) -> Webhook:
        """Basic authentication, and nothing of the body or the time."""
        pair = "postmark:wrong" if forged else self.environ[self.proof]
        given = f"Basic {base64.b64encode(pair.encode()).decode()}"
        return Webhook(headers={"authorization": given}, body=body, received_at=MOMENT)


CASE = PostmarkCase()
