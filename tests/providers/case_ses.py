"""Amazon SES in the contract: its documented answers and notifications."""

import base64
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from newsletter.errors import (
    OutcomeUnknown,
    ProviderRefused,
    ProviderStopped,
    ProviderUnavailable,
)
from newsletter.model.campaign import DeliveryState
from newsletter.model.event import Bounce, EventKind, Webhook
from newsletter.providers.protocol import Provider
from newsletter.providers.ses import Ses
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

TOPIC = "arn:aws:sns:eu-west-1:123456789012:newsletter"
CERTIFICATE = (
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123abcd.pem"
)
NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")


@cache
def key(name: str) -> RSAPrivateKey:
    """A key that is the same for the same name, as long as the tests run."""
    del name
    return generate_private_key(public_exponent=65537, key_size=2048)


@cache
def certificate(url: str) -> bytes:
    """The certificate of the key `ours`, wherever it is asked for."""
    del url
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key("ours").public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
        .sign(key("ours"), SHA256())
    )
    return made.public_bytes(Encoding.PEM)


def envelope(message: str, at: datetime = MOMENT, **more: Any) -> dict[str, Any]:
    """A notification of SNS without its signature."""
    return {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": message,
        "Timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "SignatureVersion": "1",
        "SigningCertURL": CERTIFICATE,
        **more,
    }


def sign(
    data: Mapping[str, Any],
    names: tuple[str, ...] = NOTIFICATION,
    *,
    forged: bool = False,
) -> Webhook:
    """Sign an envelope over these fields, as its version says."""
    text = "".join(f"{name}\n{data[name]}\n" for name in names if name in data)
    kind = SHA1() if data["SignatureVersion"] == "1" else SHA256()
    signer = key("another" if forged else "ours")
    with suppress(UnicodeEncodeError):
        signature = signer.sign(text.encode(), PKCS1v15(), kind)
        data = {**data, "Signature": base64.b64encode(signature).decode()}
    return Webhook(headers={}, body=json.dumps(data).encode(), received_at=MOMENT)


def refusal(status: int, name: str, message: str = "") -> Reply:
    """An error as SES answers it."""
    return json_reply({"message": message}, status, x_amzn_errortype=f"{name}:http://x")


def entries(*statuses: str) -> Reply:
    """A result for each recipient."""
    return json_reply(
        {
            "BulkEmailEntryResults": [
                {"Status": status, "MessageId": f"0102-{n}"}
                if status == "SUCCESS"
                else {"Status": status, "Error": "an explanation"}
                for n, status in enumerate(statuses)
            ]
        }
    )


def told(kind: str, part: str = "", **more: object) -> dict[str, Any]:
    """An event as a configuration set publishes it."""
    mail = {
        "timestamp": "2026-11-20T07:30:00.000Z",
        "source": "mo <mo@letter.example.com>",
        "messageId": "0102018c-7a4e",
        "destination": [READER],
        "tags": {"campaign": [CAMPAIGN], "delivery": [DELIVERY]},
    }
    return {"eventType": kind, "mail": mail, **({part: more} if part else {})}


def bounce(kind: str, sub: str = "General") -> dict[str, Any]:
    """A bounce of a type and sub-type."""
    who = {"emailAddress": READER, "diagnosticCode": "smtp; it came back"}
    when = "2026-11-20T07:31:00.000Z"
    return told(
        "Bounce",
        "bounce",
        bounceType=kind,
        bounceSubType=sub,
        bouncedRecipients=[who],
        timestamp=when,
    )


def bounced(label: str, body: Any, bounce: Bounce) -> Told:
    """A bounce and its class."""
    kind, reason = EventKind.BOUNCED, "it came back"
    return Told(label=label, body=body, kind=kind, bounce=bounce, reason=reason)


ACCEPTED, REJECTED = DeliveryState.ACCEPTED, DeliveryState.REJECTED
PENDING, UNCERTAIN = DeliveryState.PENDING, DeliveryState.UNCERTAIN
STOPPING = (
    "MAIL_FROM_DOMAIN_NOT_VERIFIED",
    "CONFIGURATION_SET_NOT_FOUND",
    "TEMPLATE_NOT_FOUND",
    "ACCOUNT_SUSPENDED",
    "ACCOUNT_DAILY_QUOTA_EXCEEDED",
    "INVALID_SENDING_POOL_NAME",
    "ACCOUNT_SENDING_PAUSED",
    "CONFIGURATION_SET_SENDING_PAUSED",
)


