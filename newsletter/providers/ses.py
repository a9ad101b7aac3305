"""Amazon SES: one text for fifty readers, with `{{…}}` where they differ.

Rules are from botocore's model of SES v2 and from docs.aws.amazon.com/ses. Nothing here
was tried on a live account.
"""

import json
import logging
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from email.header import Header
from email.utils import quote
from typing import Any, ClassVar

from botocore.auth import SigV4Auth  # type: ignore[import-untyped]
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]
from botocore.credentials import Credentials  # type: ignore[import-untyped]

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
from newsletter.model.provider_settings import SesSettings
from newsletter.model.publication import Publication
from newsletter.providers.answer import Answer, by_status
from newsletter.providers.http import Http, json_bytes
from newsletter.providers.keys import optional_key, required_key
from newsletter.providers.protocol import Capabilities
from newsletter.providers.reading import inside, moment_at, text_at, texts_at
from newsletter.providers.sns import Topic
from newsletter.providers.substitution import Substitution, substitute

# Else it would write the token of a temporary key into a log, when one is kept.
logging.getLogger("botocore.auth").setLevel(logging.INFO)

# Braces that a template could take for a variable's, and what would join with those
# of a variable beside it; a backslash before them would take their meaning away.
_RESERVED = re.compile(r"\\*[{}]{2,}|[\\{]+\Z|\A\}+")

_HEADER = 995  # characters of a header's value (MessageHeaderValue)

# What a status says of one message: a reading of its name. `FAILED`, and any that is
# not here, leaves open whether the message left.
_STATES: Mapping[str, DeliveryState] = {
    "SUCCESS": DeliveryState.ACCEPTED,
    "MESSAGE_REJECTED": DeliveryState.REJECTED,
    "INVALID_PARAMETER": DeliveryState.REJECTED,
    "ACCOUNT_THROTTLED": DeliveryState.PENDING,
    "TRANSIENT_FAILURE": DeliveryState.PENDING,
}
_LATER = frozenset({"ACCOUNT_THROTTLED", "TRANSIENT_FAILURE"})
# These say that no message will be taken, whomever it is for.
_STOPPED = re.compile(
    r"ACCOUNT_(SUSPENDED|SENDING_PAUSED|DAILY_QUOTA_EXCEEDED)|TEMPLATE_NOT_FOUND"
    r"|MAIL_FROM_DOMAIN_NOT_VERIFIED|CONFIGURATION_SET_(NOT_FOUND|SENDING_PAUSED)"
    r"|INVALID_SENDING_POOL_NAME"
)

# Names of errors, whose status is 400 for most.
_BUSY = re.compile(r"TooManyRequests|Throttling")
_NO_MORE = re.compile(
    r"AccountSuspended|SendingPaused|MailFromDomainNotVerified|LimitExceeded|NotFound"
)
_DAILY = re.compile(r"daily.*quota", re.IGNORECASE)

_CONSOLE = "see the account in the console of SES"
_SANDBOX = "; it is still in the sandbox, where only verified addresses get mail"

# What became of a message, and where in the notification its particulars are.
_KINDS = {
    "Send": (EventKind.ACCEPTED, "send"),
    "Delivery": (EventKind.DELIVERED, "delivery"),
    "DeliveryDelay": (EventKind.DEFERRED, "deliveryDelay"),
    "Bounce": (EventKind.BOUNCED, "bounce"),
    "Complaint": (EventKind.COMPLAINED, "complaint"),
    "Reject": (EventKind.REJECTED, "reject"),
    "Rendering Failure": (EventKind.REJECTED, "failure"),
    "Open": (EventKind.OPENED, "open"),
    "Click": (EventKind.CLICKED, "click"),
}
_RECIPIENTS = ("bouncedRecipients", "complainedRecipients", "delayedRecipients")
_REASONS = ("reason", "errorMessage", "complaintFeedbackType", "smtpResponse")

_BOUNCES = {
    "Permanent": Bounce.HARD,
    "Transient": Bounce.SOFT,
    # Told by their second name.
    "OnAccountSuppressionList": Bounce.UNKNOWN,
    "ContentRejected": Bounce.POLICY,
    "MessageTooLarge": Bounce.POLICY,
    "AttachmentRejected": Bounce.POLICY,
}


