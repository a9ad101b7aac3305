"""The simulator speaks like the services, and counts what it accepts."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from newsletter.errors import ProviderError
from newsletter.providers.simulator.dialects import DIALECTS
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from tests.providers.calls import CALLS, WHOLE, mailgun_multipart, say, send

TWO = ["ana@example.com", "zoe@example.com"]
WITH_KEYS = ["resend", "brevo"]


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    """One process for all tests here."""
    with Simulator(Plan(dialect="resend")) as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Simulator, dialect: str) -> Simulator:
    """Begins anew, in the dialect of the test."""
    running.begin(Plan(dialect=dialect))
    return running


every_dialect = pytest.mark.parametrize("dialect", list(DIALECTS))


@every_dialect
def test_recipients_are_counted(simulator: Simulator, dialect: str) -> None:
    assert send(simulator, dialect, TWO).status in (200, 201, 202)
    assert send(simulator, dialect, TWO[:1]).status in (200, 201, 202)

    counts = simulator.counts()
    assert simulator.recipients() == {"ana@example.com": 2, "zoe@example.com": 1}
    assert (counts.recipients, counts.copies, counts.twice) == (2, 3, 1)
    assert (counts.calls, counts.repeats, counts.most_at_once) == (2, 0, 1)
    assert counts.bytes_in > 100
    assert 0 < counts.first_at < counts.last_at


@every_dialect
def test_more_than_the_documented_number_is_refused(
    simulator: Simulator, dialect: str
) -> None:
    limit = DIALECTS[dialect].limit
    people = [f"reader{n}@example.com" for n in range(limit + 1)]

    assert 400 <= send(simulator, dialect, people).status < 500
    assert simulator.recipients() == {}
    assert send(simulator, dialect, people[:-1]).status in (200, 201, 202)
    assert simulator.counts().recipients == limit


@every_dialect
def test_a_call_without_a_key_or_recipients_or_to_another_place_is_refused(
    simulator: Simulator, dialect: str
) -> None:
    path, headers, body = CALLS[dialect](TWO, "")

    kept = {n: v for n, v in headers.items() if n == "Content-Type"}
    assert say(simulator, path, kept, body).status in (401, 403)
    assert say(simulator, path, headers, "{}").status in (400, 422)
    assert say(simulator, "/elsewhere", headers, body).status == 404
    assert say(simulator, path, headers, body, method="GET").status == 405
    assert simulator.recipients() == {}


@every_dialect
def test_an_address_may_be_refused_alone_or_with_the_whole_call(
    simulator: Simulator, dialect: str
) -> None:
    answer = send(simulator, dialect, ["ana@example.com", "refused1@example.com"])

    if dialect in WHOLE:
        assert answer.status in (400, 422)
        assert simulator.recipients() == {}
    else:
        assert answer.status == 200
        assert simulator.recipients() == {"ana@example.com": 1}


@pytest.mark.parametrize("dialect", ["resend"])
def test_resend_may_be_asked_to_refuse_only_the_one(
    simulator: Simulator, dialect: str
) -> None:
    path, headers, body = CALLS[dialect](["refused1@example.com", *TWO], "")
    headers["x-batch-validation"] = "permissive"

    data = say(simulator, path, headers, body).data

    assert [each["index"] for each in data["errors"]] == [0]
    assert len(data["data"]) == 2
    assert simulator.recipients() == dict.fromkeys(TWO, 1)


@pytest.mark.parametrize("dialect", ["mailgun"])
def test_mailgun_takes_multipart_too_and_wants_variables(
    simulator: Simulator, dialect: str
) -> None:
    path, headers, body = mailgun_multipart(TWO, "")

    assert say(simulator, path, headers, body).data["message"] == "Queued. Thank you."
    without = body.replace("recipient-variables", "other")
    assert say(simulator, path, headers, without).status == 400
    assert simulator.recipients() == dict.fromkeys(TWO, 1)


@pytest.mark.parametrize("dialect", WITH_KEYS)
def test_a_repeated_key_is_not_sent_again_and_never_with_other_bytes(
    simulator: Simulator, dialect: str
) -> None:
    first = send(simulator, dialect, TWO, "key-1")
    again = send(simulator, dialect, TWO, "key-1")
    other = send(simulator, dialect, TWO[:1], "key-1")

    if dialect == "resend":
        assert again == first
        assert other.data["name"] == "invalid_idempotent_request"
    else:
        assert again.data["code"] == "duplicate_parameter"
    assert other.status in (400, 409)
    assert simulator.recipients() == dict.fromkeys(TWO, 1)
    assert simulator.counts().repeats == 1


@pytest.mark.parametrize("dialect", WITH_KEYS)
def test_a_key_that_was_forgotten_sends_again(
    simulator: Simulator, dialect: str
) -> None:
    simulator.begin(Plan(dialect=dialect, key_seconds=1e-6))

    for _ in range(2):
        assert send(simulator, dialect, TWO, "key-1").status in (200, 201)

    assert simulator.counts().twice == 2


@pytest.mark.parametrize("dialect", WITH_KEYS)
def test_a_key_in_use_is_refused_to_others(simulator: Simulator, dialect: str) -> None:
    # Long enough that the second comes before it is over.
    simulator.begin(Plan(dialect=dialect, latency=5.0))
    statuses: list[int] = []
    threads = [
        threading.Thread(
            target=lambda: statuses.append(send(simulator, dialect, TWO, "k").status)
        )
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([each for each in statuses if each < 300]) == 1
    assert simulator.counts().copies == 2
    assert simulator.counts().most_at_once == 2


@pytest.mark.parametrize("dialect", ["mailgun"])
def test_calls_beyond_the_limit_are_told_to_wait(
    simulator: Simulator, dialect: str
) -> None:
    # However slow they come, the next one may be made in minutes only.
    simulator.begin(Plan(dialect=dialect, per_second=0.01))

    answers = [send(simulator, dialect, [f"r{n}@example.com"]) for n in range(6)]

    late = [each for each in answers if each.status == 429]
    assert late
    assert late[0].headers["retry-after"] == "1"
    assert simulator.counts().recipients == 6 - len(late)


@pytest.mark.parametrize("dialect", ["resend"])
def test_another_plan_may_be_followed_without_forgetting(
    simulator: Simulator, dialect: str
) -> None:
    assert send(simulator, dialect, TWO, "key-1").status == 200

    simulator.follow(Plan(dialect=dialect, script=("revoked",)))

    assert send(simulator, dialect, TWO, "key-2").status == 403
    assert send(simulator, dialect, TWO, "key-1").status == 200
    assert simulator.recipients() == dict.fromkeys(TWO, 1)
    assert simulator.counts().repeats == 1


def test_what_is_no_http_is_told_and_hung_up_on(running: Simulator) -> None:
    there = urlsplit(running.url)
    with socket.create_connection((there.hostname or "", there.port or 0)) as line:
        line.sendall(b"nonsense\r\n\r\n")
        said = line.makefile("rb").read()

    assert said.startswith(b"HTTP/1.1 400 ")


def test_a_bad_plan_is_refused(running: Simulator) -> None:
    for plan in ('{"dialect": "owl"}', "{}"):
        assert say(running, "/simulator", {}, plan, method="PUT").status == 400


def test_a_simulator_that_cannot_start_is_told(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    missing = Simulator(Plan(dialect="resend"), tmp_path / "no-such-certificate.pem")

    with pytest.raises(ProviderError, match="did not start"), missing:
        pass

    assert "FileNotFoundError" in capfd.readouterr().err


def test_it_ends_with_the_process_that_started_it() -> None:
    source = (
        "from newsletter.providers.simulator.process import Simulator\n"
        "from newsletter.providers.simulator.plan import Plan\n"
        "import os\n"
        "Simulator(Plan(dialect='resend')).__enter__()\n"
        "os.kill(os.getpid(), 9)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", source], stderr=subprocess.PIPE)

    # The simulator holds the same pipe: this waits for both, and fails if one stays.
    parent.communicate(timeout=30)

    assert parent.returncode == -9
