"""One call, and what it means when it does not end well."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from newsletter.errors import (
    OutcomeUnknown,
    ProviderError,
    ProviderUnavailable,
)
from newsletter.providers import connection
from newsletter.providers.http import MAX_ANSWER
from tests.providers.client import Opened, late_answer, meaning
from tests.providers.client import opened as opened
from tests.providers.client import recorder as recorder
from tests.providers.recorder import Recorded, Recorder, Reply, json_reply

BIG = b"x" * 32 * 2**20
"""More than the buffers of two sockets on this machine hold."""


def test_a_call_leaves_as_it_was_given(recorder: Recorder, opened: Opened) -> None:
    recorder.answer(json_reply({"ok": "é"}, 201, X_Request="7"))
    http = opened(headers={"X-Key": "k"}, auth=("api", "secret-word"))

    answer = http.call(
        "POST",
        f"{recorder.url}/path",
        json={"b": "é", "a": [1]},
        params={"q": "a b"},
        headers={"Idempotency-Key": "x"},
    )

    (call,) = recorder.requests
    assert (call.method, call.path, call.query) == ("POST", "/path", {"q": "a b"})
    assert call.body == '{"b":"é","a":[1]}'.encode()
    assert call.headers["content-type"] == "application/json"
    assert call.headers["authorization"].startswith("Basic ")
    assert call.headers["x-key"] == "k"
    assert call.headers["idempotency-key"] == "x"
    assert call.headers["accept-encoding"] == "identity"
    assert (answer.status, answer.ok, answer.json()) == (201, True, {"ok": "é"})
    assert answer.headers["x-request"] == "7"


def test_half_a_character_does_not_stop_a_call(
    recorder: Recorder, opened: Opened
) -> None:
    opened().call("POST", recorder.url, json={"a": "\ud800"})

    assert recorder.requests[0].body == b'{"a":"?"}'


def test_connections_are_used_again(recorder: Recorder, opened: Opened) -> None:
    http = opened()
    for _ in range(3):
        http.call("POST", recorder.url, json=1)

    assert recorder.connections == 1


def test_an_idle_connection_is_not_used_again(
    recorder: Recorder, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    http = opened()
    http.call("POST", recorder.url, json=1)
    monkeypatch.setattr(connection, "IDLE_SECONDS", 0.0)
    http.call("POST", recorder.url, json=1)

    assert recorder.connections == 2


def test_nothing_in_the_environment_changes_the_way(
    recorder: Recorder,
    opened: Opened,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")

    opened(headers={"Authorization": "Bearer k"}).call("POST", recorder.url, json=1)

    assert recorder.requests[0].headers["authorization"] == "Bearer k"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer(
    recorder: Recorder, opened: Opened, status: int
) -> None:
    recorder.answer(Reply(status=status, headers={"Location": recorder.url}))

    assert opened().call("POST", recorder.url, json=1).status == status
    assert len(recorder.requests) == 1


def test_a_key_is_taken_out_of_the_answer(recorder: Recorder, opened: Opened) -> None:
    def repeat(request: Recorded) -> Reply:
        said = f"{request.headers['authorization']} and key-1 and secret-word"
        return json_reply({"message": said}, 401)

    recorder.answer(repeat)
    http = opened(auth=("api", "secret-word"), keys=["key-1", ""])

    body = http.call("POST", recorder.url, json=1).body

    assert b"secret-word" not in body
    assert b"key-1" not in body
    assert body.count(b"(key)") == 3


def test_nobody_listening(opened: Opened) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # that nobody else listens there
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        error = meaning(opened(), url, json=1)

    assert isinstance(error, ProviderUnavailable)
    assert str(error) == "Sample cannot be reached: Connection refused"


def test_a_name_that_is_none(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    error = meaning(opened(), "https://api.sample.test/x", json=1)

    assert isinstance(error, ProviderUnavailable)
    assert "Name or service not known" in str(error)
    assert "sample.test" not in str(error)


def test_an_address_that_swallows_everything_does_not_hide_the_next_one(
    recorder: Recorder, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a name has an IPv6 address, and IPv6 leads nowhere."""
    found = socket.getaddrinfo
    monkeypatch.setattr("newsletter.providers.http.CONNECT_SECONDS", 0.2)
    recorder.answer(json_reply({}))
    # With its queue full it drops what knocks, and answers nothing.
    with (
        socket.create_server(("127.0.0.1", 0), backlog=0) as hole,
        socket.create_connection(hole.getsockname()),
    ):

        def both(*args: Any, **kwargs: Any) -> Any:
            (right, *_) = found(*args, **kwargs)
            return [(*right[:4], hole.getsockname()), right]

        monkeypatch.setattr(socket, "getaddrinfo", both)
        answer = opened().call("POST", recorder.url, json=1)

    assert answer.ok
    assert len(recorder.requests) == 1


