"""Each fault of the simulator is what it is called, as a client sees it."""

import gzip
import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from newsletter.providers.simulator.dialects import DIALECTS
from newsletter.providers.simulator.faults import FAULTS, HUGE
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from tests.providers.calls import CALLS, WHOLE, Said, send

SIX = [f"reader{n}@example.com" for n in range(6)]


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    """One process for all tests here."""
    with Simulator(Plan(dialect="resend")) as simulator:
        yield simulator


def faulty(simulator: Simulator, kind: str, dialect: str = "resend") -> Said:
    """The answer to a call that meets a fault."""
    simulator.begin(Plan(dialect=dialect, script=(kind,)))
    return send(simulator, dialect, SIX)


ANSWERED = [kind for kind in FAULTS if FAULTS[kind].answer or FAULTS[kind].of_provider]
ANSWERING = [kind for kind in ANSWERED if kind not in ("cut", "drip")]


@pytest.mark.parametrize("dialect", list(DIALECTS))
@pytest.mark.parametrize("kind", ANSWERING)
def test_what_was_accepted_is_counted_whatever_was_answered(
    running: Simulator, kind: str, dialect: str
) -> None:
    faulty(running, kind, dialect)

    counts = running.counts()
    expected = 6 if FAULTS[kind].accepts else 0
    if kind == "partial":
        expected = 0 if dialect in WHOLE else 4
    assert counts.copies == expected
    assert counts.faults == {kind: 1}
    assert sum(counts.statuses.values()) == 1


def test_the_ways_to_say_when(running: Simulator) -> None:
    headers = {
        kind: faulty(running, kind).headers.get("retry-after")
        for kind in FAULTS
        if kind.startswith("429-")
    }

    date = headers.pop("429-date")
    assert parsedate_to_datetime(date or "").year >= 2026
    assert headers == {
        "429-seconds": "1",
        "429-garbage": "soon",
        "429-day": "86400",
        "429-silent": None,
    }


@pytest.mark.parametrize("kind", ["500", "502", "503", "500-after", "502-after", "413"])
def test_pages_instead_of_json(running: Simulator, kind: str) -> None:
    answer = faulty(running, kind)

    assert str(answer.status) == kind.partition("-")[0]
    assert answer.headers["content-type"] == "text/html"
    assert answer.body.startswith(b"<!doctype html>")


@pytest.mark.parametrize("kind", ["reset-before", "reset-after"])
def test_a_reset_connection(running: Simulator, kind: str) -> None:
    with pytest.raises(ConnectionResetError):
        faulty(running, kind)

    assert running.counts().copies == (6 if FAULTS[kind].accepts else 0)
    assert running.counts().statuses == {"none": 1}


@pytest.mark.parametrize("kind", ["hang-before", "hang-after", "drip"])
def test_an_answer_that_does_not_come(
    running: Simulator, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.providers.calls.TIMEOUT", 0.3)

    with pytest.raises(TimeoutError):
        faulty(running, kind)

    # It may not have come to the call yet.
    end = time.monotonic() + 60
    while not running.counts().faults and time.monotonic() < end:
        time.sleep(0.01)
    assert running.counts().faults == {kind: 1}
    assert running.counts().copies == (6 if FAULTS[kind].accepts else 0)


def test_an_answer_that_breaks_off_at_any_byte(running: Simulator) -> None:
    whole = faulty(running, "ok").body
    places: list[int | None] = [0, 5, 30, 120, 120 + len(whole) // 2, None]
    for place in places:
        running.begin(Plan(dialect="resend", script=("cut",), cut_at=place))

        # Within the head Python takes what there is for a whole answer.
        with suppress(HTTPException):
            assert send(running, "resend", SIX).body == b""

        assert running.counts().copies == 6


def test_answers_that_are_not_what_they_should_be(running: Simulator) -> None:
    right = faulty(running, "ok").body
    bodies = {
        kind: faulty(running, kind).body
        for kind in ("malformed", "empty", "null", "schema", "charset", "huge", "bomb")
    }

    assert right.startswith(bodies["malformed"])
    assert 0 < len(bodies["malformed"]) < len(right)
    assert bodies["empty"] == b""
    assert bodies["null"] == b"null"
    assert "data" not in json.loads(bodies["schema"])
    assert json.loads(bodies["charset"].decode("utf-16")) == json.loads(right)
    assert len(bodies["huge"]) > HUGE
    with gzip.GzipFile(fileobj=BytesIO(bodies["bomb"])) as blown_up:
        assert sum(len(each) for each in iter(lambda: blown_up.read(2**24), b"")) == (
            2**30
        )


def test_answers_that_do_not_fit_the_call(running: Simulator) -> None:
    short = faulty(running, "short").data["data"]
    reordered = faulty(running, "reordered", "postmark").data
    partial = faulty(running, "partial", "postmark").data

    assert len(short) == 5
    assert [each["To"] for each in reordered] == SIX[::-1]
    assert [each["ErrorCode"] for each in partial] == [0, 0, 406] * 2


def test_a_sender_that_dies_after_its_call_is_counted(running: Simulator) -> None:
    running.begin(Plan(dialect="resend", latency=0.2))
    path, headers, body = CALLS["resend"](SIX, "")
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    there = urlsplit(running.url)
    with socket.create_connection((there.hostname or "", there.port or 0)) as line:
        line.sendall(
            f"POST {path} HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n"
            f"{body}".encode()
        )

    send(running, "resend", ["later@example.com"])
    assert running.counts().recipients == 7


def test_it_speaks_tls_with_a_certificate(tmp_path: Path) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    pem = tmp_path / "certificate.pem"
    issued.private_key_and_cert_chain_pem.write_to_path(str(pem))

    with Simulator(Plan(dialect="resend"), pem) as simulator:
        assert simulator.url.startswith("https://127.0.0.1:")