class Ses:
    """Sends through SES v2, each call signed; hears through a topic of SNS."""

    name: ClassVar[str] = "ses"
    variables: ClassVar[Mapping[str, str]] = {
        "AWS_ACCESS_KEY_ID": "an access key; without it AWS's own ways are tried",
        "AWS_SECRET_ACCESS_KEY": "the secret of the access key",
        "AWS_SESSION_TOKEN": "for an access key that is temporary",
    }
    capabilities: ClassVar[Capabilities] = Capabilities(
        batch_size=50,
        recipient_headers=True,
        substitution=True,
        inline_images=True,
        signature="RSA over the notification of SNS, by Amazon's certificate",
    )

    def __init__(self, settings: SesSettings, credentials: Credentials) -> None:
        """Send in a region; without `settings.topic` no event is believed."""
        end = ".cn" if settings.region.startswith("cn-") else ""
        default = f"https://email.{settings.region}.amazonaws.com{end}"
        self.target = (settings.api_url or default).rstrip("/")
        self.topic = Topic(settings.topic) if settings.topic else None
        self._settings = settings
        self._credentials = credentials
        known = credentials.get_frozen_credentials()
        self._http = Http(
            "SES",
            keys=[known.access_key, known.secret_key, known.token or ""],
            seconds=self.capabilities.call_seconds,
        )

    @classmethod
    def from_settings(
        cls, publication: Publication, environment: Mapping[str, str]
    ) -> "Ses":
        """SES as newsletter.yaml and the environment say."""
        settings = publication.providers.ses
        if not re.fullmatch(r"[a-z]{2,3}(?:-[a-z]+)+-\d", settings.region):
            text = f"`{settings.region}` is not an AWS region, such as eu-west-1"
            raise ConfigError(
                text, hint="see `providers.ses.region` in newsletter.yaml"
            )
        return cls(settings, _credentials(environment))

    def send(self, batch: Batch) -> Sequence[DeliveryResult]:
        """Send one batch in one call; SES takes or refuses each message by itself.

        Raises as the protocol says.
        """
        body = _body(batch, self._settings.configuration_set)
        answer = self._call("POST", "/v2/email/outbound-bulk-emails", body)
        return _results(batch, answer)

    def find(self, batch: Batch) -> Sequence[DeliveryResult]:
        """Always raises ProviderRefused: SES cannot be asked by anything of ours."""
        del batch
        raise ProviderRefused("SES has no records to search; its events tell")

    def events(self, webhook: Webhook) -> Sequence[Event]:
        """The events in a notification of the topic: one for each recipient in it."""
        if self.topic is None:
            raise ProviderRefused("`providers.ses.topic` is not set in newsletter.yaml")
        number, text = self.topic.message(webhook)
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            return []  # Such as the words that SES sends when it is told the topic.
        return _events(data, number, webhook.received_at)

    def check(self) -> str:
        """Ask what the account may send, and how much of it today."""
        account = self._call("GET", "/v2/email/account").json()
        if not inside(account, "SendingEnabled"):
            raise ProviderStopped("SES has paused sending for this account")
        quota = inside(account, "SendQuota")
        most, sent, rate = (
            _number(quota, name)
            for name in ("Max24HourSend", "SentLast24Hours", "MaxSendRate")
        )
        if 0 <= most <= sent:  # an account without a limit has -1
            text = f"SES has sent {sent:,.0f} messages in 24 hours and takes no more"
            raise ProviderStopped(text, hint="wait, or ask for a higher quota")
        left = "any number" if most < 0 else f"{most - sent:,.0f} more"
        where = "" if inside(account, "ProductionAccessEnabled") else _SANDBOX
        return f"SES takes {left} in 24 hours, {rate:,.0f} a second{where}"

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
        if self.topic:
            self.topic.close()

    def _call(self, method: str, path: str, body: bytes = b"") -> Answer:
        """Make one signed call; raises for every answer that is no success."""
        headers = {"Content-Type": "application/json"}
        url = self.target + path
        request = AWSRequest(method=method, url=url, data=body, headers=headers)
        frozen = self._credentials.get_frozen_credentials()
        SigV4Auth(frozen, "ses", self._settings.region).add_auth(request)
        signed = dict(request.headers.items())
        answer = self._http.call(method, url, body=body or None, headers=signed)
        if not answer.ok:
            _refuse(answer)
        return answer


