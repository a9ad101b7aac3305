"""Mailgun: what is its own, in its calls and in its records."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from newsletter.errors import (
    OutcomeUnknown,
    ProviderRefused,
    ProviderStopped,
    ProviderUnavailable,
)
from newsletter.model.campaign import DeliveryResult, DeliveryState
from newsletter.model.email import MergeText
from newsletter.model.frozen import InlineImage
from newsletter.model.message import Batch
from newsletter.model.token import Signer
from newsletter.providers.mailgun import Mailgun
from newsletter.providers.registry import open_provider
from tests.providers.anymail_oracle import our_call
from tests.providers.batches import CAMPAIGN, MOMENT, a_batch, a_recipient, an_email
from tests.providers.case_mailgun import CASE, DOMAIN, MESSAGE_ID, parts, refusal, told
from tests.providers.contract import a_publication
from tests.providers.recorder import Recorder, Reply, json_reply

ACCEPTED, REJECTED = DeliveryState.ACCEPTED, DeliveryState.REJECTED


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as recorder:
        yield recorder


@pytest.fixture
def mailgun(recorder: Recorder) -> Iterator[Mailgun]:
    recorder.answer(CASE.serves)
    provider = CASE.open(recorder.url)
    assert isinstance(provider, Mailgun)
    yield provider
    provider.close()


def form_of(batch: Batch) -> dict[str, list[str]]:
    return parts(our_call(CASE, batch))


def test_a_call_has_all_of_these_and_nothing_else() -> None:
    form = form_of(a_batch(2))
    texts = ("subject", "text", "html", "recipient-variables")

    assert {name: value for name, value in form.items() if name not in texts} == {
        "from": ['"mo, from the second chair" <mo@letter.example.com>'],
        "to": ["reader1@example.com,reader2@example.com"],
        "o:tag": [CAMPAIGN, "batch-07"],
        "o:tracking": ["no"],
        "o:suppress-headers": ["X-Mailgun-Variables,X-Mailgun-Tag"],
        "v:delivery": [f"{CAMPAIGN}-%recipient.d%"],
        "h:List-Unsubscribe": [
            "<https://letter.example.com/u/%recipient.u%>, "
            "<mailto:leave@letter.example.com?subject=unsubscribe-%recipient.u%>"
        ],
        "h:List-Unsubscribe-Post": ["List-Unsubscribe=One-Click"],
        "h:List-Id": ["<the-second-chair.letter.example.com>"],
        "h:Feedback-ID": [f"{CAMPAIGN}:newsletter:issue:letterexampleco"],
        "h:Reply-To": ["answers@letter.example.com"],
    }


def test_an_email_without_name_and_reply_address_has_none() -> None:
    form = form_of(a_batch(1, email=an_email(from_name="", reply_to="")))

    assert form["from"] == ["mo@letter.example.com"]
    assert "h:Reply-To" not in form


@pytest.mark.parametrize("readers", [1, 3])
def test_nobody_sees_the_others_since_each_has_every_variable(readers: int) -> None:
    form = form_of(a_batch(readers))

    by_address = json.loads(form["recipient-variables"][0])

    assert list(by_address) == [f"reader{n}@example.com" for n in range(1, readers + 1)]
    assert {tuple(sorted(known)) for known in by_address.values()} == {
        ("d", "h1", "t1", "u")
    }


def test_what_an_author_wrote_of_variables_arrives_as_it_is() -> None:
    written = "so geht %recipient.u%: %recipient% 100%recipient %unsubscribe_url%"
    email = an_email(
        subject=MergeText((written,)),
        text=MergeText((written, ""), (1,)),
        html=MergeText((f"<p>{written}", "</p>"), (1,)),
    )
    batch = a_batch(1, email=email)

    (seen,) = CASE.seen(our_call(CASE, batch))

    assert seen.subject == written
    assert seen.text == batch.text(batch.recipients[0])
    assert seen.html == batch.html(batch.recipients[0])


def test_a_second_time_the_same_address_is_not_called_accepted(
    mailgun: Mailgun, recorder: Recorder
) -> None:
    email = an_email()
    batch = a_batch(
        [
            a_recipient(email, 1, address="zoe@example.com"),
            a_recipient(email, 2),
            a_recipient(email, 3, address="Zoe@Example.com"),
        ],
        email=email,
    )

    results = {each.subscriber_id: each for each in mailgun.send(batch)}

    assert [results[n].state for n in (1, 2, 3)] == [ACCEPTED, ACCEPTED, REJECTED]
    assert results[3].reason
    (call,) = recorder.requests
    assert parts(call)["to"] == ["zoe@example.com,reader2@example.com"]


def test_the_one_id_is_that_of_every_message(mailgun: Mailgun) -> None:
    assert {each.provider_message_id for each in mailgun.send(a_batch(3))} == {
        MESSAGE_ID
    }


def test_images_travel_inside_by_the_name_that_the_html_says() -> None:
    image = InlineImage(
        content_id="chair.png",
        filename="chair.png",
        media_type="image/png",
        data="iVBORw0KGgo=",
    )

    call = our_call(CASE, a_batch(2, email=an_email(inline_images=(image,))))

    assert b'name="inline"; filename="chair.png"' in call.body
    assert b"Content-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n\r\n" in call.body


def test_a_reader_costs_few_bytes() -> None:
    signer = Signer(b"a secret of some bytes")
    email = an_email()
    readers = []
    for n in range(1000):
        reader = a_recipient(email, n, address=f"first.lastname{n:04}@mail.example.com")
        readers.append(reader._replace(token=signer.sign("unsubscribe", n)))

    call = our_call(CASE, a_batch(readers, email=email))

    # Half of what Ghost sends for one, which is 689.
    assert len(call.body) / 1000 < 344


@pytest.mark.parametrize(
    ("email", "words"),
    [
        (an_email(html=MergeText(("x" * 26 * 2**20,))), "25 MB"),
        (an_email(base_url="https://letter.example.com/" + "x" * 16384), "16 KB"),
    ],
)
def test_what_can_never_be_taken_is_not_sent(
    mailgun: Mailgun, recorder: Recorder, email: Any, words: str
) -> None:
    with pytest.raises(ProviderStopped, match=words):
        mailgun.send(a_batch(1, email=email))

    assert not recorder.requests


@pytest.mark.parametrize(
    ("settings", "target"),
    [
        ({}, "https://api.mailgun.net/letter.example.com"),
        ({"region": "eu"}, "https://api.eu.mailgun.net/letter.example.com"),
        ({"domain": "mg.example.com"}, "https://api.mailgun.net/mg.example.com"),
        # Else it would be another address, which Mailgun answers with 200.
        ({"domain": "a/../b"}, "https://api.mailgun.net/a%2F..%2Fb"),
    ],
)
def test_it_calls_the_region_and_domain_of_the_settings(
    settings: dict[str, str], target: str
) -> None:
    provider = open_provider(
        "mailgun", a_publication({"mailgun": settings}), CASE.environ
    )

    assert provider.target == target
    provider.close()


@time_machine.travel(MOMENT, tick=False)
def test_a_moment_in_the_text_is_turned_into_seconds(
    mailgun: Mailgun, recorder: Recorder
) -> None:
    said = "limit exceeded, try again after Fri, 20 Nov 2026 07:31:30 UTC"
    recorder.answer(refusal(420, said))

    with pytest.raises(ProviderUnavailable) as caught:
        mailgun.send(a_batch(2))

    assert caught.value.retry_after == 90.0
    assert "few recipients" in caught.value.hint


def test_a_moment_that_is_none_is_left_out(
    mailgun: Mailgun, recorder: Recorder
) -> None:
    recorder.answer(refusal(429, "try again after Fri, 99 Foo 2026 07:31:30 UTC"))

    with pytest.raises(ProviderUnavailable) as caught:
        mailgun.send(a_batch(2))

    assert caught.value.retry_after is None


def a_record(batch: Batch, number: int) -> Any:
    recipient = batch.recipients[number]
    event: Any = told("accepted")["event-data"]
    return event | {
        "recipient": recipient.address,
        "user-variables": {"delivery": recipient.delivery_id},
    }


def pages(recorder: Recorder, *found: list[Any]) -> None:
    """Answer with these pages of records, and then with an empty one."""
    page = "https://api.mailgun.net/v3/letter.example.com/events/W3siYSI6IHt9"
    answers = [
        json_reply({"items": items, "paging": {"next": f"{page}{n}"}})
        for n, items in enumerate([*found, []])
    ]
    recorder.answer(*answers)


def search(mailgun: Mailgun, batch: Batch, *, hours: float = 1) -> list[DeliveryResult]:
    with time_machine.travel(MOMENT + timedelta(hours=hours), tick=False):
        return list(mailgun.find(batch))


def test_the_records_tell_who_was_accepted(
    mailgun: Mailgun, recorder: Recorder
) -> None:
    batch = a_batch(3)
    stranger = a_record(batch, 1) | {"user-variables": {"delivery": "another's"}}
    pages(recorder, [stranger, a_record(batch, 2)], [a_record(batch, 0), {}, None])

    found = search(mailgun, batch)

    assert {each.subscriber_id for each in found} == {1, 3}
    assert {each.state for each in found} == {ACCEPTED}
    assert {each.provider_message_id for each in found} == {MESSAGE_ID}
    first, *others = recorder.requests
    assert first.path == "/v3/letter.example.com/events"
    assert first.query == {
        "event": "accepted",
        "tags": "batch-07",
        "begin": str(int(MOMENT.timestamp()) - 300),
        "ascending": "yes",
        "limit": "300",
    }
    # The next page is asked of the same machine, whatever the answer says.
    assert [(each.path, dict(each.query)) for each in others] == [
        (f"/v3/letter.example.com/events/W3siYSI6IHt9{n}", {}) for n in (0, 1)
    ]
    assert "authorization" in others[0].headers


def test_it_stops_to_search_when_everybody_is_found(
    mailgun: Mailgun, recorder: Recorder
) -> None:
    batch = a_batch(2)
    pages(recorder, [a_record(batch, 0), a_record(batch, 1)], [{}])

    assert len(search(mailgun, batch)) == 2
    assert len(recorder.requests) == 1


@pytest.mark.parametrize(
    "reply",
    [
        json_reply({}),
        json_reply({"items": 7}),
        json_reply([]),
        json_reply({"items": [{}]}),
        json_reply({"items": [{}], "paging": {"next": "https://a.example/x"}}),
        Reply(body=b"{"),
        Reply(status=500),
    ],
)
def test_records_that_cannot_be_read_tell_nothing(
    mailgun: Mailgun, recorder: Recorder, reply: Reply
) -> None:
    recorder.answer(reply)

    with pytest.raises(OutcomeUnknown):
        search(mailgun, a_batch(2))


def test_records_without_an_end_tell_nothing(
    mailgun: Mailgun, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.providers.mailgun._PAGES", 3)
    pages(recorder, *[[{}]] * 5)

    with pytest.raises(OutcomeUnknown, match="more records"):
        search(mailgun, a_batch(2))
    assert len(recorder.requests) == 3


def test_records_that_may_be_gone_are_not_asked(
    mailgun: Mailgun, recorder: Recorder
) -> None:
    with pytest.raises(ProviderRefused, match="a day"):
        search(mailgun, a_batch(2), hours=23.1)

    assert not recorder.requests


def test_no_more_tags_are_made_than_a_domain_has() -> None:
    def tag(number: int) -> str:
        return form_of(replace(a_batch(1), number=number))["o:tag"][1]

    assert [tag(n) for n in (0, 99, 100, 12345)] == [
        "batch-00",
        "batch-99",
        "batch-00",
        "batch-45",
    ]


def test_the_token_is_the_id_of_an_event_since_the_body_is_not_signed(
    mailgun: Mailgun,
) -> None:
    webhook = CASE.signed(json.dumps(told("delivered")).encode())

    (event,) = mailgun.events(webhook)

    assert event.id == "a" * 50
    assert event.provider_message_id == MESSAGE_ID
    assert event.at == MOMENT + timedelta(seconds=41.6)


@pytest.mark.parametrize(
    "changed", [{"state": "unverified"}, {"is_disabled": True}, {"state": None}]
)
def test_the_check_refuses_a_domain_that_may_not_send(
    mailgun: Mailgun, recorder: Recorder, changed: dict[str, Any]
) -> None:
    recorder.answer(json_reply({"domain": {**DOMAIN, **changed}}))

    with pytest.raises(ProviderStopped, match="calls the domain"):
        mailgun.check()

    assert recorder.requests[0].path == "/v4/domains/letter.example.com"
