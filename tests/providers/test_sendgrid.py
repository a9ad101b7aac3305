"""SendGrid: what is its own, in its calls and in its events."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from sendgrid import EventWebhook  # type: ignore[import-untyped]

from newsletter.errors import (
    ConfigError,
    OutcomeUnknown,
    ProviderRefused,
    ProviderStopped,
    ProviderUnavailable,
)
from newsletter.model.campaign import DeliveryState
from newsletter.model.email import MergeText
from newsletter.model.frozen import InlineImage
from newsletter.providers.registry import open_provider
from newsletter.providers.sendgrid import SendGrid
from tests.providers.anymail_oracle import our_call
from tests.providers.batches import CAMPAIGN, MOMENT, a_batch, a_recipient, an_email
from tests.providers.case_sendgrid import CASE, refusal, shown, told
from tests.providers.contract import a_publication
from tests.providers.recorder import Recorder, Reply, json_reply

ACCEPTED, REJECTED = DeliveryState.ACCEPTED, DeliveryState.REJECTED


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as recorder:
        yield recorder


@pytest.fixture
def sendgrid(recorder: Recorder) -> Iterator[SendGrid]:
    recorder.answer(CASE.serves)
    provider = CASE.open(recorder.url)
    assert isinstance(provider, SendGrid)
    yield provider
    provider.close()


def test_a_call_has_all_of_these_and_nothing_else() -> None:
    batch = a_batch(2)
    call = our_call(CASE, batch)
    body = call.json()

    assert call.path == "/v3/mail/send"
    assert call.headers["authorization"] == "Bearer SG.a-very-secret.key"
    assert len(body.pop("personalizations")) == 2
    assert [part["type"] for part in body.pop("content")] == ["text/plain", "text/html"]
    assert body == {
        "from": {"email": "mo@letter.example.com", "name": "mo, from the second chair"},
        "subject": "hi -3f8e6a0c.t1-, a friday letter – №3",
        "reply_to": {"email": "answers@letter.example.com"},
        "headers": batch.email.list_headers(CAMPAIGN),
        "categories": [CAMPAIGN],
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": {"enable": False},
            "subscription_tracking": {"enable": False},
            "ganalytics": {"enable": False},
        },
    }


def test_each_reader_has_headers_values_and_our_id() -> None:
    batch = a_batch(1)
    (recipient,) = batch.recipients

    (person,) = our_call(CASE, batch).json()["personalizations"]

    assert person == {
        "to": [{"email": "reader1@example.com"}],
        "headers": {"List-Unsubscribe": batch.headers(recipient)["List-Unsubscribe"]},
        "substitutions": {
            "-3f8e6a0c.u-": "token-1",
            "-3f8e6a0c.h1-": "Zoë 1",
            "-3f8e6a0c.t1-": "Zoë 1",
        },
        "custom_args": {"newsletter_delivery": recipient.delivery_id},
    }


def test_the_marks_of_variables_are_nowhere_in_the_texts() -> None:
    written = "-3f8e6a0c.t1- -3f8e6a0c-.u- -3f8e6a0c--"
    email = an_email(
        text=MergeText((written, ""), (1,)), html=MergeText((written, ""), (1,))
    )
    batch = a_batch(1, email=email)

    (seen,) = CASE.seen(our_call(CASE, batch))

    assert seen.text == batch.text(batch.recipients[0])
    assert seen.html == batch.html(batch.recipients[0])


def test_a_second_time_the_same_address_does_not_spoil_the_call(
    sendgrid: SendGrid, recorder: Recorder
) -> None:
    email = an_email()
    twice = [
        a_recipient(email, 1, address="zoe@example.com"),
        a_recipient(email, 2, address="ZOE@example.com"),
    ]

    results = {
        each.subscriber_id: each for each in sendgrid.send(a_batch(twice, email=email))
    }

    assert (results[1].state, results[2].state) == (ACCEPTED, REJECTED)
    assert len(recorder.requests[0].json()["personalizations"]) == 1


def test_values_that_are_too_long_harm_their_reader_only(
    sendgrid: SendGrid, recorder: Recorder
) -> None:
    email = an_email()
    long = a_recipient(email, 1, name="é" * 2490)
    readers = [long, a_recipient(email, 2)]

    results = {
        each.subscriber_id: each
        for each in sendgrid.send(a_batch(readers, email=email))
    }

    assert (results[1].state, results[2].state) == (REJECTED, ACCEPTED)
    assert "10,000 bytes" in results[1].reason
    (person,) = recorder.requests[0].json()["personalizations"]
    assert person["to"] == [{"email": "reader2@example.com"}]


def test_values_that_just_fit_are_sent(sendgrid: SendGrid, recorder: Recorder) -> None:
    email = an_email()
    batch = a_batch([a_recipient(email, 1, name="x" * 4950)], email=email)

    assert sendgrid.send(batch)[0].state is ACCEPTED
    (person,) = recorder.requests[0].json()["personalizations"]
    sizes = [len((k + v).encode()) for k, v in person["substitutions"].items()]
    assert 9_900 < sum(sizes) <= 10_000


def test_without_anybody_left_there_is_no_call(
    sendgrid: SendGrid, recorder: Recorder
) -> None:
    email = an_email()
    batch = a_batch([a_recipient(email, 1, name="x" * 9000)], email=email)

    assert [each.state for each in sendgrid.send(batch)] == [REJECTED]
    assert not recorder.requests


def test_images_travel_inside() -> None:
    image = InlineImage(
        content_id="chair.png",
        filename="a chair.png",
        media_type="image/png",
        data="iVBORw0KGgo=",
    )

    call = our_call(CASE, a_batch(2, email=an_email(inline_images=(image,))))

    assert call.json()["attachments"] == [
        {
            "content": "iVBORw0KGgo=",
            "type": "image/png",
            "filename": "a chair.png",
            "disposition": "inline",
            "content_id": "chair.png",
        }
    ]


def test_an_email_without_name_and_reply_address_has_none() -> None:
    email = an_email(from_name="", reply_to="")

    body = our_call(CASE, a_batch(1, email=email)).json()

    assert body["from"] == {"email": "mo@letter.example.com"}
    assert "reply_to" not in body


@time_machine.travel(MOMENT, tick=False)
def test_the_moment_when_it_takes_calls_again_is_turned_into_seconds(
    sendgrid: SendGrid, recorder: Recorder
) -> None:
    moment = str(int(MOMENT.timestamp()) + 17)
    recorder.answer(refusal(429, "too many requests", x_ratelimit_reset=moment))

    with pytest.raises(ProviderUnavailable) as caught:
        sendgrid.send(a_batch(2))

    assert caught.value.retry_after == 17.0


def test_accepted_without_an_id_is_not_believed(
    sendgrid: SendGrid, recorder: Recorder
) -> None:
    recorder.answer(Reply(status=202))

    with pytest.raises(OutcomeUnknown):
        sendgrid.send(a_batch(2))


def test_of_several_errors_one_of_a_reader_is_enough_to_try_parts(
    sendgrid: SendGrid, recorder: Recorder
) -> None:
    errors = [
        {"message": "bad", "field": "from.email"},
        {"message": "bad too", "field": "personalizations.3.to"},
    ]
    recorder.answer(json_reply({"errors": errors}, 400))

    with pytest.raises(ProviderRefused, match="bad; bad too"):
        sendgrid.send(a_batch(2))


def test_it_has_no_records_to_search(sendgrid: SendGrid, recorder: Recorder) -> None:
    with pytest.raises(ProviderRefused):
        sendgrid.find(a_batch(2))

    assert not recorder.requests
    assert sendgrid.capabilities.search is None


@pytest.mark.parametrize("scopes", [["alerts.read"], "mail.send", None])
def test_the_check_refuses_a_key_that_may_not_send(
    sendgrid: SendGrid, recorder: Recorder, scopes: Any
) -> None:
    recorder.answer(json_reply({"scopes": scopes}))

    with pytest.raises(ProviderStopped):
        sendgrid.check()

    assert recorder.requests[0].path == "/v3/scopes"


def test_an_event_told_again_with_another_id_of_theirs_has_the_same_of_ours(
    sendgrid: SendGrid,
) -> None:
    def event_id(**changed: object) -> str:
        (data,) = told("click", url="https://a.example/")
        body = json.dumps([data | changed]).encode()
        (event,) = sendgrid.events(CASE.signed(body))
        return event.id

    assert event_id() == event_id(sg_event_id="another", ip="192.0.2.1")
    others = {
        event_id(timestamp=int(MOMENT.timestamp())),
        event_id(email="reader2@example.com"),
        event_id(url="https://b.example/"),
        event_id(sg_message_id="x"),
        event_id(event="open"),
    }
    assert len(others | {event_id()}) == 6


def test_many_events_come_at_once(sendgrid: SendGrid) -> None:
    data = [*told("delivered"), *told("group_resubscribe"), *told("open"), 7]

    events = sendgrid.events(CASE.signed(json.dumps(data).encode()))

    assert [event.kind for event in events] == ["delivered", "opened"]
    assert {event.provider_message_id for event in events} == {"BJ8cjZ0kSXC"}


def test_a_notification_that_is_no_array_is_refused(sendgrid: SendGrid) -> None:
    with pytest.raises(ProviderRefused):
        sendgrid.events(CASE.signed(b"{}"))


def test_sendgrids_own_library_believes_what_we_believe() -> None:
    webhook = CASE.signed(json.dumps(told("delivered")).encode())
    theirs = EventWebhook(shown("ours"))
    prefix = "x-twilio-email-event-webhook"
    proof = [webhook.headers[f"{prefix}-{name}"] for name in ("signature", "timestamp")]

    assert theirs.verify_signature(webhook.body.decode(), *proof)
    assert not theirs.verify_signature(webhook.body.decode() + " ", *proof)


@pytest.mark.parametrize("signature", ["", "x", "AAAA", "é"])
def test_a_signature_that_is_none_is_refused(
    sendgrid: SendGrid, signature: str
) -> None:
    webhook = CASE.signed(json.dumps(told("delivered")).encode())
    name = "x-twilio-email-event-webhook-signature"

    with pytest.raises(ProviderRefused):
        sendgrid.events(replace(webhook, headers={**webhook.headers, name: signature}))


@pytest.mark.parametrize(
    "key",
    ["no base64!", "AAAA", base64.b64encode(b"x" * 91).decode(), "ed25519"],
)
def test_a_public_key_that_is_none_is_told_when_it_is_opened(key: str) -> None:
    if key == "ed25519":  # a good key, of another kind
        key = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="
    environ = {**CASE.environ, "SENDGRID_WEBHOOK_PUBLIC_KEY": key.replace(" ", "")}

    with pytest.raises(ConfigError, match="SENDGRID_WEBHOOK_PUBLIC_KEY"):
        open_provider("sendgrid", a_publication({}), environ)


@pytest.mark.parametrize(
    ("settings", "target"),
    [
        ({}, "https://api.sendgrid.com"),
        ({"region": "eu"}, "https://api.eu.sendgrid.com"),
    ],
)
def test_it_calls_the_region_of_the_settings(
    settings: dict[str, str], target: str
) -> None:
    publication = a_publication({"sendgrid": settings})
    provider = open_provider("sendgrid", publication, CASE.environ)

    assert provider.target == target
    provider.close()