def _credentials(environment: Mapping[str, str]) -> Credentials:
    """The access key of the environment, else what AWS's own ways find.

    Those are its files, roles of a machine and the like.
    """
    key = optional_key(environment, "AWS_ACCESS_KEY_ID")
    if key:
        secret = required_key(environment, "AWS_SECRET_ACCESS_KEY")
        token = optional_key(environment, "AWS_SESSION_TOKEN")
        return Credentials(key, secret, token or None)
    # Slow to import, and only wanted here.
    from botocore.session import get_session  # type: ignore[import-untyped]  # noqa: PLC0415

    found = get_session().get_credentials()
    if found is None:
        required_key(environment, "AWS_ACCESS_KEY_ID")
    return found


def _body(batch: Batch, configuration_set: str) -> bytes:
    email = batch.email
    texts = substitute(email, _variable, _RESERVED)
    body: dict[str, Any] = {
        "FromEmailAddress": _mailbox(email.from_name, email.from_address),
        "DefaultEmailTags": [{"Name": "campaign", "Value": batch.campaign}],
        "DefaultContent": {"Template": _template(batch, texts)},
        "BulkEmailEntries": [_entry(email, texts, each) for each in batch.recipients],
    }
    if email.reply_to:
        body["ReplyToAddresses"] = [email.reply_to]
    if configuration_set:
        body["ConfigurationSetName"] = configuration_set
    return json_bytes(body)


def _variable(name: str) -> str:
    return f"{{{{{name}}}}}"


def _template(batch: Batch, texts: Substitution) -> dict[str, Any]:
    email = batch.email
    content = {"Subject": texts.subject, "Text": texts.text, "Html": texts.html}
    template: dict[str, Any] = {
        "TemplateContent": content,
        "TemplateData": "{}",
        # SES writes a Feedback-ID of its own beside ours.
        "Headers": _headers(email.list_headers(batch.campaign)),
    }
    if email.inline_images:
        template["Attachments"] = [_image(image) for image in email.inline_images]
    return template


def _entry(email: FrozenEmail, texts: Substitution, each: Recipient) -> dict[str, Any]:
    """One recipient, with every variable: a missing one is found out after accepting.

    SES does not escape values, not even in the HTML.
    """
    leave = {"List-Unsubscribe": email.list_unsubscribe(each.token)}
    data = json_bytes({**texts.values(each), **texts.constants}).decode()
    return {
        "Destination": {"ToAddresses": [each.address]},
        "ReplacementEmailContent": {
            "ReplacementTemplate": {"ReplacementTemplateData": data}
        },
        "ReplacementHeaders": _headers(leave),
        "ReplacementTags": [{"Name": "delivery", "Value": each.delivery_id}],
    }


def _headers(headers: Mapping[str, str]) -> list[dict[str, str]]:
    for name, value in headers.items():
        if len(value) > _HEADER:
            text = (
                f"the header {name} is longer than the {_HEADER} characters SES takes"
            )
            raise ProviderStopped(text, hint="shorten `base_url` in newsletter.yaml")
    return [{"Name": name, "Value": value} for name, value in headers.items()]


def _mailbox(name: str, address: str) -> str:
    """A name that is not ASCII goes in encoded words (RFC 2047)."""
    words = Header(name, "utf-8", maxlinelen=75).encode(linesep="")
    shown = f'"{quote(name)}"' if name.isascii() else words
    return f"{shown} <{address}>" if name else address


def _image(image: InlineImage) -> dict[str, str]:
    return {
        "RawContent": image.data,
        "FileName": image.filename,
        "ContentType": image.media_type,
        "ContentDisposition": "INLINE",
        "ContentId": image.content_id,
        "ContentTransferEncoding": "BASE64",
    }


