"""Trying a link: HEAD then GET, redirects by hand, an answer whatever happens."""

import socket
import ssl
from functools import partial

import pytest
import requests

from newsletter.check.outside.answer import Answer, Outcome
from newsletter.check.outside.fetching import AGENT, HOPS, _trouble, fetch, new_gate
from newsletter.check.outside.gate import DeadlineError, Gate
from tests.check.outside.server import answering, dripping, serving

FINE = Answer(Outcome.FINE)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.FINE),
        (204, Outcome.FINE),
        (404, Outcome.GONE),
        (410, Outcome.GONE),
        (401, Outcome.REFUSED),
        (403, Outcome.REFUSED),
        (429, Outcome.REFUSED),
        (400, Outcome.FAILING),
        (500, Outcome.FAILING),
        (503, Outcome.FAILING),
    ],
)
def test_a_status_becomes_an_answer(status: int, outcome: Outcome) -> None:
    with serving({"/a": (status, "")}) as site:
        answer = fetch(site.url("/a"), site.gate)

    assert answer.outcome is outcome
    assert answer.moved == ""


def test_a_page_that_answers_head_is_not_asked_for() -> None:
    with serving({"/a": (200, "")}) as site:
        assert fetch(site.url("/a#b"), site.gate) == FINE

    assert site.asked == ["HEAD /a"]


def test_a_page_that_refuses_head_is_got() -> None:
    with serving({"HEAD /a": (405, ""), "GET /a": (200, "")}) as site:
        assert fetch(site.url("/a"), site.gate) == FINE

    assert site.asked == ["HEAD /a", "GET /a"]


def test_redirects_are_followed_by_hand() -> None:
    replies = {"/a": (302, "/b"), "/b": (307, "c?d#e"), "/c?d": (200, "")}
    with serving(replies) as site:
        assert fetch(site.url("/a"), site.gate) == FINE

    assert site.asked == ["HEAD /a", "HEAD /b", "HEAD /c?d"]


def test_a_page_that_has_moved_for_good_says_where_to() -> None:
    replies = {"/a": (301, "/b"), "/b": (308, "/c"), "/c": (200, "")}
    with serving(replies) as site:
        assert fetch(site.url("/a"), site.gate).moved == site.url("/c")


@pytest.mark.parametrize("target", ["/a/", "http://www.site.example:{port}/a"])
def test_a_slash_or_www_more_is_no_move(target: str) -> None:
    replies = {"/a/": (200, "")}
    with serving(replies) as site:
        place = target.format(port=site.port)
        replies["/a"] = (301, place) if place == "/a/" else (200, "")
        assert fetch(site.url("/a"), site.gate).moved == ""


def test_a_move_for_now_is_none_for_good() -> None:
    replies = {"/a": (301, "/b"), "/b": (302, "/c"), "/c": (200, "")}
    with serving(replies) as site:
        assert fetch(site.url("/a"), site.gate) == FINE


def test_a_redirect_in_a_circle_ends() -> None:
    with serving({"/a": (302, "/a")}) as site:
        answer = fetch(site.url("/a"), site.gate)

    assert answer.outcome is Outcome.FAILING
    assert f"{HOPS} times" in answer.detail
    assert len(site.asked) == HOPS


def redirecting(*fields: bytes, body: bytes = b"") -> bytes:
    """An answer that leads to /b, as it goes over the wire."""
    lines = (b"HTTP/1.1 301 Moved", b"Location: /b", *fields, b"", body)
    return b"\r\n".join(lines)


@pytest.mark.parametrize(
    "fields",
    [
        (b"Content-Encoding: gzip", b"Content-Length: 5"),
        (b"Content-Encoding: gzip", b"Content-Length: 1000000000"),
        (b"Transfer-Encoding: chunked",),
    ],
)
def test_of_a_redirect_no_byte_is_read(
    fields: tuple[bytes, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("a body was read")

    monkeypatch.setattr("urllib3.response.HTTPResponse.read", refuse)
    monkeypatch.setattr("urllib3.response.HTTPResponse.stream", refuse)
    with answering(redirecting(*fields, body=b"\x1f\x8bnot gzip")) as site:
        answer = fetch(site.url("/a"), site.gate)

    assert f"{HOPS} times" in answer.detail
    assert len(site.asked) == HOPS


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"\0\0\0\r\n\r\n",
        b"HTTP/1.1 999999 A\r\n\r\n",
        b"HTTP/1.1 302 A\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 A\r\nLocation: http://\xff:99999/\r\n\r\n",
        b"HTTP/1.1 200 A\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 A\r\n" + b"X: a\r\n" * 1_000 + b"\r\n",
    ],
)
def test_whatever_a_server_answers_is_an_answer(reply: bytes) -> None:
    with answering(reply) as site:
        assert fetch(site.url("/a"), site.gate).outcome is Outcome.FAILING


