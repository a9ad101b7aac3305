"""SMTP to the byte: what leaves together, what never leaves, and odd answers."""

import threading
from collections.abc import Callable

import pytest

from newsletter.errors import ProviderStopped, ProviderUnavailable
from newsletter.model.message import Recipient
from newsletter.providers import smtp, smtp_transfer
from tests.providers.batches import a_batch
from tests.providers.relays import a_provider, served
from tests.providers.test_smtp import ACCEPTED, PENDING, REJECTED, UNCERTAIN, of, states
from tests.rig.smtp_wire import Wire, wire

BODY = b"A: b\r\n\r\nx\r\n"
END = b"\r\n.\r\n"
SHORT_SECONDS = 4.0
"""Enough to come as far as the last message, also where all is slow."""


def send(port: int, number: int) -> list[object]:
    provider = a_provider(port)
    try:
        return list(provider.send(a_batch(number, mime=lambda _: BODY)))
    finally:
        provider.close()


def take(line: Wire) -> None:
    """Take the envelope of a message."""
    line.hear_lines(3)
    line.say(b"250 a\r\n250 b\r\n354 c\r\n")


def test_an_end_and_the_next_envelope_leave_together() -> None:
    def script(line: Wire) -> None:
        line.greet()
        take(line)
        for _ in range(2):
            line.hear(END)
            line.say(b"250 ok\r\n")
            take(line)
        line.hear(END)
        line.say(b"250 ok\r\n")
        line.until_closed()

    with wire(script) as recording:
        results = send(recording.port, 3)

    assert states(results) == [ACCEPTED] * 3
    envelope = "MAIL FROM:<mo@letter.example.com>\r\nRCPT TO:<reader{}@example.com>\r\n"
    sent = recording.everything.decode()
    assert sent.startswith("EHLO [127.0.0.1]\r\n" + envelope.format(1) + "DATA\r\n")
    for number in (2, 3):
        joint = ".\r\n" + envelope.format(number) + "DATA\r\n"
        assert any(joint.encode() in piece for piece in recording.pieces)
    assert sent.endswith("A: b\r\n\r\nx\r\n.\r\nQUIT\r\n")
    assert "BODY=8BITMIME" not in sent


def test_without_grouping_each_command_waits_for_its_answer() -> None:
    def script(line: Wire) -> None:
        line.greet(b"250 plain.example\r\n")
        for _ in range(2):
            for reply in (b"250 a\r\n", b"250 b\r\n", b"354 c\r\n"):
                assert line.hear().count(b"\n") == 1
                assert not line._rest
                line.say(reply)
            line.hear(END)
            assert not line._rest
            line.say(b"250 ok\r\n")
        line.until_closed()

    with wire(script) as recording:
        assert states(send(recording.port, 2)) == [ACCEPTED] * 2


def test_a_server_that_asks_for_a_refused_message_gets_none() -> None:
    def script(line: Wire) -> None:
        line.greet()
        line.hear_lines(3)
        line.say(b"250 a\r\n550 5.1.1 unknown\r\n354 go on\r\n")
        assert line.hear() == b".\r\n"
        line.say(b"554 5.5.1 no valid recipients\r\n")
        take(line)
        line.hear(END)
        line.say(b"250 ok\r\n")
        line.until_closed()

    with wire(script) as recording:
        assert states(send(recording.port, 2)) == [REJECTED, ACCEPTED]
    assert recording.everything.count(b"A: b\r\n") == 1


def test_a_refused_envelope_is_reset_before_the_next() -> None:
    def script(line: Wire) -> None:
        line.greet()
        line.hear_lines(3)
        line.say(b"250 a\r\n550 5.1.1 unknown\r\n554 5.5.1 no valid recipients\r\n")
        assert line.hear() == b"RSET\r\n"
        line.say(b"250 reset\r\n")
        take(line)
        line.hear(END)
        line.say(b"250 ok\r\n")
        line.until_closed()

    with wire(script) as recording:
        assert states(send(recording.port, 2)) == [REJECTED, ACCEPTED]


def cut_in_the_next_envelope(line: Wire) -> None:
    line.greet()
    take(line)
    line.hear(END)
    line.say(b"250 ok\r\n")
    line.hear_lines(3)
    line.say(b"250 a\r\n")


def half_a_reply(line: Wire) -> None:
    line.greet()
    take(line)
    line.hear(END)
    line.say(b"250-ok\r\n250")


def no_reply_at_all(line: Wire) -> None:
    line.greet()
    take(line)
    line.hear(END)


def a_reply_that_is_none(line: Wire) -> None:
    line.greet()
    take(line)
    line.hear(END)
    line.say(b"HTTP/1.1 200 OK\r\n")
    line.until_closed()


def a_reply_that_makes_no_sense(line: Wire) -> None:
    line.greet()
    take(line)
    line.hear(END)
    line.say(b"354 more\r\n")
    line.until_closed()


def a_reply_of_two_codes(line: Wire) -> None:
    line.greet()
    take(line)
    line.hear(END)
    line.say(b"250-ok\r\n550 not ok\r\n")
    line.until_closed()


