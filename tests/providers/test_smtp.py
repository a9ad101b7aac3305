"""Sending by SMTP to a real server: each recipient has a result of its own."""

import email
import email.policy
import threading
from email.message import EmailMessage

import pytest

from newsletter.errors import (
    ConfigError,
    ProviderRefused,
    ProviderStopped,
    ProviderUnavailable,
)
from newsletter.model.campaign import DeliveryResult, DeliveryState
from newsletter.model.event import Webhook
from newsletter.model.message import Recipient
from newsletter.providers.smtp import Smtp
from tests.providers.batches import MOMENT, a_batch, a_recipient, an_email
from tests.providers.relays import a_provider, served, smtp_publication
from tests.rig.smtp import Relay, always, relay

ACCEPTED = DeliveryState.ACCEPTED
REJECTED = DeliveryState.REJECTED
PENDING = DeliveryState.PENDING
UNCERTAIN = DeliveryState.UNCERTAIN


def states(results: object) -> list[DeliveryState]:
    """The states by the recipients' numbers."""
    assert isinstance(results, list)
    ordered = sorted(results, key=lambda each: each.subscriber_id)
    return [each.state for each in ordered]


def of(results: object, number: int) -> DeliveryResult:
    """The result of one recipient."""
    assert isinstance(results, list)
    found: DeliveryResult = next(r for r in results if r.subscriber_id == number)
    return found


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("size", [33_554_432, 0])
def test_what_arrives_is_what_was_sent(pipelining: bool, size: int) -> None:
    batch = a_batch(5)
    with served(Relay(pipelining=pipelining, offer_size=size)) as (provider, server):
        results = provider.send(batch)

    assert states(results) == [ACCEPTED] * 5
    assert server.addresses == [each.address for each in batch.recipients]
    for recipient, received in zip(batch.recipients, server.messages, strict=True):
        assert received.data == batch.mime(recipient)
        assert received.sender == "mo@letter.example.com"
        read = email.message_from_bytes(received.data, policy=email.policy.default)
        assert isinstance(read, EmailMessage)
        assert read["Subject"] == batch.subject(recipient)


def test_the_relays_name_for_a_message_is_kept() -> None:
    with served() as (provider, _):
        assert of(provider.send(a_batch(1)), 1).provider_message_id == "Q000001"


def test_without_a_name_it_is_found_by_ours() -> None:
    batch = a_batch(1)
    with served(Relay(content=always("250 thanks"))) as (provider, _):
        result = of(provider.send(batch), 1)

    assert result.provider_message_id == batch.recipients[0].delivery_id


@pytest.mark.parametrize(
    "body",
    [
        b"A: b\r\n\r\n.\r\n..\r\n.hidden\r\n",
        b"A: b\r\n\r\nends in a dot\r\n.\r\n",
        b"A: b\r\n\r\n" + b".\r\n" * 500,
        b".A: b\r\n\r\nx\r\n",
    ],
)
@pytest.mark.parametrize("pipelining", [True, False])
def test_dots_arrive_as_they_were(body: bytes, pipelining: bool) -> None:
    with served(Relay(pipelining=pipelining)) as (provider, server):
        provider.send(a_batch(2, mime=lambda _: body))

    assert [each.data for each in server.messages] == [body] * 2


def test_a_message_that_ends_without_a_line_break_gets_one() -> None:
    with served() as (provider, server):
        provider.send(a_batch(1, mime=lambda _: b"A: b\r\n\r\nx"))

    assert server.messages[0].data == b"A: b\r\n\r\nx\r\n"


@pytest.mark.parametrize(
    "body",
    [
        b"A: b\r\n\r\nx\n.\r\nMAIL FROM:<evil@example.com>\r\n",
        b"A: b\r\n\r\nx\r.\r\n",
        b"A: b\r\n\r\nx\r\r\n.\r\n",
        b"A: b\r\n\r\nx\n",
        b"A: b\r\n\r\n\xc3\xa9\r\n",
    ],
)
def test_a_line_break_that_is_none_never_leaves(body: bytes) -> None:
    def mime(recipient: Recipient) -> bytes:
        return body if recipient.subscriber_id == 2 else b"A: b\r\n\r\nfine\r\n"

    with served() as (provider, server):
        results = provider.send(a_batch(3, mime=mime))

    assert states(results) == [ACCEPTED, REJECTED, ACCEPTED]
    assert "no message can be made" in of(results, 2).reason
    assert {each.data for each in server.messages} == {b"A: b\r\n\r\nfine\r\n"}


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("zoë@example.com", "SMTPUTF8"),
        ("a@münchen.example", "SMTPUTF8"),
        ("a@b.test>\r\nRCPT TO:<c@d.test", "is not an address"),
        ("a b@example.com", "is not an address"),
        ("nobody", "is not an address"),
    ],
)
def test_an_address_that_cannot_be_said_is_refused_in_words(
    address: str, why: str
) -> None:
    frozen = an_email()
    odd = a_recipient(frozen, 2, address=address)
    others = [a_recipient(frozen, 1), a_recipient(frozen, 3)]
    with served() as (provider, server):
        results = provider.send(a_batch([others[0], odd, others[1]], email=frozen))

    assert states(results) == [ACCEPTED, REJECTED, ACCEPTED]
    assert why in of(results, 2).reason
    assert server.addresses == ["reader1@example.com", "reader3@example.com"]