def test_whatever_a_library_raises_is_an_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def burst(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("requests.Session.request", burst)

    assert fetch("https://a.example/").detail == "it does not answer"


def test_where_a_redirect_leads_is_one_printable_line() -> None:
    location = "/b\x1b[31m\u2028\u00e9"
    reply = redirecting().replace(b"/b", location.encode())
    with answering(reply) as site:
        fetch(site.url("/a"), site.gate)

    assert site.asked[1] == "HEAD /b%20%5B31m%20%C3%A9"


def test_a_redirect_without_a_target_is_the_end() -> None:
    with serving({"/a": (302, "")}) as site:
        assert fetch(site.url("/a"), site.gate) == FINE


@pytest.mark.parametrize("target", ["file:///etc/passwd", "gopher://a.example/"])
def test_a_redirect_to_what_is_no_web_page_is_not_followed(target: str) -> None:
    with serving({"/a": (302, target)}) as site:
        answer = fetch(site.url("/a"), site.gate)

    assert answer == Answer(Outcome.FAILING, f"it leads on to `{target}`")


def test_a_redirect_to_a_private_address_is_not_followed() -> None:
    def resolve(host: str, port: int) -> list[tuple[str, int]]:
        return [("127.0.0.1" if host == "site.example" else "10.0.0.1", port)]

    with serving({"/a": (302, "http://intranet.example/secret")}) as site:
        gate = partial(
            Gate, 20, resolve=resolve, allowed=lambda address: address[:3] == "127"
        )
        answer = fetch(site.url("/a"), gate)

    assert answer == Answer(Outcome.PRIVATE, "intranet.example is 10.0.0.1")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_this_machine_is_never_asked(host: str) -> None:
    with serving({"/a": (200, "")}) as site:
        answer = fetch(site.url("/a", host), new_gate)

    assert answer.outcome in (Outcome.PRIVATE, Outcome.NO_HOST)
    assert site.asked == []


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"/a": (200, "")}) as site, serving({}) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url("", "127.0.0.1"))
        assert fetch(site.url("/a"), site.gate) == FINE

    assert proxy.asked == []


def test_a_server_that_drips_is_cut_off() -> None:
    with dripping() as site:
        answer = fetch(site.url("/a"), lambda: site.gate(0.3))

    assert answer.outcome is Outcome.FAILING


def test_a_server_that_is_not_there_fails() -> None:
    with serving({}) as site:
        pass
    answer = fetch(site.url("/a"), site.gate)

    assert answer == Answer(Outcome.FAILING, "it does not answer")


def test_tls_is_spoken_with_a_check_of_the_certificate() -> None:
    with serving({}) as site:
        secure = site.url("/a").replace("http://", "https://")
        answer = fetch(secure, site.gate)

    assert answer == Answer(Outcome.FAILING, "its certificate is not valid")


@pytest.mark.parametrize("url", ["http://[bad/", "https://", "http://a..b:99999/"])
def test_what_is_no_address_is_no_reason_to_fail(url: str) -> None:
    with serving({}) as site:
        assert fetch(url, site.gate).outcome is Outcome.FAILING


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (requests.Timeout(), "it does not answer"),
        (requests.ConnectionError(DeadlineError()), "within 15 seconds"),
        (requests.ConnectionError(TimeoutError()), "within 15 seconds"),
        (requests.exceptions.SSLError(ssl.SSLError()), "certificate"),
        (requests.ConnectionError(socket.gaierror()), "no such host"),
        (ValueError("x"), "not a web address"),
    ],
)
def test_trouble_is_named_by_what_lies_below_it(error: Exception, detail: str) -> None:
    assert detail in _trouble(error).detail


def test_the_agent_says_what_it_does() -> None:
    assert AGENT.isascii()
    assert "newsletter" in AGENT