def a_reply_without_end(line: Wire) -> None:
    line.greet()
    take(line)
    line.hear(END)
    line.say(b"250 " + b"x" * 100_000)
    line.until_closed()


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (cut_in_the_next_envelope, [ACCEPTED, PENDING, PENDING]),
        (half_a_reply, [UNCERTAIN, PENDING, PENDING]),
        (no_reply_at_all, [UNCERTAIN, PENDING, PENDING]),
        (a_reply_that_is_none, [UNCERTAIN, PENDING, PENDING]),
        (a_reply_that_makes_no_sense, [UNCERTAIN, PENDING, PENDING]),
        (a_reply_of_two_codes, [UNCERTAIN, PENDING, PENDING]),
        (a_reply_without_end, [UNCERTAIN, PENDING, PENDING]),
    ],
)
def test_only_the_message_without_an_answer_is_in_doubt(
    script: Callable[[Wire], None], expected: list[object]
) -> None:
    with wire(script) as recording:
        assert states(send(recording.port, 3)) == expected


def odd_answer_to_mail(line: Wire) -> None:
    line.greet()
    line.hear_lines(3)
    line.say(b"354 what\r\n250 b\r\n354 c\r\n")
    line.until_closed()


def odd_answer_to_data(line: Wire) -> None:
    line.greet()
    line.hear_lines(3)
    line.say(b"250 a\r\n250 b\r\n250 c\r\n")
    line.until_closed()


def refuses_the_sender_and_asks_for_more(line: Wire) -> None:
    line.greet()
    line.hear_lines(3)
    line.say(b"451 not now\r\n250 b\r\n354 c\r\n")
    line.until_closed()


@pytest.mark.parametrize(
    "script",
    [odd_answer_to_mail, odd_answer_to_data, refuses_the_sender_and_asks_for_more],
)
def test_an_odd_answer_to_the_envelope_sends_nothing(
    script: Callable[[Wire], None],
) -> None:
    with wire(script) as recording, pytest.raises(ProviderUnavailable):
        send(recording.port, 3)
    assert recording.everything.endswith(b"DATA\r\n")


def greets_with_nothing(line: Wire) -> None:
    del line


def greets_as_a_web_server(line: Wire) -> None:
    line.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def closes_for_now(line: Wire) -> None:
    line.say(b"421 4.3.2 not now\r\n")


def refuses_for_now(line: Wire) -> None:
    line.say(b"450 4.3.2 not now\r\n")
    line.until_closed()


@pytest.mark.parametrize(
    "script",
    [greets_with_nothing, greets_as_a_web_server, closes_for_now, refuses_for_now],
)
def test_a_relay_that_cannot_now_is_tried_again(
    script: Callable[[Wire], None],
) -> None:
    with wire(script) as recording, pytest.raises(ProviderUnavailable):
        send(recording.port, 1)


def no_service(line: Wire) -> None:
    line.say(b"554 no SMTP service here\r\n")
    line.until_closed()


def no_ehlo(line: Wire) -> None:
    line.greet(b"502 unknown command\r\n")
    line.until_closed()


@pytest.mark.parametrize("script", [no_service, no_ehlo])
def test_a_relay_that_never_will_stops_the_send(
    script: Callable[[Wire], None],
) -> None:
    with wire(script) as recording, pytest.raises(ProviderStopped):
        send(recording.port, 1)


def drips(line: Wire) -> None:
    line.greet()
    take(line)
    line.hear(END)
    line.say(b"250-")
    line.drip(b"x")


def test_a_relay_that_drips_is_left_at_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smtp, "CALL_SECONDS", SHORT_SECONDS)
    with wire(drips) as recording:
        results = send(recording.port, 3)

    assert states(results) == [UNCERTAIN, PENDING, PENDING]
    assert "no answer in time" in str(results[0])


def test_a_relay_that_reads_no_more_has_not_got_the_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended = threading.Event()

    def stops_reading(line: Wire) -> None:
        line.greet()
        take(line)
        assert ended.wait(30)

    monkeypatch.setattr(smtp, "CALL_SECONDS", SHORT_SECONDS)
    large = b"A: b\r\n\r\n" + b"x" * 70 * 1000 * 1000 + b"\r\n"
    with wire(stops_reading) as recording:
        provider = a_provider(recording.port)
        with pytest.raises(ProviderUnavailable, match="no answer in time"):
            provider.send(a_batch(1, mime=lambda _: large))
        ended.set()


def test_a_session_that_went_silent_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def one_message(line: Wire) -> None:
        line.greet()
        take(line)
        line.hear(END)
        line.say(b"250 ok\r\n")
        line.until_closed()

    monkeypatch.setattr(smtp, "ALIVE_SECONDS", 0.2)
    with wire(one_message, one_message) as recording:
        provider = a_provider(recording.port)
        first = provider.send(a_batch(1))
        second = provider.send(a_batch(1))
        provider.close()

    assert states(first) == states(second) == [ACCEPTED]
    assert recording.connections == 2


def test_no_message_is_begun_when_time_is_short(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [0.0]

    def mime(recipient: Recipient) -> bytes:
        if recipient.subscriber_id == 2:
            clock[0] = 1e9
        return BODY

    monkeypatch.setattr(smtp_transfer, "monotonic", lambda: clock[0])
    with served() as (provider, server):
        results = provider.send(a_batch(4, mime=mime))
        with pytest.raises(ProviderUnavailable, match="no time left"):
            provider.send(a_batch(2))

    assert states(results) == [ACCEPTED, ACCEPTED, PENDING, PENDING]
    assert "no time left" in of(results, 4).reason
    assert len(server.sessions) == 1