def _results(batch: Batch, answer: Answer) -> list[DeliveryResult]:
    """A result per recipient; they stand in the order of the call."""
    found = inside(answer.json(), "BulkEmailEntryResults")
    if not isinstance(found, list) or len(found) != len(batch.recipients):
        raise OutcomeUnknown(f"SES answers something else: {answer.excerpt()}")
    statuses = {text_at(entry, "Status") for entry in found}
    why = "; ".join(dict.fromkeys(text_at(entry, "Error") for entry in found))
    # Where it is a part only, the next call will say the same for all.
    if all(map(_STOPPED.fullmatch, statuses)):
        text = f"SES: {', '.join(sorted(statuses))} {why}".rstrip()
        raise ProviderStopped(text, hint=_CONSOLE)
    if statuses <= _LATER:
        raise ProviderBusy(f"SES is busy: {why}")
    pairs = zip(batch.recipients, found, strict=True)
    return [_result(recipient, entry) for recipient, entry in pairs]


def _result(recipient: Recipient, entry: Any) -> DeliveryResult:
    status, why = text_at(entry, "Status"), text_at(entry, "Error")
    stopped = _STOPPED.fullmatch(status)
    otherwise = DeliveryState.PENDING if stopped else DeliveryState.UNCERTAIN
    state = _STATES.get(status, otherwise)
    reason = "" if state is DeliveryState.ACCEPTED else f"{status} {why}".strip()
    message_id = text_at(entry, "MessageId")
    return DeliveryResult(recipient.subscriber_id, state, message_id, reason)


def _refuse(answer: Answer) -> None:
    """Raise what an answer means that is an error of the whole call."""
    kind = answer.headers.get("x-amzn-errortype", "") or text_at(
        answer.data(), "__type"
    )
    said = text_at(answer.data(), "message") or text_at(answer.data(), "Message")
    text = f"SES: {kind.partition(':')[0]} {said}"
    if _DAILY.search(said):
        raise ProviderStopped(text, hint="go on when 24 hours have passed")
    if _BUSY.search(kind):
        raise ProviderBusy(text, retry_after=answer.retry_after())
    if answer.status < 500 and _NO_MORE.search(kind):
        raise ProviderStopped(text, hint=_CONSOLE)
    raise by_status("SES", answer, f"{kind.partition(':')[0]} {said}".strip())


def _events(data: Any, number: str, now: datetime) -> list[Event]:
    name = text_at(data, "eventType") or text_at(data, "notificationType")
    kind, where = _KINDS.get(name, (None, ""))
    part = inside(data, where)
    if kind is None or text_at(part, "complaintFeedbackType") == "not-spam":
        return []
    at = moment_at(part, "timestamp") or moment_at(data, "mail", "timestamp") or now
    delivery = texts_at(data, "mail", "tags", "delivery")
    return [
        Event(
            kind=kind,
            # Each message of ours has one recipient, and so has its event.
            id=f"{number}-{n}" if n else number,
            at=at,
            address=address,
            delivery_id=delivery[0] if delivery else "",
            provider_message_id=text_at(data, "mail", "messageId"),
            bounce=_bounce(part) if kind is EventKind.BOUNCED else None,
            reason=said or _reason(part),
            url=text_at(part, "link"),
        )
        for n, (address, said) in enumerate(_people(data, part))
    ]


def _people(data: Any, part: Any) -> list[tuple[str, str]]:
    """The addresses an event is about, and what was said of each."""
    for name in _RECIPIENTS:
        found = inside(part, name)
        if isinstance(found, list):
            keys = ("emailAddress", "diagnosticCode")
            return [(text_at(one, keys[0]), text_at(one, keys[1])) for one in found]
    return [(address, "") for address in texts_at(data, "mail", "destination")]


def _reason(part: Any) -> str:
    return next((said for name in _REASONS if (said := text_at(part, name))), "")


def _number(data: Any, name: str) -> float:
    with suppress(TypeError, ValueError, OverflowError):
        return float(inside(data, name))
    return 0.0


def _bounce(part: Any) -> Bounce:
    """The class by the second name where it says more, else by the first."""
    first, second = text_at(part, "bounceType"), text_at(part, "bounceSubType")
    return _BOUNCES.get(second) or _BOUNCES.get(first, Bounce.UNKNOWN)
