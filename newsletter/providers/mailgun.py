"""Mailgun: one text for a thousand readers, with `%recipient.…%` where they differ.

Rules are from Mailgun's API description (github.com/mailgun/mailgun-mcp-server) and its
documentation (documentation.mailgun.com). Nothing here was tried on a live account.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from urllib3.fields import RequestField
from urllib3.filepost import encode_multipart_formdata

from newsletter.errors import (
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
from newsletter.providers.http import Http, json_bytes, json_texts
from newsletter.providers.keys import optional_key, required_key
from newsletter.providers.mailbox import mailbox
from newsletter.providers.protocol import Capabilities
from newsletter.providers.reading import inside, moment_at, text_at, webhook_object
from newsletter.providers.substitution import TOKEN, Substitution, substitute

_REGIONS = {"us": "https://api.mailgun.net", "eu": "https://api.eu.mailgun.net"}

# `%recipient.…%`, and what Mailgun fills in itself, such as `%unsubscribe_url%`; at the
# beginning of a text the sign before may be that of a variable. That it does not look
# again at what it has filled in is an assumption.
_RESERVED = re.compile(r"(?:%|\A)(?:recipient|(?:tag_)?unsubscribe|mailing_list)+")
_DELIVERY = "d"

_MESSAGE_BYTES = 25 * 1024 * 1024
_OPTION_BYTES = 16 * 1024  # of all fields that begin with o:, h: or v:

_TAGS = 100
"""Batches share this many tags: a domain has 20,000, and a tag beyond is dropped."""

_KEPT = timedelta(hours=23)
"""The free plan keeps records for a day, and which plan it is cannot be asked."""

_PAGES = 2000
"""Of 300 records each: more than that is not read to find one batch."""

_CLOCKS = timedelta(minutes=5)
"""How far the clocks of two machines may be apart."""

_EVENT_AGE = timedelta(hours=9)
"""An event is told again for 8 hours; whether it is signed anew then is unknown."""

# `after 120 seconds`, or `after Mon, 25 Aug 2025 07:00:31 UTC`.
_AFTER = re.compile(r"try again after (?:(\d+) second|(\w{3}, [\w :]{20,24}))")

# Its words for what becomes of a message are ours, but for `failed`.
_KINDS: Mapping[str, EventKind] = {kind.value: kind for kind in EventKind}


class Mailgun:
    """Sends through Mailgun's messages API; finds out through its events API."""

    name: ClassVar[str] = "mailgun"
    variables: ClassVar[Mapping[str, str]] = {
        "MAILGUN_API_KEY": "a sending key of the domain, or an API key",
        "MAILGUN_WEBHOOK_SIGNING_KEY": "proves that events come from Mailgun",
    }
    capabilities: ClassVar[Capabilities] = Capabilities(
        batch_size=1000,
        recipient_headers=True,
        substitution=True,
        search="records",
        # Its advice is to trust only pages older than that (api-events).
        search_delay=timedelta(minutes=30),
        inline_images=True,
        signature="HMAC-SHA256 over timestamp and token, not over the event itself",
    )

    def __init__(
        self, key: str, domain: str, *, api_url: str, signing_key: str = ""
    ) -> None:
        """Send for `domain`; without `signing_key` no event is believed."""
        self._api = api_url.rstrip("/")
        self._domain = quote(domain, safe="")
        self._signing_key = signing_key
        seconds = self.capabilities.call_seconds
        self._http = Http("Mailgun", auth=("api", key), seconds=seconds)
        self.target = f"{self._api}/{self._domain}"

    @classmethod
    def from_settings(
        cls, publication: Publication, environment: Mapping[str, str]
    ) -> "Mailgun":
        """Mailgun as newsletter.yaml and the environment say."""
        settings = publication.providers.mailgun
        return cls(
            required_key(environment, "MAILGUN_API_KEY"),
            settings.domain or publication.domain,
            api_url=settings.api_url or _REGIONS[settings.region],
            signing_key=optional_key(environment, "MAILGUN_WEBHOOK_SIGNING_KEY"),
        )

    def send(self, batch: Batch) -> Sequence[DeliveryResult]:
        """Send one batch in one call; all its messages have one id.

        Mailgun refuses the whole call for one address that it cannot read. Raises as
        the protocol says.
        """
        recipients, others = each_once(batch.recipients)
        body, content_type = _form(batch, recipients)
        answer = self._http.call(
            "POST",
            f"{self._api}/v3/{self._domain}/messages",
            body=body,
            headers={"Content-Type": content_type},
        )
        message_id = _queued(answer)
        return others + [_accepted(each, message_id) for each in recipients]

    def find(self, batch: Batch) -> Sequence[DeliveryResult]:
        """Those of the batch that Mailgun's records call accepted.

        Raises ProviderRefused when the records may not reach back that far.
        """
        if datetime.now(UTC) - batch.moment > _KEPT:
            raise ProviderRefused(
                "Mailgun keeps records for a day on its smallest plan"
            )
        wanted = {each.delivery_id: each for each in batch.recipients}
        found: dict[str, DeliveryResult] = {}
        for item in self._records(batch):
            delivery = text_at(item, "user-variables", "delivery")
            if recipient := wanted.get(delivery):
                found[delivery] = _accepted(recipient, _message_id(item))
            if len(found) == len(wanted):
                break
        return list(found.values())

    def events(self, webhook: Webhook) -> Sequence[Event]:
        """The event in a webhook; what Mailgun tells beside is ignored.

        The token is the event's id: the body is not signed, so whoever has seen a
        token could write another body to it, and must not be believed twice.
        """
        data = webhook_object(webhook.body)
        token = self._proved(data, webhook.received_at)
        event = _event(inside(data, "event-data"), token, webhook.received_at)
        return [event] if event else []

    def check(self) -> str:
        """Ask whether the domain may send. A key that only sends may not ask that."""
        answer = self._http.call("GET", f"{self._api}/v4/domains/{self._domain}")
        _refuse(answer)
        domain = inside(answer.json(), "domain")
        state = (
            "disabled" if inside(domain, "is_disabled") else text_at(domain, "state")
        )
        if state != "active":
            what = f"Mailgun calls the domain {self._domain} {state or 'unknown'}"
            raise ProviderStopped(what, hint="finish its set-up in the control panel")
        return f"Mailgun sends for {self._domain}"

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _records(self, batch: Batch) -> Iterator[Any]:
        """The records of all that was accepted with the batch's tag since it began."""
        path = f"/v3/{self._domain}/events"
        params: dict[str, str] | None = {
            "event": "accepted",
            "tags": _tag(batch),
            "begin": str(int((batch.moment - _CLOCKS).timestamp())),
            "ascending": "yes",
            "limit": "300",
        }
        for _ in range(_PAGES):
            answer = self._http.call("GET", self._api + path, params=params)
            _refuse(answer)
            page = answer.json()
            items = inside(page, "items")
            if not isinstance(items, list):
                raise OutcomeUnknown(f"Mailgun's records: {answer.excerpt()}")
            if not items:
                return
            yield from items
            # Never to the host that the answer names: the key goes along.
            path, params = urlsplit(str(inside(page, "paging", "next"))).path, None
            if not path.startswith(f"/v3/{self._domain}/events/"):
                raise OutcomeUnknown("Mailgun's records have no next page")
        raise OutcomeUnknown("Mailgun has more records than can be read")

    def _proved(self, data: Mapping[str, Any], now: datetime) -> str:
        """The token of a webhook; raises ProviderRefused unless it proves itself."""
        if not self._signing_key:
            raise ProviderRefused("MAILGUN_WEBHOOK_SIGNING_KEY is not set")
        proof = inside(data, "signature")
        token, given = text_at(proof, "token"), text_at(proof, "signature")
        signed = (text_at(proof, "timestamp") + token).encode()
        right = hmac.new(self._signing_key.encode(), signed, hashlib.sha256).hexdigest()
        if not token or not hmac.compare_digest(right.encode(), given.encode()):
            raise ProviderRefused("the signature is not Mailgun's")
        made = moment_at(proof, "timestamp")
        if made is None or not -_CLOCKS <= now - made <= _EVENT_AGE:
            raise ProviderRefused("the signature is too old")
        return token


