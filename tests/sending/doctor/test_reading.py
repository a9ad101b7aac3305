"""What a delivered message says of itself, whatever it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.sending.doctor.reading import Delivered, Result, same_end
from tests.sending.doctor.messages import DELIVERED, GMAIL, ICLOUD, OUTLOOK, SIGNED


def test_what_gmail_says() -> None:
    message = Delivered(DELIVERED)

    assert message.results is not None
    assert message.results.server == "mx.google.com"
    assert [(r.method, r.result) for r in message.results.results] == [
        ("dkim", "pass"),
        ("spf", "pass"),
        ("dmarc", "pass"),
    ]
    assert message.results.of("dkim")[0].properties == {
        "header.i": "@letter.example.com",
        "header.s": "friday",
        "header.b": "AbCd",
    }
    assert message.receivers == ["mx.google.com"]
    assert message.envelope_domain == "letter.example.com"
    assert message.from_domains == ["letter.example.com"]


def test_what_outlook_says() -> None:
    message = Delivered(OUTLOOK + SIGNED)

    assert message.results is not None
    assert message.results.server == ""
    assert [each.method for each in message.results.results] == [
        "spf",
        "dkim",
        "dmarc",
        "compauth",
    ]
    assert message.envelope_domain == "letter.example.com"


def test_what_icloud_says_in_several_fields() -> None:
    message = Delivered(ICLOUD + SIGNED)

    assert message.results is not None
    assert message.results.server == "dmarc.icloud.com"
    assert [(r.method, r.result) for r in message.results.results] == [
        ("dmarc", "fail"),
        ("dkim", "pass"),
        ("spf", "softfail"),
    ]


def test_only_the_last_receiver_is_believed() -> None:
    forged = b"Authentication-Results: evil.example; dkim=fail; spf=fail\r\n"

    message = Delivered(GMAIL + forged + SIGNED)

    assert message.results is not None
    assert {each.result for each in message.results.results} == {"pass"}


def test_our_own_signature_is_read() -> None:
    signature = Delivered(SIGNED).signatures[0]

    assert signature.domain == "letter.example.com"
    assert signature.tags["s"] == "friday"
    assert signature.fields[:2] == ["from", "from"]
    assert "list-unsubscribe-post" in signature.fields


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_line_ends_do_not_matter(line_end: bytes) -> None:
    data = DELIVERED.replace(b"\r\n", line_end)

    assert Delivered(data).fields == Delivered(DELIVERED).fields


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("none", []),
        ("mx.example 1; none", []),
        ("mx.example; SPF/1=Pass", [Result("spf", "pass", {})]),
        (
            'mx.example; dkim=pass reason="good; really" header.d="a.example"',
            [Result("dkim", "pass", {})],
        ),
        ("mx.example; =; ;;; spf; spf=", []),
        ("mx.example; spf=pass (((", [Result("spf", "pass", {})]),
        (") mx.example; spf=pass", [Result("spf", "pass", {})]),
    ],
)
def test_odd_results_are_read_as_far_as_they_go(
    value: str, expected: list[Result]
) -> None:
    results = Delivered(f"Authentication-Results: {value}\r\n\r\n".encode()).results

    assert results is not None
    assert list(results.results) == expected


@pytest.mark.parametrize(
    ("field", "domains"),
    [
        ("From: a@b.test", ["b.test"]),
        ("from : =?utf-8?b?Wm/Dqw==?= <a@B.Test.>", ["b.test"]),
        ('From: "x@y.test" <a@b.test>', ["b.test"]),
        ("From: a@b.test, c@d.test", ["b.test", "d.test"]),
        ("From: nobody", []),
        ("From:", []),
    ],
)
def test_who_it_is_from(field: str, domains: list[str]) -> None:
    assert Delivered(f"{field}\r\n\r\n".encode()).from_domains == domains


def test_hosts_of_one_family_are_known() -> None:
    assert same_end("mx.google.com", "x.y.GOOGLE.com")
    assert not same_end("mx.google.com", "mx.example.com")
    assert not same_end("", "")


@given(st.binary(max_size=2000))
def test_anything_can_be_read(data: bytes) -> None:
    prefix = b"Authentication-Results: a; dkim=pass\r\nFrom: x\r\nReceived: by a.b\r\n"
    for each in (data, prefix + data, b"From: " + data, b"DKIM-Signature: " + data):
        message = Delivered(each)
        assert message.results is None or message.results.results is not None
        assert isinstance(message.from_domains, list)
        assert isinstance(message.signatures, list)
        assert isinstance(message.envelope_domain, str)
        assert isinstance(message.receivers, list)
