"""Brevo: one HTML for a thousand readers, and keys that it knows for a quarter hour.

Rules are from Brevo's API reference and guides (developers.brevo.com). Nothing here was
tried on a live account.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.header import Header
from typing import Any, ClassVar

from newsletter.errors import (
    OutcomeUnknown,
    ProviderError,
    ProviderRefused,
    ProviderStopped,
    ProviderUnavailable,
)
from newsletter.model.campaign import DeliveryResult, DeliveryState
from newsletter.model.email import MergeText
from newsletter.model.event import Bounce, Event, EventKind, Webhook
from newsletter.model.frozen import FrozenEmail
from newsletter.model.message import Batch, Recipient
from newsletter.model.publication import Publication
from newsletter.providers.answer import Answer, by_status
from newsletter.providers.bounces import bounce_class
from newsletter.providers.http import Http, json_bytes
from newsletter.providers.keys import optional_key, required_key
from newsletter.providers.protocol import Capabilities
from newsletter.providers.reading import inside, moment_at, text_at, webhook_json
from newsletter.providers.shared_secret import event_id, require_authorization

API = "https://api.brevo.com/v3"

_PARAMS_BYTES = 1_000_000
_NAME = 70
_RESET = "x-sib-ratelimit-reset"

_KEPT = timedelta(days=80)
"""Events are kept for 90 days."""

_PAGE = 2500
_PAGES = 40

# Brevo evaluates `{{`, `{%` and `{#` wherever they stand, in values too, by some
# reports; so they never leave in one piece, apart from our own.
_SIGN = re.compile(r"\{(?=[{%#]|\Z)")
_STYLE = re.compile(r"(<style\b[^>]*>.*?</style>)", re.DOTALL | re.IGNORECASE)
_WORD_JOINER = "\u2060"

# What its templates escape, and what they could evaluate.
_ODD = re.compile(r"[&<>\"'{}]")
_SPECIAL = re.compile(r'[][\\()<>@,:;".]')

_LATER = frozenset({"duplicate_request"})
_STOPPED: Mapping[str, str] = {
    "unauthorized": "see BREVO_API_KEY",
    "permission_denied": "see what the key may do",
    "not_enough_credits": "wait until tomorrow, or buy credits",
    "account_under_validation": "Brevo is still looking at the account",
}
_KINDS: Mapping[str, EventKind] = {
    "request": EventKind.ACCEPTED,
    "delivered": EventKind.DELIVERED,
    "hard_bounce": EventKind.BOUNCED,
    "soft_bounce": EventKind.BOUNCED,
    "invalid_email": EventKind.BOUNCED,
    "blocked": EventKind.REJECTED,
    "error": EventKind.REJECTED,
    "deferred": EventKind.DEFERRED,
    "spam": EventKind.COMPLAINED,
    "complaint": EventKind.COMPLAINED,
    "unsubscribe": EventKind.UNSUBSCRIBED,
    "unique_opened": EventKind.OPENED,
    "opened": EventKind.OPENED,
    "unique_proxy_open": EventKind.OPENED,
    "proxy_open": EventKind.OPENED,
    "click": EventKind.CLICKED,
}
_BOUNCES = {"soft_bounce": Bounce.SOFT}


class Brevo:
    """Sends versions of one message; finds out by searching for the batch's tag."""

    name: ClassVar[str] = "brevo"
    variables: ClassVar[Mapping[str, str]] = {
        "BREVO_API_KEY": "an API key (not an SMTP key)",
        "BREVO_WEBHOOK_TOKEN": "the webhook's bearer token",
    }
    capabilities: ClassVar[Capabilities] = Capabilities(
        batch_size=1000,
        recipient_headers=True,
        # A guide says 30 minutes, a changelog 15.
        key_lifetime=timedelta(minutes=15),
        substitution=True,
        search="records",
        search_delay=timedelta(minutes=15),  # nothing is documented
        signature="a bearer token",
        calls_per_second=100 / 60,
    )

    def __init__(
        self, key: str, *, domain: str = "", api_url: str = "", webhook_token: str = ""
    ) -> None:
        """Send with `key`; without `webhook_token` no event is believed.

        `domain` is the sender's, for the check.
        """
        self._api = (api_url or API).rstrip("/")
        self._domain = domain
        self._secret = f"Bearer {webhook_token}" if webhook_token else ""
        self._http = Http(
            "Brevo",
            headers={"api-key": key, "Accept": "application/json"},
            keys=[key],
            seconds=self.capabilities.call_seconds,
        )
        self.target = self._api

    @classmethod
    def from_settings(
        cls, publication: Publication, environment: Mapping[str, str]
    ) -> "Brevo":
        """Brevo as newsletter.yaml and the environment say."""
        return cls(
            required_key(environment, "BREVO_API_KEY"),
            domain=publication.domain,
            api_url=publication.providers.brevo.api_url,
            webhook_token=optional_key(environment, "BREVO_WEBHOOK_TOKEN"),
        )

    def send(self, batch: Batch) -> Sequence[DeliveryResult]:
        """Send one batch in one call; one bad address has all of it refused.

        Raises as the protocol says. A repeat is not answered like the first call, but
        with an error that says so: then everybody was taken, and the ids are unknown.
        """
        answer = self._http.call("POST", f"{self._api}/smtp/email", json=_body(batch))
        if answer.ok:
            return _results(batch, answer)
        if text_at(answer.data(), "code") == "duplicate_parameter":
            return [_accepted(each, "") for each in batch.recipients]
        raise _sorted(answer)

    def find(self, batch: Batch) -> Sequence[DeliveryResult]:
        """Those of the batch for whom Brevo's records have a request.

        Raises ProviderRefused when the records do not reach back that far.
        """
        age = datetime.now(UTC) - batch.moment
        if not timedelta(0) <= age <= _KEPT:
            raise ProviderRefused("Brevo keeps its records for 90 days")
        taken = {
            text_at(record, "email").lower(): _bare(text_at(record, "messageId"))
            for record in self._records(_tag(batch), age.days + 2)
        }
        return [
            _accepted(each, taken[each.address.lower()])
            for each in batch.recipients
            if each.address.lower() in taken
        ]

    def events(self, webhook: Webhook) -> Sequence[Event]:
        """The events in a webhook; what Brevo tells of other things is ignored."""
        require_authorization(webhook, self._secret, "BREVO_WEBHOOK_TOKEN")
        data = webhook_json(webhook.body)
        if not isinstance(data, dict | list):
            raise ProviderRefused("the event is no JSON object")
        told = data if isinstance(data, list) else [data]
        found = (_event(each, webhook.received_at) for each in told)
        return [event for event in found if event]

    def check(self) -> str:
        """Ask for the account and its domains."""
        account = self._ask("/account")
        domains = inside(self._ask("/senders/domains"), "domains")
        state = "not among its domains"
        for each in domains if isinstance(domains, list) else []:
            if text_at(each, "domain_name").lower() == self._domain:
                ready = inside(each, "authenticated") is True
                state = "authenticated" if ready else "not authenticated yet"
        who = text_at(account, "companyName") or text_at(account, "email")
        return (
            f"Brevo takes the key of {who or 'the account'}; {self._domain} is {state}"
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _ask(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        answer = self._http.call("GET", self._api + path, params=params)
        if not answer.ok:
            raise _sorted(answer)
        return answer.json()

    def _records(self, tag: str, days: int) -> Iterator[Any]:
        """Every request with the tag; raises OutcomeUnknown for one without it."""
        for page in range(_PAGES):
            params = {
                "tags": json.dumps([tag]),
                "event": "requests",
                "days": str(days),
                "limit": str(_PAGE),
                "offset": str(page * _PAGE),
            }
            found = self._ask("/smtp/statistics/events", params)
            records = inside(found, "events")
            # Without events there is an empty object, too.
            records = [] if found == {} else records
            known = isinstance(records, list)
            if not known or not all(tag in text_at(each, "tag") for each in records):
                raise OutcomeUnknown("Brevo's records cannot be told apart")
            yield from records
            if len(records) < _PAGE:
                return
        raise OutcomeUnknown("Brevo has more records than can be read")


def _body(batch: Batch) -> dict[str, Any]:
    email = batch.email
    if email.inline_images:
        raise ProviderStopped(
            "Brevo takes no images inside a message",
            hint="publish the images instead, or use another provider",
        )
    versions = [_version(batch, each) for each in batch.recipients]
    length = sum(len(json_bytes(each.get("params", {}))) for each in versions)
    if length > _PARAMS_BYTES:
        raise ProviderRefused("the readers' values are longer than Brevo's 1 MB")
    body: dict[str, Any] = {
        "sender": _sender(email),
        # Where a version has its own, nobody sees these, so nobody's name is in them.
        "subject": _plain(email.subject.fill(lambda slot: email.fields[slot].default)),
        "htmlContent": _shared_html(email.html),
        "tags": [_tag(batch)],
        # developers.brevo.com/docs/heterogenous-versions-batch-emails; the reference
        # writes `Idempotency-Key` in an example.
        "headers": {"idempotencyKey": batch.key},
        "messageVersions": versions,
    }
    if not email.text.slots:
        body["textContent"] = _plain(email.text.join(()))
    if email.reply_to:
        body["replyTo"] = {"email": email.reply_to}
    return body


def _version(batch: Batch, recipient: Recipient) -> dict[str, Any]:
    """What differs for one: of the HTML only the values, of the rest all of it.

    Brevo escapes values in HTML by itself, unless it is told not to. A value in which
    that would make a difference comes inside of a whole HTML. `headers` of a version
    are not in the reference; django-anymail sends them on a live account.
    """
    email = batch.email
    version: dict[str, Any] = {
        "to": [{"email": recipient.address}],
        "headers": {
            **batch.headers(recipient),
            "X-Mailin-custom": json.dumps({"delivery": recipient.delivery_id}),
        },
    }
    used = {slot: recipient.values[slot] for slot in email.html.slots}
    if any(_ODD.search(value) for value in used.values()):
        version["htmlContent"] = _html(batch.html(recipient))
    elif used:
        version["params"] = {f"p{slot}": value for slot, value in used.items()}
    if email.subject.slots:
        version["subject"] = _plain(batch.subject(recipient))
    if email.text.slots:
        version["textContent"] = _plain(batch.text(recipient))
    return version


def _shared_html(html: MergeText) -> str:
    # Signs that only come about where a part ends are split there, too.
    parts = MergeText(tuple(_html(part) for part in html.literals), html.slots)
    return parts.substitute(lambda slot: f"{{{{params.p{slot}}}}}")


def _html(text: str) -> str:
    """HTML without a template's signs; it reads the same."""
    parts = _STYLE.split(text)
    parts[0::2] = [_SIGN.sub("&#123;", part) for part in parts[0::2]]
    parts[1::2] = [_SIGN.sub("{ ", part) for part in parts[1::2]]
    return "".join(parts)


def _plain(text: str) -> str:
    """Plain text without a template's signs; it looks the same."""
    return _SIGN.sub("{" + _WORD_JOINER, text)


def _sender(email: FrozenEmail) -> dict[str, str]:
    """Who it is from.

    A name with both special and other than ASCII characters is encoded here: Brevo
    would drop it (django-anymail).
    """
    name = email.from_name
    if len(name) > _NAME:
        raise ProviderStopped(
            f"the sender's name is longer than Brevo's {_NAME} characters",
            hint="shorten `from.name` in newsletter.yaml",
        )
    if not name.isascii() and _SPECIAL.search(name):
        name = " ".join(Header(name, "utf-8").encode().split())
    sender = {"email": email.from_address}
    return {"name": name, **sender} if name else sender


def _tag(batch: Batch) -> str:
    """The only one, since records may show no more than one."""
    return f"{batch.campaign}:{batch.key}"


def _results(batch: Batch, answer: Answer) -> list[DeliveryResult]:
    """Everybody was taken, when there is an id for each; they come in order."""
    data = answer.json()
    ids = inside(data, "messageIds")
    if ids is None:
        ids = [inside(data, "messageId")]
    known = isinstance(ids, list) and all(isinstance(i, str) and i for i in ids)
    if not known or len(ids) != len(batch.recipients):
        raise OutcomeUnknown(f"Brevo's answer does not add up: {answer.excerpt()}")
    pairs = zip(batch.recipients, ids, strict=True)
    return [_accepted(recipient, _bare(each)) for recipient, each in pairs]


def _accepted(recipient: Recipient, message_id: str) -> DeliveryResult:
    return DeliveryResult(recipient.subscriber_id, DeliveryState.ACCEPTED, message_id)


def _bare(message_id: str) -> str:
    return message_id.strip("<>")


def _sorted(answer: Answer) -> ProviderError:
    """What an answer that is no success means for the batch."""
    code, said = text_at(answer.data(), "code"), text_at(answer.data(), "message")
    text = f"Brevo: {said or code or answer.excerpt()} ({answer.status})"
    if code in _STOPPED:
        return ProviderStopped(text, hint=_STOPPED[code])
    if answer.status == 400 and "sender" in said.lower():
        hint = "see `from.address` in newsletter.yaml, and the senders in Brevo"
        return ProviderStopped(text, hint=hint)
    if code in _LATER:
        return ProviderUnavailable(text, retry_after=answer.retry_after(_RESET))
    return by_status("Brevo", answer, said, reset=_RESET)


def _event(data: Any, now: datetime) -> Event | None:
    name = text_at(data, "event")
    kind = _KINDS.get(name)
    if kind is None:
        return None
    reason = text_at(data, "reason")
    sent = ("event", "message-id", "email", "ts_epoch", "ts_event", "date", "link")
    bounced = kind is EventKind.BOUNCED
    return Event(
        kind=kind,
        # It often tells things twice, and numbers nothing.
        id=event_id(*(text_at(data, each) for each in sent)),
        at=_moment(data) or now,
        address=text_at(data, "email"),
        delivery_id=_delivery(data),
        provider_message_id=_bare(text_at(data, "message-id")),
        bounce=bounce_class(reason, _BOUNCES.get(name, Bounce.HARD))
        if bounced
        else None,
        reason=reason,
        url=text_at(data, "link"),
    )


def _moment(data: Any) -> datetime | None:
    """Milliseconds in UTC; the other times are in the account's own zone."""
    epoch = inside(data, "ts_epoch")
    if not isinstance(epoch, int | float) or isinstance(epoch, bool):
        return None
    with suppress(OverflowError):
        return moment_at({"at": epoch / 1000}, "at")
    return None


def _delivery(data: Any) -> str:
    with suppress(ValueError, RecursionError):
        return text_at(json.loads(text_at(data, "X-Mailin-custom")), "delivery")
    return ""
