"""Everything that an SMTP server may refuse or break, and who is concerned by it."""

import pytest

from newsletter.errors import ProviderStopped, ProviderUnavailable
from newsletter.model.campaign import DeliveryState
from tests.providers.batches import a_batch
from tests.providers.relays import served
from tests.providers.test_smtp import (
    ACCEPTED,
    PENDING,
    REJECTED,
    UNCERTAIN,
    of,
    states,
)
from tests.rig.smtp import Relay, always, at

PIPELINING = pytest.mark.parametrize("pipelining", [True, False])


@PIPELINING
def test_one_of_many_is_unknown_there(pipelining: bool) -> None:
    answers = Relay(
        rcpt=at(1, "550 5.1.1 <reader2@example.com>: User unknown"),
        pipelining=pipelining,
    )
    with served(answers) as (provider, server):
        results = provider.send(a_batch(4))

    assert states(results) == [ACCEPTED, REJECTED, ACCEPTED, ACCEPTED]
    assert of(results, 2).reason == "550 5.1.1 <reader2@example.com>: User unknown"
    assert len(server.messages) == 3
    assert len(server.sessions) == 1


@PIPELINING
@pytest.mark.parametrize("reply", ["450 4.2.0 Greylisted", "451 4.7.1 Try later"])
def test_one_is_to_come_later(pipelining: bool, reply: str) -> None:
    with served(Relay(rcpt=at(1, reply), pipelining=pipelining)) as (provider, _):
        results = provider.send(a_batch(4))

    assert states(results) == [ACCEPTED, PENDING, ACCEPTED, ACCEPTED]
    assert of(results, 2).reason == reply


@PIPELINING
@pytest.mark.parametrize("kind", ["mail", "rcpt", "data", "content"])
@pytest.mark.parametrize(
    "reply", ["452 4.3.1 Insufficient system storage", "421 4.3.2 shutting down"]
)
def test_the_rest_waits_when_the_relay_wants_no_more(
    pipelining: bool, kind: str, reply: str
) -> None:
    answers = Relay(pipelining=pipelining)
    setattr(answers, kind, at(2, reply))
    with served(answers) as (provider, server):
        results = provider.send(a_batch(5))
        again = provider.send(a_batch(1))

    assert states(results) == [ACCEPTED, ACCEPTED, PENDING, PENDING, PENDING]
    assert reply[:3] in of(results, 5).reason
    assert states(again) == [ACCEPTED]
    assert len(server.messages) == 3
    assert len(server.sessions) == 2


@PIPELINING
@pytest.mark.parametrize("kind", ["mail", "rcpt"])
def test_a_connection_that_drops_before_a_message_leaves_none_in_doubt(
    pipelining: bool, kind: str
) -> None:
    answers = Relay(pipelining=pipelining)
    setattr(answers, kind, at(2, "drop"))
    with served(answers) as (provider, _):
        results = provider.send(a_batch(4))

    assert states(results) == [ACCEPTED, ACCEPTED, PENDING, PENDING]


@PIPELINING
def test_a_connection_that_drops_after_a_message_leaves_one_in_doubt(
    pipelining: bool,
) -> None:
    answers = Relay(content=at(2, "drop"), pipelining=pipelining)
    with served(answers) as (provider, server):
        results = provider.send(a_batch(5))

    assert states(results) == [ACCEPTED, ACCEPTED, UNCERTAIN, PENDING, PENDING]
    assert "broke off after the message" in of(results, 3).reason
    # The server had it: to send it again would have been twice.
    assert server.addresses == [f"reader{n}@example.com" for n in (1, 2, 3)]


@pytest.mark.parametrize("kind", ["mail", "rcpt", "data", "content"])
def test_nothing_taken_by_a_busy_relay_is_tried_again(kind: str) -> None:
    answers = Relay()
    setattr(answers, kind, always("451 4.3.0 Temporary failure"))
    with (
        served(answers) as (provider, server),
        pytest.raises(ProviderUnavailable, match="took nothing: 451"),
    ):
        provider.send(a_batch(3))

    assert server.messages == []