def test_a_name_that_takes_too_long_is_not_called_any_more(
    recorder: Recorder, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = socket.getaddrinfo

    def slow(*args: Any, **kwargs: Any) -> Any:
        threading.Event().wait(0.4)
        return found(*args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", slow)

    error = meaning(opened(seconds=0.2), recorder.url, json=1)

    assert isinstance(error, ProviderUnavailable)
    assert str(error) == "Sample did not take the call within 0.2 s"
    assert not recorder.requests


def test_a_name_that_takes_too_long_is_not_even_greeted(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = socket.getaddrinfo

    def slow(*args: Any, **kwargs: Any) -> Any:
        threading.Event().wait(0.4)
        return found(*args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        error = meaning(opened(seconds=0.2), url, json=1)
        caller, _ = listening.accept()
        assert caller.recv(1) == b""
        caller.close()

    assert isinstance(error, ProviderUnavailable)


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1/", "http://[::1"])
def test_an_address_that_is_none_sends_nothing(opened: Opened, url: str) -> None:
    assert isinstance(meaning(opened(), url, json=1), ProviderUnavailable)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(fault="reset"),
        Reply(cut=0),
        Reply(cut=9),
        Reply(body=b"x" * 100, cut=110),
        Reply(headers={"Content-Length": "many"}, cut=60),
        Reply(headers={"Transfer-Encoding": "chunked"}, body=b"5\r\nhel", cut=200),
    ],
)
def test_a_call_that_left_and_broke_off_is_unknown(
    recorder: Recorder, opened: Opened, reply: Reply
) -> None:
    recorder.answer(reply)

    assert isinstance(meaning(opened(), recorder.url, json=1), OutcomeUnknown)


@pytest.mark.parametrize("status", [200, 202, 400, 422])
def test_an_answer_is_whole_or_unknown(
    recorder: Recorder, opened: Opened, status: int
) -> None:
    """Else a refusal whose reason was cut off could be taken for another one."""
    whole = Reply(status=status, headers={"A": "b", "C": "d"}, body=b"{}")
    http = opened()
    for cut in range(len(whole.raw())):
        recorder.answer(replace(whole, cut=cut))
        assert isinstance(meaning(http, recorder.url, json=1), OutcomeUnknown), cut
    recorder.answer(whole)
    assert http.call("POST", recorder.url, json=1).body == b"{}"


def test_an_answer_of_nothing_is_whole(recorder: Recorder, opened: Opened) -> None:
    recorder.answer(Reply(status=204, cut=24))

    assert opened().call("POST", recorder.url, json=1).status == 204


def test_a_call_that_broke_off_before_it_left_as_a_whole_is_safe(
    recorder: Recorder, opened: Opened
) -> None:
    recorder.answer(Reply(fault="reset_unread"))

    error = meaning(opened(), recorder.url, body=BIG)

    assert isinstance(error, ProviderUnavailable)
    assert "cannot be reached" in str(error)


def test_a_refusal_while_the_call_is_still_leaving_is_safe(
    recorder: Recorder, opened: Opened
) -> None:
    recorder.answer(Reply(status=413, body=b"too long", fault="early"))

    # The reset that follows may overtake the answer.
    try:
        assert opened().call("POST", recorder.url, body=BIG).status == 413
    except ProviderError as error:
        assert isinstance(error, ProviderUnavailable)  # noqa: PT017


def test_a_line_that_is_too_slow_for_the_call_is_safe(opened: Opened) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"

        error = meaning(opened(seconds=0.3), url, body=BIG)

    assert isinstance(error, ProviderUnavailable)
    assert str(error) == "Sample did not take the call within 0.3 s"


@pytest.mark.parametrize(
    "headers", [{}, {"Connection": "close"}, {"Transfer-Encoding": "chunked"}]
)
@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_a_call_ends_at_its_deadline(
    recorder: Recorder, opened: Opened, fault: Any, headers: dict[str, str]
) -> None:
    recorder.answer(Reply(fault=fault, headers=headers, body=b"5\r\nhello" * 2000))

    error = late_answer(opened(seconds=0.3), recorder.url, json=1)

    assert str(error) == "Sample did not answer within 0.3 s"


def test_the_deadline_of_one_call_is_not_that_of_the_next(
    recorder: Recorder, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even where it comes just when the call has ended."""
    timers: list[threading.Timer] = []

    class Late(threading.Timer):
        def start(self) -> None:
            timers.append(self)

    monkeypatch.setattr("newsletter.providers.connection.threading.Timer", Late)
    http = opened()
    for number in range(4):
        http.call("POST", recorder.url, json=1)
        assert timers[number].finished.is_set()
        timers[number].function()

    assert recorder.connections == 1


def test_threads_share_a_client(recorder: Recorder, opened: Opened) -> None:
    http = opened()

    def ask(number: int) -> bytes:
        return http.call("POST", recorder.url, json=number).body

    recorder.answer(lambda request: Reply(body=request.body))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(200)))

    assert answers == [str(number).encode() for number in range(200)]
    assert recorder.connections <= 8


def test_an_endless_answer_is_not_kept(recorder: Recorder, opened: Opened) -> None:
    recorder.answer(Reply(body=b"x" * (MAX_ANSWER + 1)))
    error = meaning(opened(), recorder.url, json=1)
    recorder.answer(Reply(body=b"x" * MAX_ANSWER))

    assert isinstance(error, OutcomeUnknown)
    assert len(opened().call("POST", recorder.url, json=1).body) == MAX_ANSWER