def _form(batch: Batch, recipients: Sequence[Recipient]) -> tuple[bytes, str]:
    """The body of the call and its content type.

    Multipart, since it sends the variables as they are; the key of the batch cuts the
    parts, so that a repeated call has equal bytes.
    """
    email = batch.email
    texts, options = _texts(email), _options(batch)
    fields = [
        ("from", mailbox(email.from_name, email.from_address)),
        # One field with commas costs a tenth of a field for each.
        ("to", ",".join(each.address for each in recipients)),
        ("subject", texts.subject),
        ("text", texts.text),
        ("html", texts.html),
        ("recipient-variables", _variables(batch, texts, recipients)),
        *options,
    ]
    _measure(email, texts, options)
    images = [_image(image) for image in email.inline_images]
    parts = [RequestField.from_tuples(name, value) for name, value in fields]
    return encode_multipart_formdata([*parts, *images], boundary=f"batch-{batch.key}")


def _variable(name: str) -> str:
    return f"%recipient.{name}%"


# The same for all batches of a campaign.
_texts = lru_cache(4)(partial(substitute, variable=_variable, reserved=_RESERVED))


def _options(batch: Batch) -> list[tuple[str, str]]:
    email = batch.email
    headers = {
        "List-Unsubscribe": email.list_unsubscribe(_variable(TOKEN)),
        **email.list_headers(batch.campaign),
    }
    if email.reply_to:
        headers["Reply-To"] = email.reply_to
    return [
        ("o:tag", batch.campaign),
        ("o:tag", _tag(batch)),
        # The unsubscribe link is ours, and nobody is watched.
        ("o:tracking", "no"),
        # It would show our ids to the reader; they are in the events all the same.
        ("o:suppress-headers", "X-Mailgun-Variables,X-Mailgun-Tag"),
        ("v:delivery", f"{batch.campaign}-{_variable(_DELIVERY)}"),
        *((f"h:{name}", value) for name, value in headers.items()),
    ]


