"""Resend: what is its own, and what others say of our calls."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook as StandardWebhook

from newsletter.errors import (
    ConfigError,
    OutcomeUnknown,
    ProviderRefused,
    ProviderStopped,
)
from newsletter.model.campaign import DeliveryState
from newsletter.model.frozen import InlineImage
from newsletter.model.message import Batch
from newsletter.providers.mailbox import mailbox
from newsletter.providers.resend import Resend
from tests.providers.anymail_oracle import (
    ABSENT,
    anymail_call,
    differences,
    our_call,
)
from tests.providers.anymail_oracle import plain_batch as plain_batch
from tests.providers.batches import KEY, MOMENT, a_batch, an_email
from tests.providers.case_resend import CASE, SECRET, refusal, told
from tests.providers.recorder import Recorder, json_reply


def a_resend(url: str) -> Resend:
    provider = CASE.open(url)
    assert isinstance(provider, Resend)
    return provider


def test_the_key_of_the_batch_is_the_idempotency_key() -> None:
    call = our_call(CASE, a_batch(2))

    assert call.headers["idempotency-key"] == KEY
    assert call.headers["authorization"] == "Bearer re_a-very-secret-key"
    assert call.headers["x-batch-validation"] == "permissive"
    assert call.path == "/emails/batch"


def test_tags_have_no_character_that_resend_refuses() -> None:
    (message, *_) = our_call(CASE, a_batch(1)).json()

    for tag in message["tags"]:
        assert len(tag["value"]) <= 256
        assert set(tag["value"]) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")


def test_a_repeat_with_other_bytes_raises_the_alarm() -> None:
    with Recorder() as recorder:
        recorder.answer(refusal(409, "invalid_idempotent_request"))
        resend = a_resend(recorder.url)
        with pytest.raises(OutcomeUnknown, match="ALARM") as caught:
            resend.send(a_batch(2))
        resend.close()

    assert "do not send it again" in caught.value.hint


@pytest.mark.parametrize(
    "data",
    [
        {"data": [{"id": "a"}]},
        {"data": [{"id": "a"}, {"id": "b"}, {"id": "c"}]},
        {"data": [{"id": "a"}], "errors": [{"index": 5, "message": "x"}]},
        {"data": [{"id": "a"}, {"id": "b"}], "errors": [{"index": 5, "message": "x"}]},
        {"data": [{"id": "a"}], "errors": [{"index": -1, "message": "x"}]},
        {"data": [{"id": "a"}, {"id": "b"}], "errors": [{"index": 0, "message": "x"}]},
        {"data": [], "errors": [{"index": 0}, {"index": 0}]},
        {"data": [{"id": "a"}], "errors": [{"index": True, "message": "x"}]},
        {"data": [{"id": "a"}], "errors": ["x"]},
    ],
)
def test_an_answer_that_does_not_add_up_is_unknown(data: Any) -> None:
    with Recorder() as recorder:
        recorder.answer(json_reply(data))
        resend = a_resend(recorder.url)
        with pytest.raises(OutcomeUnknown, match="does not add up"):
            resend.send(a_batch(2))
        resend.close()


def test_a_message_without_an_id_is_uncertain() -> None:
    with Recorder() as recorder:
        recorder.answer(json_reply({"data": [{"id": "a"}, {}]}))
        resend = a_resend(recorder.url)
        results = resend.send(a_batch(2))
        resend.close()

    assert [each.state for each in results] == [
        DeliveryState.ACCEPTED,
        DeliveryState.UNCERTAIN,
    ]


def test_who_it_is_from_is_written_as_others_write_it() -> None:
    assert mailbox("", "a@b.example") == "a@b.example"
    assert mailbox("Zoë", "a@b.example") == "Zoë <a@b.example>"
    assert mailbox('a "b", c\\', "a@b.example") == ('"a \\"b\\", c\\\\" <a@b.example>')
    (message,) = our_call(CASE, a_batch(1, email=an_email(reply_to=""))).json()
    assert "reply_to" not in message


def test_finding_repeats_the_call_while_the_key_is_known() -> None:
    batch = a_batch(2)
    with (
        Recorder() as recorder,
        time_machine.travel(MOMENT + timedelta(hours=22), tick=False),
    ):
        recorder.answer(CASE.serves)
        resend = a_resend(recorder.url)
        resend.send(batch)
        assert len(resend.find(batch)) == 2
        resend.close()

    first, again = recorder.requests
    assert (first.body, first.headers) == (again.body, again.headers)


@pytest.mark.parametrize("hours", [23.1, 24, 1000, -48])
def test_a_key_that_may_be_forgotten_is_not_used_again(hours: float) -> None:
    with (
        Recorder() as recorder,
        time_machine.travel(MOMENT + timedelta(hours=hours), tick=False),
    ):
        resend = a_resend(recorder.url)
        with pytest.raises(ProviderRefused):
            resend.find(a_batch(2))
        resend.close()

    assert not recorder.requests


def test_images_inside_are_refused_before_anything_leaves() -> None:
    image = InlineImage(
        content_id="a", filename="a.png", media_type="image/png", data="eA=="
    )
    with Recorder() as recorder:
        resend = a_resend(recorder.url)
        with pytest.raises(ProviderStopped, match="images"):
            resend.send(a_batch(1, email=an_email(inline_images=(image,))))
        resend.close()

    assert not recorder.requests


def test_the_check_tells_each_domain() -> None:
    with Recorder() as recorder:
        recorder.answer(CASE.check_reply)
        resend = a_resend(recorder.url)
        assert "letter.example.com is verified" in resend.check()
        recorder.answer(json_reply({"data": []}))
        assert "no domains" in resend.check()
        recorder.answer(refusal(401, "restricted_api_key"))
        assert "may only send" in resend.check()
        resend.close()


def test_a_webhook_secret_that_is_none_is_told_at_once() -> None:
    with pytest.raises(ConfigError, match="RESEND_WEBHOOK_SECRET"):
        Resend("re_x", webhook_secret="whsec_not base64!")


@given(body=st.text().map(str.encode), seconds=st.integers(-299, 299))
def test_another_signer_of_the_same_standard_is_believed(
    body: bytes, seconds: int
) -> None:
    at = MOMENT + timedelta(seconds=seconds)
    signature = StandardWebhook(SECRET).sign("msg_1", at, body.decode())
    webhook = CASE.signed(b"")
    headers = {
        "svix-id": "msg_1",
        "svix-timestamp": str(int(at.timestamp())),
        "svix-signature": f"v1a,zzz v1,AAAA {signature}",
    }
    proved = Resend("re_x", webhook_secret=f"whsec_{SECRET}")

    proved._prove(type(webhook)(headers=headers, body=body, received_at=MOMENT))
    proved.close()


def test_another_verifier_of_the_same_standard_believes_our_test_signer() -> None:
    now = datetime.now(UTC)
    webhook = CASE.signed(b'{"type": "email.sent"}', at=now)
    headers = {k.replace("svix", "webhook"): v for k, v in webhook.headers.items()}

    assert StandardWebhook(SECRET).verify(webhook.body, headers)


def test_a_signature_is_fresh_for_five_minutes() -> None:
    resend = Resend("re_x", webhook_secret=f"whsec_{SECRET}")
    body = base64.b64decode("e30=")
    for seconds in (-300, 300):
        assert (
            resend.events(CASE.signed(body, at=MOMENT + timedelta(seconds=seconds)))
            == []
        )
    for seconds in (-301, 301):
        with pytest.raises(ProviderRefused, match="too old"):
            resend.events(CASE.signed(body, at=MOMENT + timedelta(seconds=seconds)))
    resend.close()


def test_an_event_without_recipient_has_no_address() -> None:
    resend = a_resend("http://127.0.0.1:9")
    body = told("email.sent")
    body["data"] = {"email_id": "x", "to": []}
    (event,) = resend.events(CASE.signed(json.dumps(body).encode()))
    resend.close()

    assert event.address == ""
    assert event.delivery_id == ""


def test_anymail_sends_the_same(plain_batch: Batch) -> None:
    ours = our_call(CASE, plain_batch)
    theirs = anymail_call(CASE, plain_batch, api_key="re_a-very-secret-key")

    assert ours.path == theirs.path
    assert ours.headers["authorization"] == theirs.headers["authorization"]
    found = differences(ours.json(), theirs.json())
    for n in (0, 1):
        # Anymail keeps ids in header fields, since tags cannot have every character;
        # ours are made of those they can have, and readers need not see them.
        assert found.pop(f"{n}.headers.X-Metadata")[0] == ABSENT
        assert found.pop(f"{n}.headers.X-Tags")[0] == ABSENT
        for key in ("0.name", "0.value", "1.name", "1.value"):
            assert found.pop(f"{n}.tags.{key}")[1] == ABSENT
        # A list of one address, where we give the address.
        assert found.pop(f"{n}.reply_to") == ("answers@letter.example.com", ABSENT)
        assert found.pop(f"{n}.reply_to.0") == (ABSENT, "answers@letter.example.com")
    assert found == {}