class SesCase(ApiCase):
    """What botocore's model of SES v2 and AWS's documentation say."""

    name = "ses"
    environ: ClassVar[Mapping[str, str]] = {
        "AWS_ACCESS_KEY_ID": "AKIAVERYSECRET",
        "AWS_SECRET_ACCESS_KEY": "secret/of+the/access+key",
        "AWS_SESSION_TOKEN": "a-token-that-ends-soon",
    }
    settings: ClassVar[Mapping[str, Any]] = {
        "region": "eu-west-1",
        "configuration_set": "letters",
        "topic": TOPIC,
    }
    proof = "topic"
    check_reply = json_reply(
        {
            "SendingEnabled": True,
            "ProductionAccessEnabled": True,
            "SendQuota": {
                "Max24HourSend": 50000.0,
                "SentLast24Hours": 120.0,
                "MaxSendRate": 14.0,
            },
        }
    )
    documented = (
        *(
            Documented(
                label=f"{one}, {other}", reply=entries(one, other), expect=expect
            )
            for one, other, expect in (
                ("SUCCESS", "MESSAGE_REJECTED", (ACCEPTED, REJECTED)),
                ("INVALID_PARAMETER", "SUCCESS", (REJECTED, ACCEPTED)),
                ("MESSAGE_REJECTED", "MESSAGE_REJECTED", (REJECTED, REJECTED)),
                ("SUCCESS", "ACCOUNT_THROTTLED", (ACCEPTED, PENDING)),
                ("TRANSIENT_FAILURE", "SUCCESS", (PENDING, ACCEPTED)),
                ("SUCCESS", "FAILED", (ACCEPTED, UNCERTAIN)),
                ("SUCCESS", "SOMETHING_NEW", (ACCEPTED, UNCERTAIN)),
                ("ACCOUNT_THROTTLED", "TRANSIENT_FAILURE", ProviderUnavailable),
            )
        ),
        *(
            Documented(
                label=f"all {status}",
                reply=entries(status, status),
                expect=ProviderStopped,
            )
            for status in STOPPING
        ),
        *(
            Documented(
                label=f"one {status}",
                reply=entries("SUCCESS", status),
                expect=(ACCEPTED, PENDING),
            )
            for status in STOPPING
        ),
        *(
            Documented(
                label=f"{status} {name} {said}",
                reply=refusal(status, name, said),
                expect=error,
            )
            for status, name, said, error in (
                (429, "TooManyRequestsException", "", ProviderUnavailable),
                (400, "ThrottlingException", "Rate exceeded", ProviderUnavailable),
                (
                    400,
                    "ThrottlingException",
                    "Daily message quota exceeded",
                    ProviderStopped,
                ),
                (400, "LimitExceededException", "", ProviderStopped),
                (400, "AccountSuspendedException", "", ProviderStopped),
                (400, "SendingPausedException", "", ProviderStopped),
                (400, "MailFromDomainNotVerifiedException", "", ProviderStopped),
                (404, "NotFoundException", "", ProviderStopped),
                (403, "AccessDeniedException", "", ProviderStopped),
                (403, "SignatureDoesNotMatch", "", ProviderStopped),
                (400, "MessageRejected", "", ProviderRefused),
                (400, "BadRequestException", "", ProviderRefused),
                (413, "RequestTooLong", "", ProviderRefused),
                (500, "InternalFailure", "", OutcomeUnknown),
                (503, "ServiceUnavailable", "", OutcomeUnknown),
            )
        ),
        Documented(
            label="a result is missing", reply=entries("SUCCESS"), expect=OutcomeUnknown
        ),
    )
    told = (
        Told(label="sent", body=told("Send", "send"), kind=EventKind.ACCEPTED),
        Told(
            label="delivered",
            body=told(
                "Delivery", "delivery", recipients=[READER], smtpResponse="250 ok"
            ),
            kind=EventKind.DELIVERED,
            reason="250 ok",
        ),
        Told(
            label="delayed",
            body=told(
                "DeliveryDelay",
                "deliveryDelay",
                delayedRecipients=[
                    {"emailAddress": READER, "diagnosticCode": "421 try later"}
                ],
            ),
            kind=EventKind.DEFERRED,
            reason="try later",
        ),
        bounced("hard", bounce("Permanent"), Bounce.HARD),
        bounced("no email", bounce("Permanent", "NoEmail"), Bounce.HARD),
        bounced("soft", bounce("Transient", "MailboxFull"), Bounce.SOFT),
        bounced("content", bounce("Transient", "ContentRejected"), Bounce.POLICY),
        bounced("unclear", bounce("Undetermined", "Undetermined"), Bounce.UNKNOWN),
        bounced(
            "on the account's list",
            bounce("Permanent", "OnAccountSuppressionList"),
            Bounce.UNKNOWN,
        ),
        bounced(
            "told for the identity",
            {
                **{k: v for k, v in bounce("Permanent").items() if k != "eventType"},
                "notificationType": "Bounce",
            },
            Bounce.HARD,
        ),
        Told(
            label="complaint",
            body=told(
                "Complaint",
                "complaint",
                complainedRecipients=[{"emailAddress": READER}],
                complaintFeedbackType="abuse",
            ),
            kind=EventKind.COMPLAINED,
            reason="abuse",
        ),
        Told(
            label="a complaint taken back",
            body=told("Complaint", "complaint", complaintFeedbackType="not-spam"),
            kind=None,
        ),
        Told(
            label="rejected",
            body=told("Reject", "reject", reason="Bad content"),
            kind=EventKind.REJECTED,
            reason="Bad content",
        ),
        Told(
            label="could not be filled in",
            body=told("Rendering Failure", "failure", errorMessage="no h1"),
            kind=EventKind.REJECTED,
            reason="no h1",
        ),
        Told(label="opened", body=told("Open", "open"), kind=EventKind.OPENED),
        Told(
            label="clicked",
            body=told("Click", "click", link="https://a.example/"),
            kind=EventKind.CLICKED,
            url="https://a.example/",
        ),
        Told(label="subscription", body=told("Subscription"), kind=None),
        Told(label="words", body="Successfully validated SNS topic", kind=None),
    )

    def accepted(self, request: Recorded) -> Reply:
        """An id for each entry, in their order."""
        return entries(*["SUCCESS"] * len(request.json()["BulkEmailEntries"]))

    def seen(self, request: Recorded) -> list[Seen]:
        """Each `{{…}}` filled in once, as it is."""
        body = request.json()
        return [_seen(body, each) for each in body["BulkEmailEntries"]]

    def signed(
        self, body: bytes, *, at: datetime = MOMENT, forged: bool = False
    ) -> Webhook:
        """SNS's envelope around the event; what is one already is signed anew."""
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            return Webhook(headers={}, body=body, received_at=MOMENT)
        if not isinstance(data, dict) or "TopicArn" not in data:
            data = envelope(body.decode(), at)
        stamp = envelope("", at)["Timestamp"]
        return sign({**data, "Timestamp": stamp}, forged=forged)

    def open(self, url: str, *, without: str = "") -> Provider:
        """The provider, which finds our certificate where Amazon's would be."""
        provider = super().open(url, without=without)
        assert isinstance(provider, Ses)
        if provider.topic:
            provider.topic.certificate = certificate
        return provider


def _seen(body: Any, entry: Any) -> Seen:
    template = body["DefaultContent"]["Template"]
    replacement = entry["ReplacementEmailContent"]["ReplacementTemplate"]
    known = json.loads(replacement["ReplacementTemplateData"])

    def fill(part: str) -> str:
        text = template["TemplateContent"][part]
        return re.sub(r"\{\{(\w+)\}\}", lambda found: known[found[1]], text)

    headers = [*template["Headers"], *entry["ReplacementHeaders"]]
    tags = [*body["DefaultEmailTags"], *entry["ReplacementTags"]]
    by_name = {tag["Name"]: tag["Value"] for tag in tags}
    return Seen(
        to=entry["Destination"]["ToAddresses"],
        sender=body["FromEmailAddress"],
        reply_to=body.get("ReplyToAddresses", [""])[0],
        subject=fill("Subject"),
        html=fill("Html"),
        text=fill("Text"),
        headers={header["Name"]: header["Value"] for header in headers},
        campaign=by_name["campaign"],
        delivery_id=by_name["delivery"],
    )


CASE = SesCase()
