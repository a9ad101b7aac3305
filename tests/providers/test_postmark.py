"""Postmark: what is its own, and what Anymail would send."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from newsletter.errors import (
    ConfigError,
    OutcomeUnknown,
    ProviderRefused,
    ProviderStopped,
)
from newsletter.model.campaign import DeliveryState
from newsletter.model.email import MergeText
from newsletter.model.frozen import InlineImage
from newsletter.model.message import Batch
from newsletter.providers.postmark import Postmark
from tests.providers.anymail_oracle import ABSENT, anymail_call, differences, our_call
from tests.providers.anymail_oracle import plain_batch as plain_batch
from tests.providers.batches import CAMPAIGN, KEY, MOMENT, a_batch, an_email
from tests.providers.case_postmark import CASE, INACTIVE, taken, told
from tests.providers.recorder import Recorded, Recorder, Reply, json_reply

THREE = a_batch(3)
FIRST, SECOND, THIRD = (each.address for each in THREE.recipients)
DAY_LATER = time_machine.travel(MOMENT + timedelta(days=1), tick=False)


def answered(*answers: Reply | Callable[[Recorded], Reply]) -> Any:
    """A Postmark whose other end gives these answers, with the recorder."""
    recorder = Recorder()
    recorder.answer(*answers)
    provider = CASE.open(recorder.url)
    assert isinstance(provider, Postmark)
    return recorder, provider


def states(entries: object, batch: Batch = THREE) -> dict[int, DeliveryState]:
    recorder, postmark = answered(json_reply(entries))
    with recorder:
        results = postmark.send(batch)
        postmark.close()
    return {each.subscriber_id: each.state for each in results}


def test_it_sends_on_the_stream_and_watches_nobody() -> None:
    call = our_call(CASE, a_batch(1))
    (message,) = call.json()

    assert call.path == "/email/batch"
    assert call.headers["x-postmark-server-token"] == "a-very-secret-token"
    assert message["MessageStream"] == "broadcast"
    assert (message["TrackOpens"], message["TrackLinks"]) == (False, "None")
    assert message["Metadata"]["batch"] == KEY
    assert all(len(value) <= 80 for value in message["Metadata"].values())
    assert all(len(name) <= 20 for name in message["Metadata"])


def test_without_an_address_for_answers_none_is_given() -> None:
    (message,) = our_call(CASE, a_batch(1, email=an_email(reply_to=""))).json()

    assert "ReplyTo" not in message


def test_images_travel_inside() -> None:
    image = InlineImage(
        content_id="tree@x", filename="tree.png", media_type="image/png", data="eA=="
    )
    (message,) = our_call(
        CASE, a_batch(1, email=an_email(inline_images=(image,)))
    ).json()

    assert message["Attachments"] == [
        {
            "Name": "tree.png",
            "Content": "eA==",
            "ContentType": "image/png",
            "ContentID": "cid:tree@x",
        }
    ]


@pytest.mark.parametrize(
    ("length", "readers", "error"),
    [
        (11 * 2**20, 1, ProviderStopped),
        (9 * 2**20, 6, ProviderRefused),
    ],
)
def test_what_is_too_long_is_told_before_it_leaves(
    length: int, readers: int, error: type[Exception]
) -> None:
    email = an_email(html=MergeText(("x" * length,)))
    recorder, postmark = answered(Reply())
    with recorder:
        with pytest.raises(error, match="longer than Postmark's"):
            postmark.send(a_batch(readers, email=email))
        postmark.close()

    assert not recorder.requests


def test_a_short_answer_leaves_the_others_open() -> None:
    assert states([taken(THIRD), taken(FIRST)]) == {
        1: DeliveryState.ACCEPTED,
        3: DeliveryState.ACCEPTED,
    }


def test_a_refusal_in_a_short_answer_is_nobodys() -> None:
    assert states([taken(SECOND), INACTIVE]) == {2: DeliveryState.ACCEPTED}
    assert states([INACTIVE]) == {}


def test_an_error_for_all_in_a_short_answer_does_not_tell_that_none_was_sent() -> None:
    assert states([{"ErrorCode": 405, "Message": "no", "To": FIRST}]) == {
        1: DeliveryState.PENDING
    }


def test_a_refusal_in_another_order_is_nobodys() -> None:
    entries = [taken(SECOND), taken(FIRST), INACTIVE]

    assert states(entries) == {1: DeliveryState.ACCEPTED, 2: DeliveryState.ACCEPTED}


def test_a_longer_answer_is_matched_by_name() -> None:
    others = taken("who@example.com")

    found = states([others, taken(FIRST), taken(SECOND), taken(THIRD)])

    assert set(found) == {1, 2, 3}


def test_a_code_that_is_none_is_no_refusal() -> None:
    entries = [taken(FIRST), taken(SECOND), {"ErrorCode": "soon", "MessageID": "x"}]

    assert states(entries)[3] is DeliveryState.UNCERTAIN


def test_an_unknown_code_for_one_refuses_that_one() -> None:
    entries = [taken(FIRST), taken(SECOND), {"ErrorCode": 4711, "Message": "odd"}]

    assert states(entries)[3] is DeliveryState.REJECTED


def a_record(address: str, delivery: str = "", **more: object) -> dict[str, object]:
    return {
        "Tag": CAMPAIGN,
        "MessageID": f"id-{address}",
        "Recipients": [address],
        "Status": "Sent",
        "Metadata": {"delivery": delivery, "batch": KEY} if delivery else {},
        **more,
    }


@DAY_LATER
def test_finding_reads_every_page_of_the_batchs_records() -> None:
    batch = a_batch(501)
    records = [a_record(r.address, r.delivery_id) for r in batch.recipients[:500]]
    records += [a_record(batch.recipients[500].address)]

    def page(request: Recorded) -> Reply:
        start = int(request.query["offset"])
        count = int(request.query["count"])
        shown = records[start : start + count]
        return json_reply({"TotalCount": len(records), "Messages": shown})

    recorder, postmark = answered(page)
    with recorder:
        found = postmark.find(batch)
        postmark.close()

    assert len(found) == 501
    assert {each.state for each in found} == {DeliveryState.ACCEPTED}
    assert found[0].provider_message_id == f"id-{batch.recipients[0].address}"
    assert [call.query["offset"] for call in recorder.requests] == ["0", "500"]
    assert recorder.requests[0].query["metadata_batch"] == KEY
    assert recorder.requests[0].query["messagestream"] == "broadcast"
    assert recorder.requests[0].path == "/messages/outbound"


@DAY_LATER
def test_a_record_of_another_campaign_is_not_ours() -> None:
    records = [a_record(FIRST, Tag="another"), a_record(SECOND, "another-delivery")]
    recorder, postmark = answered(json_reply({"TotalCount": 2, "Messages": records}))
    with recorder:
        assert postmark.find(THREE) == []
        postmark.close()


@DAY_LATER
@pytest.mark.parametrize(
    "page",
    [
        {"TotalCount": 2, "Messages": []},
        {"TotalCount": "2", "Messages": []},
        {"TotalCount": 2},
        {"TotalCount": 9501, "Messages": [a_record(FIRST)]},
    ],
)
def test_records_that_cannot_be_read_prove_nothing(page: object) -> None:
    recorder, postmark = answered(json_reply(page))
    with recorder:
        with pytest.raises(OutcomeUnknown):
            postmark.find(THREE)
        postmark.close()


@pytest.mark.parametrize("days", [-1, 6.1, 40])
def test_records_that_may_be_gone_are_not_asked(days: float) -> None:
    recorder, postmark = answered(Reply())
    with recorder, time_machine.travel(MOMENT + timedelta(days=days), tick=False):
        with pytest.raises(ProviderRefused, match="for a week"):
            postmark.find(THREE)
        postmark.close()

    assert not recorder.requests


def a_stream(handling: str) -> Reply:
    inner = {"UnsubscribeHandlingType": handling}
    return json_reply({"ID": "broadcast", "SubscriptionManagementConfiguration": inner})


def test_the_check_warns_of_a_stream_that_unsubscribes_itself() -> None:
    recorder, postmark = answered(CASE.check_reply, a_stream("Postmark"))
    with recorder:
        said = postmark.check()
        recorder.answer(CASE.check_reply, a_stream("Custom"))
        other = postmark.check()
        recorder.answer(json_reply({"DeliveryType": "Sandbox"}), a_stream("None"))
        sandbox = postmark.check()
        postmark.close()

    assert "Ask Postmark's support" in said
    assert "Beware" not in other
    assert "sandbox" in sandbox
    paths = [call.path for call in recorder.requests]
    assert paths[:2] == ["/server", "/message-streams/broadcast"]


def test_a_stream_that_is_none_stops() -> None:
    missing = json_reply({"ErrorCode": 1226, "Message": "not found"}, 422)
    recorder, postmark = answered(CASE.check_reply, missing)
    with recorder:
        with pytest.raises(ProviderStopped, match="not found"):
            postmark.check()
        postmark.close()


def test_a_password_without_user_is_told_at_once() -> None:
    with pytest.raises(ConfigError, match="POSTMARK_WEBHOOK_PASSWORD has no user"):
        Postmark("token", "broadcast", webhook_password="secret")


def test_two_opens_of_one_message_are_two_events() -> None:
    postmark = CASE.open("http://127.0.0.1:9")
    bodies = [
        told("Open"),
        told("Open", ReceivedAt="2026-11-20T09:00:00Z"),
    ]
    (one,), (other,) = (
        postmark.events(CASE.signed(json.dumps(body).encode())) for body in bodies
    )
    postmark.close()

    assert one.id != other.id


def test_anymail_sends_the_same(plain_batch: Batch) -> None:
    ours = our_call(CASE, plain_batch)
    theirs = anymail_call(
        CASE,
        plain_batch,
        server_token="a-very-secret-token",
        message_stream="broadcast",
    )

    assert ours.path == theirs.path
    token = "x-postmark-server-token"
    assert ours.headers[token] == theirs.headers[token]
    found = differences(by_name(ours.json()), by_name(theirs.json()))
    for n in (0, 1):
        # Ours can be searched for by batch, and says that nobody is watched.
        assert found.pop(f"{n}.Metadata.batch") == (KEY, ABSENT)
        assert found.pop(f"{n}.TrackOpens") == (False, ABSENT)
        assert found.pop(f"{n}.TrackLinks") == ("None", ABSENT)
    assert found == {}


def by_name(messages: Any) -> Any:
    """Header fields as an object: their order does not matter."""
    return [
        each | {"Headers": {h["Name"]: h["Value"] for h in each["Headers"]}}
        for each in messages
    ]
