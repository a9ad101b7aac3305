"""Brevo: what is its own, and what Anymail would send."""

import json
from collections.abc import Callable
from datetime import timedelta
from email.header import decode_header, make_header
from typing import Any

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.errors import (
    OutcomeUnknown,
    ProviderError,
    ProviderRefused,
    ProviderStopped,
)
from newsletter.model.email import MergeText
from newsletter.model.frozen import InlineImage
from newsletter.model.message import Batch
from newsletter.providers.brevo import Brevo
from tests.providers.anymail_oracle import ABSENT, anymail_call, differences, our_call
from tests.providers.anymail_oracle import plain_batch as plain_batch
from tests.providers.batches import (
    CAMPAIGN,
    KEY,
    MOMENT,
    a_batch,
    a_recipient,
    an_email,
)
from tests.providers.case_brevo import CASE, refusal, told
from tests.providers.recorder import Recorded, Recorder, Reply, json_reply

TWO = a_batch(2)
FIRST, SECOND = (each.address for each in TWO.recipients)
TAG = f"{CAMPAIGN}:{KEY}"
DAY_LATER = time_machine.travel(MOMENT + timedelta(days=1), tick=False)
SIGNS = st.lists(
    st.sampled_from(
        [*"{}%#'\"&é\n 7", "{{", "}}", "{%", "%}", "{#", "#}", "params.p0", "<b>"]
    ),
    max_size=9,
).map("".join)


def answered(*answers: Reply | Callable[[Recorded], Reply]) -> Any:
    """A Brevo whose other end gives these answers, with the recorder."""
    recorder = Recorder()
    recorder.answer(*answers)
    provider = CASE.open(recorder.url)
    assert isinstance(provider, Brevo)
    return recorder, provider


def refused(answer: Reply, ask: Callable[[Brevo], object]) -> ProviderError:
    recorder, brevo = answered(answer)
    with recorder, pytest.raises(ProviderError) as caught:
        ask(brevo)
    brevo.close()
    return caught.value


def test_the_key_of_the_batch_stands_in_the_body() -> None:
    call = our_call(CASE, TWO)
    body = call.json()

    assert call.path == "/smtp/email"
    assert call.headers["api-key"] == "xkeysib-very-secret"
    assert body["headers"] == {"idempotencyKey": KEY}
    assert body["tags"] == [TAG]


def test_the_html_leaves_once_with_values_beside_it() -> None:
    body = our_call(CASE, TWO).json()

    assert body["htmlContent"].count("{{params.") == 2
    assert body["messageVersions"][0]["params"] == {
        "p0": "https://letter.example.com/u/token-1",
        "p1": "Zoë 1",
    }
    assert "htmlContent" not in body["messageVersions"][0]


@pytest.mark.parametrize("name", ["Anne O'Hara", "A & B", "<b>", "{{x", 'the "one"'])
def test_a_name_that_templates_would_change_comes_in_a_whole_html(name: str) -> None:
    email = an_email()
    odd, plain = a_recipient(email, 1, name=name), a_recipient(email, 2)

    first, second = our_call(CASE, a_batch([odd, plain])).json()["messageVersions"]

    assert "params" not in first
    assert "token-1" in first["htmlContent"]
    assert "params" in second
    assert "htmlContent" not in second


@settings(max_examples=150, deadline=None)
@given(before=SIGNS, between=SIGNS, name=SIGNS)
def test_no_text_is_taken_for_a_template(before: str, between: str, name: str) -> None:
    text = MergeText((before, between, "."), (1, 0))
    email = an_email(html=text, text=text, subject=text)
    reader = a_recipient(email, 1, name=name.replace("\n", " ") or "x")
    batch = a_batch([reader], email=email)

    with CASE.serve() as served:
        served.provider.send(batch)
        (seen,) = served.seen()

    assert seen.html == batch.html(reader)
    assert seen.text == batch.text(reader)
    assert seen.subject == batch.subject(reader)


def test_style_sheets_stay_style_sheets() -> None:
    email = an_email(
        html=MergeText(("<style>@media x{#a{b:c}}</style>{#", "</p>"), (1,))
    )
    body = our_call(CASE, a_batch(1, email=email)).json()

    assert body["htmlContent"].startswith("<style>@media x{ #a{b:c}}</style>&#123;#")


