"""What every provider keeps, whichever it is and wherever it sends to."""

from collections.abc import Iterator
from typing import Any

import pytest

from newsletter.errors import ProviderError
from newsletter.model.campaign import DeliveryState
from newsletter.model.event import Webhook
from newsletter.providers.registry import PROVIDERS, provider_class
from tests.providers.batches import (
    CAMPAIGN,
    MOMENT,
    a_batch,
    a_recipient,
    an_email,
)
from tests.providers.cases import CASES
from tests.providers.contract import Case, Served


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture
def served(case: Case) -> Iterator[Served]:
    with case.serve() as served:
        yield served


def test_every_provider_takes_part() -> None:
    assert {case.name for case in CASES} == set(PROVIDERS)


def test_it_is_the_one_that_the_registry_opens(case: Case, served: Served) -> None:
    registered: Any = provider_class(case.name)
    assert type(served.provider) is registered
    assert served.provider.name == case.name
    assert served.provider.target


def test_each_recipient_has_one_result(served: Served) -> None:
    batch = a_batch(3)

    results = served.provider.send(batch)

    assert sorted(each.subscriber_id for each in results) == [1, 2, 3]
    assert {each.state for each in results} == {DeliveryState.ACCEPTED}
    assert all(each.provider_message_id for each in results)


def test_a_whole_batch_of_its_size_is_taken(served: Served) -> None:
    batch = a_batch(served.provider.capabilities.batch_size)

    results = served.provider.send(batch)

    assert len({each.subscriber_id for each in results}) == len(batch.recipients)
    assert {each.state for each in results} == {DeliveryState.ACCEPTED}
    assert len(served.seen()) == len(batch.recipients)


def test_each_message_is_for_one_and_as_it_was_frozen(served: Served) -> None:
    batch = a_batch(3)
    served.provider.send(batch)

    by_delivery = {each.delivery_id: each for each in served.seen()}

    for recipient in batch.recipients:
        seen = by_delivery.pop(recipient.delivery_id)
        assert list(seen.to) == [recipient.address]
        assert seen.subject == batch.subject(recipient)
        assert seen.html.strip() == batch.html(recipient).strip()
        assert seen.text.strip() == batch.text(recipient).strip()
        assert "mo@letter.example.com" in seen.sender
        assert "mo, from the second chair" in seen.sender
        assert seen.reply_to == "answers@letter.example.com"
    assert not by_delivery


def test_nobody_sees_anything_of_another(served: Served) -> None:
    batch = a_batch(3)
    served.provider.send(batch)

    for seen in served.seen():
        shown = [*seen.to, seen.subject, seen.html, seen.text, *seen.headers.values()]
        others = [r for r in batch.recipients if r.delivery_id != seen.delivery_id]
        assert len(others) == 2
        for other in others:
            for secret in (other.address, other.token, other.delivery_id):
                assert not [text for text in shown if secret in text]


def test_each_message_carries_its_own_one_click_unsubscribe(served: Served) -> None:
    batch = a_batch(3)
    served.provider.send(batch)

    seen = {each.delivery_id: each.headers for each in served.seen()}

    for recipient in batch.recipients:
        headers = seen[recipient.delivery_id]
        for name, value in batch.headers(recipient).items():
            if name != "List-Id":  # a name may stand before it
                assert headers[name] == value
        assert f"/u/{recipient.token}>" in headers["List-Unsubscribe"]
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "<the-second-chair.letter.example.com>" in headers["List-Id"]


def test_our_campaign_and_delivery_travel_along(served: Served) -> None:
    batch = a_batch(3)
    served.provider.send(batch)

    assert {each.campaign for each in served.seen()} == {CAMPAIGN}
    assert {each.delivery_id for each in served.seen()} == {
        each.delivery_id for each in batch.recipients
    }


def test_the_same_batch_again_is_the_same_to_the_byte(case: Case) -> None:
    sent = []
    for _ in range(2):
        with case.serve() as served:
            served.provider.send(a_batch(3))
            sent.append(served.calls())

    assert sent[0] == sent[1]


def test_another_key_or_reader_is_another_call(case: Case) -> None:
    with case.serve() as one, case.serve() as other:
        one.provider.send(a_batch(1))
        other.provider.send(a_batch([a_recipient(an_email(), 2)]))

        assert one.calls() != other.calls()


@pytest.mark.parametrize(
    "name",
    [
        "{{params.x}} {{ t1 }} {% now %} {# x #} ${x}",
        "%recipient.u% %unsubscribe_url% -x- [%x%] <%asm_group_unsubscribe_raw_url%>",
        '"; <b>&amp;</b> \\" \\n \\u0041 \'',
        "Zoë 日本語 👩‍👩‍👧 \u202bעברית\u202c",
    ],
)
def test_what_a_reader_is_called_is_never_evaluated(served: Served, name: str) -> None:
    email = an_email()
    batch = a_batch([a_recipient(email, 1, name=name)], email=email)

    served.provider.send(batch)

    seen = served.seen()[0]
    assert seen.subject == batch.subject(batch.recipients[0])
    assert seen.html.strip() == batch.html(batch.recipients[0]).strip()
    assert seen.text.strip() == batch.text(batch.recipients[0]).strip()


def test_no_key_shows(case: Case, served: Served) -> None:
    shown = repr(served.provider) + str(served.provider) + served.provider.target

    for key in getattr(case, "environ", {}).values():
        assert key not in shown


def test_the_check_says_something(served: Served) -> None:
    assert served.provider.check()


def test_finding_raises_nothing_but_what_it_may(served: Served) -> None:
    batch = a_batch(2)
    try:
        found = served.provider.find(batch)
    except ProviderError:
        return
    assert {each.subscriber_id for each in found} <= {1, 2}


def test_a_request_without_any_proof_is_not_believed(served: Served) -> None:
    with pytest.raises(ProviderError):
        served.provider.events(Webhook(headers={}, body=b"{}", received_at=MOMENT))
