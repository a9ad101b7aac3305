"""Postmark: five hundred whole messages in a call, each answered by itself.

Rules are from Postmark's pages (postmarkapp.com/developer) and its Python library
(github.com/ActiveCampaign/postmark-python). Nothing here was tried on a live account.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from newsletter.errors import (
    OutcomeUnknown,
    ProviderBusy,
    ProviderError,
    ProviderRefused,
    ProviderStopped,
)
from newsletter.model.campaign import DeliveryResult, DeliveryState
from newsletter.model.event import Bounce, Event, EventKind, Webhook
from newsletter.model.message import Batch, Recipient
from newsletter.model.publication import Publication
from newsletter.providers.answer import Answer, by_status
from newsletter.providers.bounces import bounce_class
from newsletter.providers.http import Http, json_bytes
from newsletter.providers.keys import optional_key, required_key
from newsletter.providers.mailbox import mailbox
from newsletter.providers.protocol import Capabilities
from newsletter.providers.reading import inside, moment_at, text_at, webhook_object
from newsletter.providers.shared_secret import (
    basic_authorization,
    event_id,
    require_authorization,
)

API = "https://api.postmarkapp.com"
_PASSWORD = "POSTMARK_WEBHOOK_PASSWORD"  # noqa: S105 - the name of the variable

_CALL_BYTES = 50 * 1024 * 1024
_MESSAGE_BYTES = 10 * 1024 * 1024

_KEPT = timedelta(days=6)
"""Records are kept for 45 days, or as few as 7; which it is cannot be asked."""

_PAGE = 500
_MOST = 10_000
"""Records that can be reached: `count` and `offset` together."""

# postmarkapp.com/developer/api/overview#error-codes; they only look like HTTP's.
_INVALID, _INACTIVE = "300", "406"
_BUSY = frozenset({"100", "429"})
_BATCH = frozenset({"402", "403", "409", "410"})
_ACCOUNT = frozenset({"10", "400", "401", "405", "412", "413", "1221", "1226"})

_KINDS: Mapping[str, EventKind] = {
    "Delivery": EventKind.DELIVERED,
    "SpamComplaint": EventKind.COMPLAINED,
    "Open": EventKind.OPENED,
    "Click": EventKind.CLICKED,
}
_BOUNCES: Mapping[str, tuple[EventKind, Bounce | None]] = {
    "HardBounce": (EventKind.BOUNCED, Bounce.HARD),
    "BadEmailAddress": (EventKind.BOUNCED, Bounce.HARD),
    "SoftBounce": (EventKind.BOUNCED, Bounce.SOFT),
    "Blocked": (EventKind.BOUNCED, Bounce.POLICY),
    "SpamNotification": (EventKind.BOUNCED, Bounce.POLICY),
    "VirusNotification": (EventKind.BOUNCED, Bounce.POLICY),
    "DMARCPolicy": (EventKind.BOUNCED, Bounce.POLICY),
    "Unknown": (EventKind.BOUNCED, Bounce.UNKNOWN),
    "Transient": (EventKind.DEFERRED, None),
    "DnsError": (EventKind.DEFERRED, None),
    "SpamComplaint": (EventKind.COMPLAINED, None),
    "Unsubscribe": (EventKind.UNSUBSCRIBED, None),
    "SMTPApiError": (EventKind.REJECTED, None),
}
_WITH_REASON = frozenset({EventKind.BOUNCED, EventKind.DEFERRED, EventKind.REJECTED})
_TIMES = ("DeliveredAt", "BouncedAt", "ReceivedAt", "ChangedAt")


class Postmark:
    """Sends through Postmark's batch endpoint; finds out by searching its records."""

    name: ClassVar[str] = "postmark"
    variables: ClassVar[Mapping[str, str]] = {
        "POSTMARK_SERVER_TOKEN": "the server's API token",
        _PASSWORD: "`user:password`, as in the webhook's basic authentication",
    }
    capabilities: ClassVar[Capabilities] = Capabilities(
        batch_size=500,
        recipient_headers=True,
        search="records",
        search_delay=timedelta(minutes=15),  # nothing is documented
        inline_images=True,
        signature="a user and a password (basic authentication)",
    )

    def __init__(
        self, token: str, stream: str, *, api_url: str = "", webhook_password: str = ""
    ) -> None:
        """Send on `stream`; without `webhook_password` no event is believed."""
        self._api = (api_url or API).rstrip("/")
        self._stream = stream
        self._secret = basic_authorization(webhook_password, _PASSWORD)
        self._http = Http(
            "Postmark",
            headers={"X-Postmark-Server-Token": token, "Accept": "application/json"},
            keys=[token],
            seconds=self.capabilities.call_seconds,
        )
        self.target = f"{self._api}/{stream}"

    @classmethod
    def from_settings(
        cls, publication: Publication, environment: Mapping[str, str]
    ) -> "Postmark":
        """Postmark as newsletter.yaml and the environment say."""
        settings = publication.providers.postmark
        return cls(
            required_key(environment, "POSTMARK_SERVER_TOKEN"),
            settings.stream,
            api_url=settings.api_url,
            webhook_password=optional_key(environment, _PASSWORD),
        )

    def send(self, batch: Batch) -> Sequence[DeliveryResult]:
        """Send one batch in one call, in which one bad address harms no other.

        Raises as the protocol says; ProviderRefused for a batch that is longer than
        Postmark takes.
        """
        answer = self._http.call(
            "POST",
            f"{self._api}/email/batch",
            body=_body(batch, self._stream),
            headers={"Content-Type": "application/json"},
        )
        if not answer.ok:
            raise _sorted(answer)
        entries = answer.json()
        if not isinstance(entries, list):
            raise OutcomeUnknown(f"Postmark's answer is no list: {answer.excerpt()}")
        return _results(batch, entries)

    def find(self, batch: Batch) -> Sequence[DeliveryResult]:
        """Those of the batch that are in Postmark's records.

        Raises ProviderRefused when the records may not reach back that far.
        """
        if not timedelta(0) <= datetime.now(UTC) - batch.moment <= _KEPT:
            raise ProviderRefused(
                "Postmark may keep its records for a week only",
                hint="search its activity page, then say which it was: "
                "`newsletter resolve --assume-sent` or `--resend`",
            )
        taken = {
            name: text_at(record, "MessageID")
            for record in self._records(batch)
            for name in _names(batch, record)
        }
        return [
            _accepted(each, taken.get(each.delivery_id) or taken[each.address.lower()])
            for each in batch.recipients
            if each.delivery_id in taken or each.address.lower() in taken
        ]

    def events(self, webhook: Webhook) -> Sequence[Event]:
        """The event in a webhook; what Postmark tells of other things is ignored."""
        require_authorization(webhook, self._secret, _PASSWORD)
        event = _event(webhook_object(webhook.body), webhook.received_at)
        return [event] if event else []

    def check(self) -> str:
        """Ask for the server and the stream; warn of a stream that unsubscribes itself.

        Raises ProviderStopped when there is no such stream.
        """
        server = self._ask("/server")
        stream = self._ask(f"/message-streams/{quote(self._stream, safe='')}")
        handling = text_at(
            stream, "SubscriptionManagementConfiguration", "UnsubscribeHandlingType"
        )
        said = f"Postmark takes the token of the server {text_at(server, 'Name')}"
        if text_at(server, "DeliveryType") == "Sandbox":
            said += ", which is a sandbox: nothing that it takes is delivered"
        if handling == "Postmark":
            said += (
                f". Beware: the stream `{self._stream}` puts an unsubscribe link and "
                "header of its own in place of ours. Ask Postmark's support to let you "
                "manage unsubscribes yourself, before the first send"
            )
        return said

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _ask(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        answer = self._http.call("GET", self._api + path, params=params)
        if not answer.ok:
            raise _sorted(answer)
        return answer.json()

    def _records(self, batch: Batch) -> Iterator[Any]:
        """Everything that Postmark took with the batch's key in its metadata."""
        read, total = 0, 1
        while read < total:
            page = self._ask(
                "/messages/outbound",
                {
                    "count": str(_PAGE),
                    "offset": str(read),
                    "messagestream": self._stream,
                    "metadata_batch": batch.key,
                },
            )
            records, total = inside(page, "Messages"), inside(page, "TotalCount")
            known = isinstance(records, list) and isinstance(total, int)
            if not known or (read + len(records) < total and not records):
                raise OutcomeUnknown("Postmark's records cannot be read")
            if total + _PAGE > _MOST:
                raise OutcomeUnknown("Postmark has more records than can be read")
            yield from records
            read += len(records)


def _body(batch: Batch, stream: str) -> bytes:
    """The body of the call; raises when it is longer than Postmark takes."""
    images = [
        {
            "Name": image.filename,
            "Content": image.data,
            "ContentType": image.media_type,
            "ContentID": f"cid:{image.content_id}",
        }
        for image in batch.email.inline_images
    ]
    same: dict[str, Any] = {"MessageStream": stream}
    if images:
        same["Attachments"] = images
    parts = [json_bytes(_message(batch, each) | same) for each in batch.recipients]
    if max(map(len, parts), default=0) > _MESSAGE_BYTES:
        raise ProviderStopped("the message is longer than Postmark's 10 MB")
    if sum(map(len, parts)) + len(parts) + 1 > _CALL_BYTES:
        raise ProviderRefused("the batch is longer than Postmark's 50 MB")
    return b"[" + b",".join(parts) + b"]"


def _message(batch: Batch, recipient: Recipient) -> dict[str, Any]:
    email = batch.email
    message: dict[str, Any] = {
        "From": mailbox(email.from_name, email.from_address),
        "To": recipient.address,
        "Subject": batch.subject(recipient),
        "HtmlBody": batch.html(recipient),
        "TextBody": batch.text(recipient),
        "Headers": [
            {"Name": name, "Value": value}
            for name, value in batch.headers(recipient).items()
        ],
        "Tag": batch.campaign,
        # Values of up to 80 characters, it is said; a search takes one of them.
        "Metadata": {"delivery": recipient.delivery_id, "batch": batch.key},
        "TrackOpens": False,
        "TrackLinks": "None",
    }
    if email.reply_to:
        message["ReplyTo"] = email.reply_to
    return message


def _names(batch: Batch, record: Any) -> list[str]:
    """Whom a record of the batch is of: our delivery, or where it says none, whom."""
    if delivery := text_at(record, "Metadata", "delivery"):
        return [delivery]
    to = inside(record, "Recipients")
    ours = text_at(record, "Tag") == batch.campaign and isinstance(to, list)
    return [each.lower() for each in to if isinstance(each, str)] if ours else []


def _results(batch: Batch, entries: Sequence[Any]) -> list[DeliveryResult]:
    """What became of each; who cannot be matched with an entry is left out.

    Entries are in the order of the call, it is said, but a refusal names nobody. So the
    order is believed only while it fits every address that is named.
    """
    recipients = batch.recipients
    named = [text_at(each, "To").lower() for each in entries]
    pairs = list(zip(recipients, named, entries, strict=False))
    fits = all(name in ("", one.address.lower()) for one, name, _ in pairs)
    if not fits or len(entries) != len(recipients):
        by_name = dict(zip(named, entries, strict=True))
        pairs = [
            (one, name, by_name[name])
            for one in recipients
            if (name := one.address.lower()) in by_name
        ]
    if len(pairs) == len(entries) == len(recipients):
        _raise_if_all_refused(entries)
    return [_result(recipient, entry) for recipient, _, entry in pairs]


def _raise_if_all_refused(entries: Sequence[Any]) -> None:
    """Raise for an error that is about all of us: of the account, or of the moment."""
    codes = {text_at(each, "ErrorCode") for each in entries}
    if len(codes) == 1 and not any(map(_is_about_the_reader, entries)):
        (code,) = codes
        if code.isdecimal() and code != "0":
            raise _by_code(code, text_at(entries[0], "Message"))


def _is_about_the_reader(entry: Any) -> bool:
    code, said = text_at(entry, "ErrorCode"), text_at(entry, "Message").lower()
    return code == _INACTIVE or (code == _INVALID and "'to'" in said)


def _result(recipient: Recipient, entry: Any) -> DeliveryResult:
    code, said = text_at(entry, "ErrorCode"), text_at(entry, "Message")
    message_id = text_at(entry, "MessageID")
    # The code may be absent when Postmark is slow, and the message was taken.
    taken = code in ("", "0") and message_id
    if taken and "will not deliver" not in said:
        return _accepted(recipient, message_id)
    if not taken and (code == "0" or not code.isdecimal()):
        state = DeliveryState.UNCERTAIN
    elif code in _BUSY | _ACCOUNT:
        state = DeliveryState.PENDING  # such as credits that ran out on the way
    else:
        state = DeliveryState.REJECTED
    reason = said or f"Postmark's answer makes no sense (error {code or 'absent'})"
    return DeliveryResult(recipient.subscriber_id, state, reason=reason)


def _accepted(recipient: Recipient, message_id: str) -> DeliveryResult:
    return DeliveryResult(recipient.subscriber_id, DeliveryState.ACCEPTED, message_id)


def _sorted(answer: Answer) -> ProviderError:
    """What an answer that is no success means for the batch."""
    data = answer.data()
    code, said = text_at(data, "ErrorCode"), text_at(data, "Message")
    if code in ("", "0") or (answer.status >= 500 and code not in _BUSY):
        # Of a message that met a 500 Postmark says that it is usually lost.
        return by_status("Postmark", answer, said)
    if _is_about_the_reader(data):
        return ProviderRefused(f"Postmark: {said} (error {code})")
    return _by_code(code, said, answer.retry_after())


def _by_code(code: str, said: str, wait: float | None = None) -> ProviderError:
    text = f"Postmark: {said or 'no reason given'} (error {code})"
    if code in _BUSY:
        return ProviderBusy(text, retry_after=wait)
    if code in _BATCH:
        return ProviderRefused(text)
    hint = "see POSTMARK_SERVER_TOKEN, and the stream and sender in newsletter.yaml"
    return ProviderStopped(text, hint=hint)


def _event(data: Mapping[str, Any], now: datetime) -> Event | None:
    kind, bounce = _kind(data)
    if kind is None:
        return None
    moments = [found for name in _TIMES if (found := moment_at(data, name))]
    address = text_at(data, "Email") or text_at(data, "Recipient")
    why = [text_at(data, name) for name in ("Details", "Description")]
    return Event(
        kind=kind,
        id=_identity(data),
        at=moments[0] if moments else now,
        address=address,
        delivery_id=text_at(data, "Metadata", "delivery"),
        provider_message_id=text_at(data, "MessageID"),
        bounce=bounce,
        reason=next(filter(None, why), "") if kind in _WITH_REASON else "",
        url=text_at(data, "OriginalLink"),
    )


def _kind(data: Mapping[str, Any]) -> tuple[EventKind | None, Bounce | None]:
    record, reason = text_at(data, "RecordType"), text_at(data, "SuppressionReason")
    if record == "Bounce":
        kind, bounce = _BOUNCES.get(text_at(data, "Type"), (None, None))
        if bounce in (Bounce.HARD, Bounce.SOFT):
            bounce = bounce_class(text_at(data, "Details"), bounce)
        return kind, bounce
    if record == "SubscriptionChange":
        # Bounces and complaints are told by themselves, too.
        left = data.get("SuppressSending") is True and reason == "ManualSuppression"
        by_reader = left and text_at(data, "Origin") == "Recipient"
        return (EventKind.UNSUBSCRIBED if by_reader else None), None
    return _KINDS.get(record), None


def _identity(data: Mapping[str, Any]) -> str:
    """The same for the same notification: only bounces have a number."""
    record = text_at(data, "RecordType")
    if number := text_at(data, "ID"):
        return f"{record}-{number}"
    names = ("MessageID", "Email", "Recipient", "OriginalLink", *_TIMES)
    return event_id(record, *(text_at(data, name) for name in names))