def test_nobodys_name_is_in_what_is_the_same_for_all() -> None:
    body = our_call(CASE, TWO).json()
    versions = body.pop("messageVersions")

    assert "Zoë" not in json.dumps(body, ensure_ascii=False)
    assert body["subject"] == "hi there, a friday letter – №3"
    assert versions[0]["subject"] == "hi Zoë 1, a friday letter – №3"


def test_what_is_the_same_for_all_leaves_once(plain_batch: Batch) -> None:
    body = our_call(CASE, plain_batch).json()

    assert body["textContent"] == "hi Zoë\n"
    for version in body["messageVersions"]:
        assert set(version) == {"to", "headers"}


def test_a_name_that_brevo_would_drop_is_encoded() -> None:
    name = "Zoë, from the second chair"
    body = our_call(CASE, a_batch(1, email=an_email(from_name=name))).json()
    none = our_call(CASE, a_batch(1, email=an_email(from_name="", reply_to=""))).json()

    sent = body["sender"]["name"]
    assert sent.isascii()
    assert str(make_header(decode_header(sent))) == name
    assert none["sender"] == {"email": "mo@letter.example.com"}
    assert "replyTo" not in none


def test_header_values_are_ascii() -> None:
    for version in our_call(CASE, TWO).json()["messageVersions"]:
        assert all(value.isascii() for value in version["headers"].values())


IMAGE = InlineImage(content_id="a", filename="a", media_type="image/png", data="")


@pytest.mark.parametrize(
    ("batch", "error", "words"),
    [
        (a_batch(1, email=an_email(inline_images=(IMAGE,))), ProviderStopped, "images"),
        (a_batch(1, email=an_email(from_name="x" * 71)), ProviderStopped, "longer"),
        (
            a_batch(a_recipient(an_email(), n, name="x" * 11_000) for n in range(100)),
            ProviderRefused,
            "1 MB",
        ),
    ],
)
def test_what_brevo_cannot_take_is_told_before_it_leaves(
    batch: Batch, error: type[ProviderError], words: str
) -> None:
    recorder, brevo = answered(Reply())
    with recorder, pytest.raises(error, match=words):
        brevo.send(batch)
    brevo.close()

    assert not recorder.requests


@pytest.mark.parametrize(
    "data",
    [
        {"messageIds": ["a"]},
        {"messageIds": ["a", "b", "c"]},
        {"messageIds": ["a", ""]},
        {"messageIds": ["a", 5]},
        {"messageId": "a"},
        {"batchId": "x"},
    ],
)
def test_an_answer_that_does_not_add_up_is_unknown(data: object) -> None:
    error = refused(json_reply(data, 201), lambda brevo: brevo.send(TWO))

    assert isinstance(error, OutcomeUnknown)


def test_one_reader_has_one_id() -> None:
    recorder, brevo = answered(json_reply({"messageId": "<a@b>"}, 201))
    with recorder:
        (result,) = brevo.send(a_batch(1))
    brevo.close()

    assert result.provider_message_id == "a@b"


def test_a_repeat_has_no_ids() -> None:
    recorder, brevo = answered(refusal(400, "duplicate_parameter"))
    with recorder:
        results = brevo.send(TWO)
    brevo.close()

    assert [each.provider_message_id for each in results] == ["", ""]


def a_record(address: str, tag: str = TAG) -> dict[str, object]:
    return {
        "email": address,
        "date": "2026-11-20T07:30:01.000+00:00",
        "messageId": f"<{address}.1@relay>",
        "event": "requests",
        "tag": tag,
    }


@DAY_LATER
def test_finding_reads_every_page_of_the_batchs_records() -> None:
    others = [a_record(f"other{n}@example.com") for n in range(2499)]
    records = [a_record(FIRST.upper()), *others, a_record(SECOND)]

    def page(request: Recorded) -> Reply:
        start, count = (int(request.query[name]) for name in ("offset", "limit"))
        return json_reply({"events": records[start : start + count]})

    recorder, brevo = answered(page)
    with recorder:
        found = brevo.find(a_batch(3))
    brevo.close()

    assert [each.subscriber_id for each in found] == [1, 2]
    assert found[1].provider_message_id == f"{SECOND}.1@relay"
    assert len(recorder.requests) == 2
    assert recorder.requests[0].path == "/smtp/statistics/events"
    assert json.loads(recorder.requests[0].query["tags"]) == [TAG]
    assert recorder.requests[0].query["days"] == "3"