OURS: list[tuple[str, str]] = [
    ("mail", "550 5.1.7 Sender address rejected"),
    ("mail", "530 5.7.0 Authentication required"),
    ("rcpt", "554 5.7.1 Relay access denied"),
    ("data", "554 5.7.1 not you"),
    ("content", "550 5.7.26 unauthenticated"),
    ("content", "550 5.7.515 Access denied"),
    ("content", "554 5.6.0 content rejected"),
]


@PIPELINING
@pytest.mark.parametrize(("kind", "reply"), OURS)
def test_what_is_our_fault_stops_the_send_and_blames_nobody(
    pipelining: bool, kind: str, reply: str
) -> None:
    answers = Relay(pipelining=pipelining)
    setattr(answers, kind, always(reply))
    with (
        served(answers) as (provider, server),
        pytest.raises(ProviderStopped) as caught,
    ):
        provider.send(a_batch(50))

    assert reply in caught.value.message
    assert "newsletter resume" in caught.value.hint
    # It is not tried fifty times: that is what gets a sender blocked.
    assert answers.counts["mail"] <= 4
    assert server.messages == []


@PIPELINING
def test_being_blocked_in_the_middle_blames_nobody(pipelining: bool) -> None:
    def blocked(number: int, _address: str) -> str | None:
        return "550 5.7.1 blocked for spam" if number >= 2 else None

    with served(Relay(rcpt=blocked, pipelining=pipelining)) as (provider, _):
        results = provider.send(a_batch(50))
        with pytest.raises(ProviderStopped, match="blocked for spam"):
            provider.send(a_batch(48))

    assert states(results) == [ACCEPTED] * 2 + [PENDING] * 48


def test_a_policy_for_one_recipient_is_that_recipients() -> None:
    with served(Relay(rcpt=at(1, "550 5.7.1 not this one"))) as (provider, _):
        results = provider.send(a_batch(4))

    assert states(results) == [ACCEPTED, REJECTED, ACCEPTED, ACCEPTED]


def test_a_policy_for_one_alone_is_that_recipients_once_others_were_taken() -> None:
    with served(Relay(rcpt=at(2, "550 5.7.1 not this one"))) as (provider, _):
        provider.send(a_batch(2))
        results = provider.send(a_batch(1))

    assert states(results) == [REJECTED]


def test_a_policy_for_the_first_and_only_one_stops() -> None:
    with (
        served(Relay(rcpt=at(0, "550 5.7.1 no"))) as (provider, _),
        pytest.raises(ProviderStopped),
    ):
        provider.send(a_batch(1))


def test_unknown_recipients_alone_stop_nothing() -> None:
    with served(Relay(rcpt=always("550 5.1.1 unknown"))) as (provider, _):
        assert states(provider.send(a_batch(30))) == [REJECTED] * 30


@PIPELINING
@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_refused_everybody_has_one_result_and_the_right_one(
    pipelining: bool, seed: int
) -> None:
    replies = {
        1: "550 5.1.1 unknown",
        3: "450 4.2.1 later",
        4: "552 5.2.2 full",
    }

    def rcpt(number: int, _address: str) -> str | None:
        return replies.get((number * 7 + seed) % 6)

    def content(number: int, _address: str) -> str | None:
        return "451 4.3.0 later" if number % 5 == seed % 5 else None

    answers = Relay(pipelining=pipelining, rcpt=rcpt, content=content)
    with served(answers) as (provider, server):
        results = provider.send(a_batch(40))

    assert sorted(each.subscriber_id for each in results) == list(range(1, 41))
    accepted = [r for r in results if r.state is DeliveryState.ACCEPTED]
    assert server.addresses == [
        f"reader{r.subscriber_id}@example.com" for r in accepted
    ]
    assert len(server.sessions) == 1
