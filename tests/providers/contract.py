"""What the contract suite needs to know of a provider, whoever wrote it.

A provider takes part by a module `case_<name>.py` beside this one that defines `CASE`.
The tests are in `test_contract*.py`; they are the same for all.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol

from newsletter.errors import ProviderError
from newsletter.model.campaign import DeliveryState
from newsletter.model.event import Bounce, EventKind, Webhook
from newsletter.model.message import delivery_id
from newsletter.model.publication import Publication
from newsletter.providers.protocol import Provider
from newsletter.providers.registry import open_provider
from tests.providers.batches import CAMPAIGN, MOMENT
from tests.providers.recorder import Recorded, Recorder, Reply

DELIVERY = delivery_id(CAMPAIGN, 1)
READER = "reader1@example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A message as it leaves: what its reader sees, and what comes back to us.

    `to` has every address that the reader could see. `headers` are those beyond From,
    To, Subject and Reply-To, by their usual names. Variables of the service stand
    filled in, as the service would.
    """

    to: Sequence[str]
    sender: str
    subject: str
    html: str
    text: str
    headers: Mapping[str, str]
    campaign: str
    delivery_id: str
    reply_to: str = ""


class Served(Protocol):
    """A provider together with the service at its other end."""

    provider: Provider

    def calls(self) -> Sequence[bytes]:
        """What left so far, a text per call; equal calls give equal texts."""
        ...

    def seen(self) -> Sequence[Seen]:
        """The messages that left so far."""
        ...


class Case(Protocol):
    """A provider in the contract."""

    name: str

    def serve(self) -> AbstractContextManager[Served]:
        """Start the service, which takes everything, and open the provider on it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented:
    """An answer to a batch of two that the provider documents, and what it means.

    `expect` is the error it is sorted into, or a state for each of the two.
    """

    label: str
    reply: Reply
    expect: type[ProviderError] | Sequence[DeliveryState]
    retry_after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A notification as documented, and the event it is; no `kind`: it is ignored."""

    label: str
    body: Any
    kind: EventKind | None
    bounce: Bounce | None = None
    url: str = ""
    reason: str = ""
    delivery_id: str = DELIVERY
    address: str = READER


class ApiCase:
    """A provider behind an HTTPS interface; the recorder stands for the service.

    environ: its keys, all of them.
    settings: what newsletter.yaml says of it beside `api_url`.
    proof: the variable or setting without which no event is believed.
    body_matters: whether a 2xx needs a readable body to mean that the batch was taken.
    signs_body: whether the proof of an event covers its body.
    signs_time: whether it covers when it was made.
    """

    name: ClassVar[str]
    environ: ClassVar[Mapping[str, str]]
    settings: ClassVar[Mapping[str, Any]] = {}
    proof: ClassVar[str] = ""
    body_matters: ClassVar[bool] = True
    signs_body: ClassVar[bool] = True
    signs_time: ClassVar[bool] = True
    documented: ClassVar[Sequence[Documented]] = ()
    told: ClassVar[Sequence[Told]] = ()
    check_reply: ClassVar[Reply] = Reply()

    def accepted(self, request: Recorded) -> Reply:
        """The documented answer when everybody in the call was taken."""
        raise NotImplementedError

    def serves(self, request: Recorded) -> Reply:
        """The documented answer to a send, and to the check's question."""
        return self.check_reply if request.method == "GET" else self.accepted(request)

    def seen(self, request: Recorded) -> list[Seen]:
        """The messages in one call."""
        raise NotImplementedError

    def signed(
        self, body: bytes, *, at: datetime = MOMENT, forged: bool = False
    ) -> Webhook:
        """A notification made at `at` and received at MOMENT, with its proof.

        `forged`: made with another key than ours.
        """
        raise NotImplementedError

    def notification(self, told: Told) -> Webhook:
        """A documented notification with its proof."""
        return self.signed(json.dumps(told.body).encode())

    def open(self, url: str, *, without: str = "") -> Provider:
        """The provider with all its keys and settings, or all but one."""
        settings = {"api_url": url, **self.settings}
        settings.pop(without, None)
        environ = {k: v for k, v in self.environ.items() if k != without}
        return open_provider(self.name, a_publication({self.name: settings}), environ)

    @contextmanager
    def serve(self) -> Iterator["ServedApi"]:
        """Start a recorder that takes everything, and open the provider on it."""
        with Recorder() as recorder:
            recorder.answer(self.serves)
            provider = self.open(recorder.url)
            try:
                yield ServedApi(provider, recorder, self.seen)
            finally:
                provider.close()


@dataclass(frozen=True, slots=True)
class ServedApi:
    """A provider and the recorder at its other end."""

    provider: Provider
    recorder: Recorder
    read: Callable[[Recorded], list[Seen]]

    def calls(self) -> list[bytes]:
        """Everything of each call but where it went, when, and the proof of that."""
        return [_comparable(call) for call in self.recorder.requests]

    def seen(self) -> list[Seen]:
        """The messages that left so far."""
        sent = [call for call in self.recorder.requests if call.method != "GET"]
        return [seen for call in sent for seen in self.read(call)]


def _comparable(call: Recorded) -> bytes:
    headers = {
        name: value
        for name, value in sorted(call.headers.items())
        if name not in ("authorization", "host", "x-amz-date")
    }
    head = [call.method, call.path, sorted(call.query.items()), headers]
    return json.dumps(head).encode() + call.body


def a_publication(providers: Mapping[str, Any]) -> Publication:
    """A publication with these settings of providers."""
    return Publication.model_validate(
        {
            "name": "the second chair",
            "base_url": "https://letter.example.com",
            "from": {"name": "mo", "address": "mo@letter.example.com"},
            "providers": providers,
        }
    )