def _tag(batch: Batch) -> str:
    return f"batch-{batch.number % _TAGS:02d}"


def _variables(
    batch: Batch, texts: Substitution, recipients: Sequence[Recipient]
) -> str:
    """JSON by address; each has every variable, since Mailgun leaves unknown ones."""
    known = len(batch.campaign) + 1
    columns = texts.columns(recipients)
    columns[_DELIVERY] = [each.delivery_id[known:] for each in recipients]
    names = [f"{name}:%s" for name in json_texts(list(columns))]
    constants = json_bytes(texts.constants)[1:-1].decode().replace("%", "%%")
    entry = f"%s:{{{','.join([*names, constants] if constants else names)}}}"
    cells = map(json_texts, ([each.address for each in recipients], *columns.values()))
    return f"{{{','.join([entry % row for row in zip(*cells, strict=True)])}}}"


def _image(image: InlineImage) -> RequestField:
    """An image in the message: its file name is what `cid:` says in the HTML."""
    data = base64.b64decode(image.data)
    return RequestField.from_tuples(
        "inline", (image.content_id, data, image.media_type)
    )


def _measure(
    email: FrozenEmail, texts: Substitution, options: Sequence[tuple[str, str]]
) -> None:
    """Raise ProviderStopped for what Mailgun would refuse for every recipient."""
    images = sum(len(image.data) for image in email.inline_images)
    if len((texts.html + texts.text).encode()) + images > _MESSAGE_BYTES:
        raise ProviderStopped("the message is longer than the 25 MB Mailgun takes")
    if sum(len(name + value) for name, value in options) > _OPTION_BYTES:
        raise ProviderStopped("the header fields are longer than Mailgun's 16 KB")


