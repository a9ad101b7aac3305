"""The simulator reads HTTP however it arrives, and plans that make sense only."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.providers.simulator.plan import Course, Plan
from newsletter.providers.simulator.wire import Reader, Refusal, Reply, Request

BODY = b'[{"to": ["a@example.com"]}]'
CALL = (
    b"POST /emails/batch HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer x\r\n"
    b"content-length: %d\r\n\r\n" % len(BODY)
) + BODY


def whole(pieces: list[bytes]) -> list[Request]:
    reader = Reader()
    found = []
    for piece in pieces:
        reader.feed(piece)
        while request := reader.next():
            found.append(request)
    return found


@given(st.lists(st.integers(1, 2 * len(CALL) - 1), max_size=12))
def test_requests_are_the_same_however_they_are_cut(cuts: list[int]) -> None:
    stream = CALL + CALL
    places = [0, *sorted(set(cuts)), len(stream)]
    pieces = [stream[a:b] for a, b in pairwise(places) if a < b]

    first, second = whole(pieces)

    assert first == second
    assert (first.method, first.path, first.body) == ("POST", "/emails/batch", BODY)
    assert first.headers["authorization"] == "Bearer x"
    assert first.size > len(BODY)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
        (b"x" * 70_000, 431),
    ],
)
def test_what_is_no_request_is_refused(head: bytes, status: int) -> None:
    reader = Reader()
    reader.feed(head)

    with pytest.raises(Refusal) as caught:
        reader.next()

    assert caught.value.reply.status == status


def test_an_answer_of_a_status_without_a_name_can_be_sent() -> None:
    wire = Reply.of({"a": 1}, 420, retry_after="3").encode()

    assert wire.startswith(b"HTTP/1.1 420 Simulated\r\n")
    assert b"\r\nretry-after: 3\r\n" in wire
    assert wire.endswith(b'\r\n\r\n{"a": 1}')


def test_a_script_comes_before_the_shares_and_the_seed_repeats_them() -> None:
    plan = Plan(
        dialect="resend",
        script=("ok*2", "500", "cut*2"),
        faults={"502": 0.5, "503": 0.5},
        seed=7,
    )
    course, again = Course(plan), Course(Plan.from_json(plan.to_json()))

    drawn = [course.next() for _ in range(50)]

    assert drawn[:5] == ["ok", "ok", "500", "cut", "cut"]
    assert set(drawn[5:]) == {"502", "503"}
    assert drawn == [again.next() for _ in range(50)]


def test_without_faults_every_call_goes_well() -> None:
    course = Course(Plan(dialect="mailgun"))

    assert {course.next() for _ in range(100)} == {"ok"}


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "{}",
        '{"dialect": "pigeon"}',
        '{"dialect": "resend", "wings": 2}',
        '{"dialect": "resend", "faults": {"earthquake": 1}}',
        '{"dialect": "resend", "script": ["500 times"]}',
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  json's own among them
        Plan.from_json(text)