def test_one_connection_serves_many_batches() -> None:
    with served() as (provider, server):
        for _ in range(3):
            provider.send(a_batch(2))

    assert len(server.sessions) == 1
    assert len(server.messages) == 6


def test_a_connection_that_died_while_idle_is_replaced() -> None:
    with relay(Relay()) as first:
        provider = a_provider(first.port)
        provider.send(a_batch(2))
        port = first.port
    second = Relay()
    with relay(second, port=port):
        results = provider.send(a_batch(2))
        provider.close()

    assert states(results) == [ACCEPTED] * 2
    assert len(second.messages) == 2


def test_threads_have_a_connection_each() -> None:
    together = threading.Barrier(4, timeout=20)

    def mime(recipient: Recipient) -> bytes:
        if recipient.subscriber_id == 1:
            together.wait()
        return b"A: b\r\n\r\nx\r\n"

    with served() as (provider, server):
        batch = a_batch(3, mime=mime)
        threads = [
            threading.Thread(target=provider.send, args=(batch,)) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        provider.send(a_batch(1))

    assert len(server.sessions) == 4
    assert len(server.messages) == 13


def test_a_bug_in_making_a_message_leaves_no_half_session_behind() -> None:
    def mime(recipient: Recipient) -> bytes:
        if recipient.subscriber_id == 2:
            raise KeyError
        return b"A: b\r\n\r\nx\r\n"

    with served() as (provider, server):
        with pytest.raises(KeyError):
            provider.send(a_batch(3, mime=mime))
        results = provider.send(a_batch(1))

    assert states(results) == [ACCEPTED]
    assert len(server.sessions) == 2


def test_the_check_says_how_it_is_reached() -> None:
    with served() as (provider, server):
        said = provider.check()

    assert said == (
        f"127.0.0.1:{server.port} answers with no encryption; takes commands in groups"
    )
    assert server.messages == []


def test_it_has_neither_records_nor_events() -> None:
    provider = a_provider(25)

    with pytest.raises(ProviderRefused):
        provider.find(a_batch(1))
    with pytest.raises(ProviderRefused):
        provider.events(Webhook(headers={}, body=b"", received_at=MOMENT))


def test_nobody_there_is_told_and_can_be_tried_again() -> None:
    with relay(Relay()) as running:
        port = running.port

    with pytest.raises(ProviderUnavailable, match="cannot be reached"):
        a_provider(port).send(a_batch(1))


@pytest.mark.parametrize(
    ("settings", "environment", "what"),
    [
        ({"host": ""}, {}, "no relay is named"),
        ({}, {"SMTP_USERNAME": "mo"}, "SMTP_PASSWORD is not set"),
        ({}, {"SMTP_PASSWORD": "hush"}, "SMTP_USERNAME is not set"),
        (
            {"host": "mx.example.com"},
            {"SMTP_USERNAME": "mo", "SMTP_PASSWORD": "hush"},
            "in the clear",
        ),
        ({"dkim": {"selector": "s1"}}, {}, "DKIM needs key_file"),
        ({"dkim": {"key_file": "k.pem"}}, {}, "DKIM needs selector"),
    ],
)
def test_what_does_not_fit_together_is_told(
    settings: dict[str, object], environment: dict[str, str], what: str
) -> None:
    publication = smtp_publication(25, **settings)

    with pytest.raises(ConfigError) as caught:
        Smtp.from_settings(publication, environment)

    assert what in caught.value.message
    assert "hush" not in f"{caught.value.message}{caught.value.hint}"


def test_messages_are_made_one_ahead_and_no_more() -> None:
    with served() as (provider, server):

        def mime(recipient: Recipient) -> bytes:
            assert recipient.subscriber_id - len(server.messages) <= 2
            return b"A: b\r\n\r\nx\r\n"

        assert states(provider.send(a_batch(9, mime=mime))) == [ACCEPTED] * 9


def test_a_message_above_the_relays_size_stops_the_send() -> None:
    with (
        served(Relay(offer_size=1000)) as (provider, server),
        pytest.raises(ProviderStopped, match="the relay takes 1,000"),
    ):
        provider.send(a_batch(5))

    assert server.messages == []


def test_one_message_above_the_size_is_that_recipients() -> None:
    def mime(recipient: Recipient) -> bytes:
        return b"A: b\r\n\r\n" + b"x" * (2000 if recipient.subscriber_id == 2 else 9)

    with served(Relay(offer_size=1000)) as (provider, server):
        results = provider.send(a_batch(3, mime=mime))

    assert states(results) == [ACCEPTED, REJECTED, ACCEPTED]
    assert len(server.messages) == 2