def _queued(answer: Answer) -> str:
    """The id of what was queued; raises when the answer does not say that it was."""
    _refuse(answer)
    if b"Mailgun Magnificent API" in answer.body[:200]:
        hint = "see `domain` and `api_url` at `providers.mailgun` in newsletter.yaml"
        raise ProviderStopped("Mailgun does not know the address we call", hint=hint)
    message_id = text_at(answer.json(), "id")
    if not message_id:
        raise OutcomeUnknown(f"Mailgun's answer has no id: {answer.excerpt()}")
    return message_id.strip("<>")


def _refuse(answer: Answer) -> None:
    """Raise what an answer that is no success means for the batch."""
    if answer.ok:
        return
    said = text_at(answer.data(), "message") or answer.excerpt()
    # 420 is not documented, and is what it answers beyond an account's recipients.
    if answer.status == 420 or "try again after" in said:
        hint = "a new account takes only few recipients in an hour"
        wait = _wait(answer, said)
        raise ProviderBusy(f"Mailgun: {said}", hint=hint, retry_after=wait)
    if answer.status == 403 and "large batches" in said:
        raise ProviderRefused(f"Mailgun: {said}")
    if answer.status == 400 and said.startswith(("from ", "'from' ")):
        raise ProviderStopped(f"Mailgun: {said}", hint="see `from` in newsletter.yaml")
    raise by_status("Mailgun", answer, said)


def _wait(answer: Answer, said: str) -> float | None:
    """Seconds to wait, which stand in the text, in one of two ways."""
    found = _AFTER.search(said)
    if not found:
        return answer.retry_after()
    if found[1]:
        return float(found[1])
    # Its dates are of the form that Retry-After may have too.
    return replace(answer, headers={"retry-after": found[2]}).retry_after()


def _accepted(recipient: Recipient, message_id: str) -> DeliveryResult:
    return DeliveryResult(recipient.subscriber_id, DeliveryState.ACCEPTED, message_id)


def _message_id(event: Any) -> str:
    return text_at(event, "message", "headers", "message-id").strip("<>")


def _event(data: Any, token: str, now: datetime) -> Event | None:
    kind, bounce = _kind(data)
    if kind is None:
        return None
    return Event(
        kind=kind,
        id=token,
        at=moment_at(data, "timestamp") or now,
        address=text_at(data, "recipient"),
        delivery_id=text_at(data, "user-variables", "delivery"),
        provider_message_id=_message_id(data),
        bounce=bounce,
        reason=_reason(data),
        url=text_at(data, "url"),
    )


def _kind(data: Any) -> tuple[EventKind | None, Bounce | None]:
    name = text_at(data, "event")
    if name != "failed":
        return _KINDS.get(name), None
    if text_at(data, "severity") == "temporary":
        return EventKind.DEFERRED, None
    reason = text_at(data, "reason")
    if reason == "suppress-bounce":
        return EventKind.BOUNCED, Bounce.HARD
    if reason.startswith("suppress-"):
        return EventKind.REJECTED, None
    # `bounce` is what it calls a mailbox that is none; `old`: it gave up waiting.
    reasons = {"bounce": Bounce.HARD, "espblock": Bounce.POLICY, "old": Bounce.SOFT}
    status = inside(data, "delivery-status")
    told = f"{text_at(status, 'enhanced-code')} {text_at(status, 'message')}"
    return EventKind.BOUNCED, bounce_class(told, reasons.get(reason, Bounce.UNKNOWN))


def _reason(data: Any) -> str:
    """The receiving server's words, or Mailgun's own."""
    status = inside(data, "delivery-status")
    said = text_at(status, "message") or text_at(status, "description")
    return said or text_at(data, "reason") or text_at(data, "reject", "reason")