@DAY_LATER
def test_no_records_are_an_empty_object() -> None:
    recorder, brevo = answered(json_reply({}))
    with recorder:
        assert list(brevo.find(TWO)) == []
    brevo.close()


@DAY_LATER
@pytest.mark.parametrize(
    "data",
    [
        {"events": [a_record(FIRST), a_record(SECOND, "another")]},
        {"events": [a_record(FIRST) | {"tag": None}]},
        {"events": 5},
        [],
        {"events": [a_record(FIRST)] * 2500},
    ],
)
def test_records_that_cannot_be_told_apart_prove_nothing(data: object) -> None:
    error = refused(json_reply(data), lambda brevo: brevo.find(TWO))

    assert isinstance(error, OutcomeUnknown)


@pytest.mark.parametrize("days", [-1, 81])
def test_records_that_may_be_gone_are_not_asked(days: float) -> None:
    recorder, brevo = answered(Reply())
    with (
        recorder,
        time_machine.travel(MOMENT + timedelta(days=days), tick=False),
        pytest.raises(ProviderRefused, match="90 days"),
    ):
        brevo.find(TWO)
    brevo.close()

    assert not recorder.requests


def domains(*, authenticated: bool) -> Reply:
    item = {"domain_name": "letter.example.com", "authenticated": authenticated}
    return json_reply({"domains": [{"domain_name": "other.example"}, item]})


def test_the_check_tells_of_our_domain() -> None:
    account = json_reply({"companyName": "the second chair"})
    recorder, brevo = answered(account, domains(authenticated=True))
    with recorder:
        ready = brevo.check()
        recorder.answer(account, domains(authenticated=False))
        waiting = brevo.check()
        recorder.answer(json_reply({"email": "mo@letter.example.com"}))
        unknown = brevo.check()
    brevo.close()

    assert ready.endswith("second chair; letter.example.com is authenticated")
    assert waiting.endswith("letter.example.com is not authenticated yet")
    assert unknown.endswith(
        "mo@letter.example.com; letter.example.com is not among its domains"
    )
    assert [call.path for call in recorder.requests[:2]] == [
        "/account",
        "/senders/domains",
    ]


@pytest.mark.parametrize("epoch", ["soon", True, 1e300, 10**400, None])
def test_a_time_that_is_none_is_when_it_came(epoch: object) -> None:
    brevo = CASE.open("http://127.0.0.1:9")
    body = json.dumps(told("delivered", ts_epoch=epoch)).encode()
    (event,) = brevo.events(CASE.signed(body))
    brevo.close()

    assert event.at == MOMENT


def test_anymail_sends_the_same() -> None:
    ours = our_call(CASE, TWO)
    theirs = anymail_call(
        CASE,
        TWO,
        path="/",
        api_key="xkeysib-very-secret",
        merge_data={
            each.address: {"p0": each.values[0], "p1": each.values[1]}
            for each in TWO.recipients
        },
        html='<p>hi {{params.p1}}</p><a href="{{params.p0}}">leave</a>',
        subject="hi there, a friday letter – №3",
    )

    assert ours.path == theirs.path
    assert ours.headers["api-key"] == theirs.headers["api-key"]
    found = differences(ours.json(), theirs.json())
    for name in ("List-Unsubscribe-Post", "List-Id", "Feedback-ID"):
        # Anymail gives once what is the same for all; that versions take it over is
        # not documented.
        assert found.pop(f"headers.{name}")[0] == ABSENT
        assert found.pop(f"messageVersions.0.headers.{name}")[1] == ABSENT
        assert found.pop(f"messageVersions.1.headers.{name}")[1] == ABSENT
    # Keys are no matter of Anymail's.
    assert found.pop("headers.idempotencyKey") == (KEY, ABSENT)
    # Ours is for one batch, so that its records can be searched for.
    assert found.pop("tags.0") == (TAG, CAMPAIGN)
    # Ours come with each version, since they may differ there.
    assert found.pop("textContent")[0] == ABSENT
    for n in (0, 1):
        assert found.pop(f"messageVersions.{n}.textContent")[1] == ABSENT
        assert found.pop(f"messageVersions.{n}.subject")[1] == ABSENT
    assert found == {}
