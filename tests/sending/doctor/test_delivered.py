"""Judging a delivered message: believed, whole, and left by one click."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.providers.dns import Dns
from newsletter.sending.doctor.delivered import message_findings
from newsletter.sending.doctor.finding import Finding
from tests.sending.doctor.conftest import Knows, the, told
from tests.sending.doctor.messages import (
    DELIVERED,
    GMAIL,
    ICLOUD,
    NAMES,
    OUTLOOK,
    SIGNED,
    SIGNER,
)

NOBODY = Dns("127.0.0.1", 9, seconds=0.1)


def look(data: bytes, dns: Dns | None = None) -> list[Finding]:
    return list(message_findings(data, dns or NOBODY, offline=dns is None))


def changed(pattern: bytes, new: bytes, data: bytes = DELIVERED) -> bytes:
    found = re.sub(pattern, new, data, count=1)
    assert found != data
    return found


def test_all_is_well(knows: Knows) -> None:
    found = look(DELIVERED, knows(NAMES))

    assert told(found) == [
        "from ok",
        "spf ok",
        "dkim ok",
        "dmarc ok",
        "dkim-signature ok",
        "unsubscribe ok",
        "signature ok",
        "alignment ok",
    ]
    assert found[1].message == "mx.google.com says: spf pass"


def test_offline_the_rest_is_still_judged() -> None:
    assert told(look(DELIVERED))[-3:] == [
        "unsubscribe ok",
        "signature not checked",
        "alignment not checked",
    ]


def test_outlooks_way_of_saying_it() -> None:
    found = look(OUTLOOK + SIGNED)

    assert told(found)[:4] == ["from ok", "spf ok", "dkim ok", "dmarc ok"]
    assert found[1].message == "the receiver says: spf pass"


def test_icloud_says_it_in_several_fields() -> None:
    found = look(ICLOUD + SIGNED)

    assert told(found)[1:4] == ["spf problem", "dkim ok", "dmarc problem"]


def test_a_message_that_nobody_received_is_not_judged() -> None:
    found = look(SIGNED)

    assert told(found)[1] == "authentication not checked"
    assert "outbox" in found[1].hint


def test_a_receiver_that_did_not_receive_it_is_doubted() -> None:
    data = changed(rb"Results: mx\.google\.com", b"Results: mx.evil.example")

    assert told(look(data))[1] == "authentication warning"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"spf=pass", b"spf=fail", "spf problem"),
        (b"spf=pass", b"spf=softfail", "spf problem"),
        (b"spf=pass", b"spf=none", "spf warning"),
        (b"spf=pass", b"spf=temperror", "spf warning"),
        (b"spf=pass", b"x=pass", "spf not checked"),
        (b"dkim=pass", b"dkim=fail", "dkim problem"),
        (b"dmarc=pass", b"dmarc=none", "dmarc warning"),
    ],
)
def test_what_the_receiver_found(old: bytes, new: bytes, expected: str) -> None:
    found = look(changed(old, new))

    assert expected in told(found)
    assert the(found, expected.split()[0]).message.startswith("mx.google.com says")


@pytest.mark.parametrize("name", [b"list-unsubscribe-post", b"list-unsubscribe"])
def test_a_signature_must_cover_both_list_fields(name: bytes) -> None:
    data = changed(rb"(?s)(h=[^;]*?)\b" + name + rb"(?=[:;])", rb"\1x-other")

    found = the(look(data), "dkim-signature")

    assert found.verdict == "problem"
    assert f"covers {name.decode()}, so" in found.message


def test_another_signature_may_cover_them() -> None:
    other = b"DKIM-Signature: v=1; d=relay.example; s=x; h=from:to; b=AA==\r\n"

    assert the(look(other + DELIVERED), "dkim-signature").verdict == "ok"


def test_an_unsigned_message_is_a_problem() -> None:
    data = changed(rb"DKIM-Signature:", b"X-Signature:")

    assert the(look(data), "dkim-signature").message == "it is not signed"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (b"a=rsa-sha256;", b"a=rsa-sha1;", "which nobody verifies"),
        (b"a=rsa-sha256;", b"a=rsa-sha256; l=10;", "more can be added"),
    ],
)
def test_a_weak_signature_is_warned_of(old: bytes, new: bytes, what: str) -> None:
    found = [e for e in look(changed(old, new)) if e.check == "dkim-signature"]

    assert told(found) == ["dkim-signature ok", "dkim-signature warning"]
    assert what in found[1].message


@pytest.mark.parametrize(
    ("pattern", "new", "what"),
    [
        (rb"List-Unsubscribe: ", b"X-Leave: ", "0 List-Unsubscribe and 1"),
        (rb"List-Unsubscribe-Post: ", b"X-Post: ", "1 List-Unsubscribe and 0"),
        (rb"MIME-Version: 1.0", b"List-Unsubscribe: <https://x.test>", "2 List-Uns"),
        (rb"<https://letter", b"<http://letter", "has 0 https addresses"),
        (
            rb"List-Unsubscribe: ",
            b"List-Unsubscribe: <https://a.test>, ",
            "2 https addresses",
        ),
        (rb"List-Unsubscribe=One-Click", b"List=One-Click", "is not List-Unsubscribe="),
    ],
)
def test_what_ends_one_click(pattern: bytes, new: bytes, what: str) -> None:
    found = the(look(changed(pattern, new)), "unsubscribe")

    assert found.verdict == "problem"
    assert what in found.message


def test_only_an_address_of_mail_is_no_one_click() -> None:
    data = changed(rb"List-Unsubscribe: <[^>]*>, ", b"List-Unsubscribe: ")

    assert "has 0 https" in the(look(data), "unsubscribe").message


def test_two_senders_are_none(knows: Knows) -> None:
    data = changed(rb"\r\nTo: ", b"\r\nFrom: x@y.test\r\nTo: ")

    found = look(data, knows(NAMES))

    assert found[0].verdict == "problem"
    assert "alignment" not in {each.check for each in found}


@pytest.mark.parametrize("new", [b"lEave</a>", b""])
def test_a_changed_message_is_noticed(knows: Knows, new: bytes) -> None:
    data = DELIVERED.replace(b"leave</a>", new)

    found = the(look(data, knows(NAMES)), "signature")

    assert found.verdict == "warning"
    assert "is not valid now: body hash mismatch" in found.message


def test_a_key_that_is_gone_is_noticed(knows: Knows) -> None:
    found = the(look(DELIVERED, knows({})), "signature")

    assert found.verdict == "warning"


def test_without_a_dns_it_is_not_checked() -> None:
    found = list(message_findings(DELIVERED, NOBODY, offline=False))

    assert "signature not checked" in told(found)


@pytest.mark.parametrize(
    ("signs", "sends", "expected", "what"),
    [
        (b"letter.example.com", b"letter.example.com", "ok", "and letter.example.com"),
        (b"mail.example.com", b"relay.test", "ok", "signed for by its own"),
        (b"relay.test", b"example.com", "warning", "only the envelope sender"),
        (b"relay.test", b"relay.test", "problem", "belongs to letter.example.com (re"),
        (b"", b"", "problem", "(nobody)"),
    ],
)
def test_who_it_must_be(
    knows: Knows, signs: bytes, sends: bytes, expected: str, what: str
) -> None:
    data = re.sub(rb"d=letter\.example\.com", b"d=" + signs, DELIVERED, count=1)
    data = data.replace(b"bounces@letter.example.com", b"b@" + sends if sends else b"")

    found = the(look(data, knows(NAMES)), "alignment")

    assert found.verdict == expected
    assert what in found.message


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", b"no message at all", b"\xff\x00"])
def test_what_is_no_message_is_told(data: bytes) -> None:
    assert told(look(data)) == ["message problem"]


CHUNKS = [
    *DELIVERED.split(b"\r\n")[:40],
    *GMAIL.split(b";"),
    b"DKIM-Signature: v=1; a=ed25519-sha256; d=x; s=y; h=from; bh=AAAA; b=AAAA",
    b"DKIM-Signature: a=rsa-sha256; l=99999999999999999999; t=x; x=-1; i=@; h=:::",
    b"Authentication-Results: " + b"(" * 50,
    b"From: " + b'"' * 30 + b"<<<>>>@@@,,,;;;",
    b"List-Unsubscribe: <<https://x>>, <",
    b"",
]


class Known(Dns):
    """A DNS that has a key, a policy and nonsense for every name."""

    def texts(self, name: str) -> list[str]:
        """The same for all."""
        return [SIGNER.record, "v=DMARC1; p=none; psd=y", f"p={name};;=;k"]


@given(
    st.lists(st.one_of(st.sampled_from(CHUNKS), st.binary(max_size=60)), max_size=30)
)
@settings(deadline=None)
def test_no_message_is_too_odd(lines: list[bytes]) -> None:
    data = b"\r\n".join(lines)

    for each in message_findings(data, Known("127.0.0.1"), offline=False):
        assert each.message
        assert each.check


@pytest.mark.parametrize("length", [1, 50_000])
def test_a_huge_head_is_read_at_once(length: int) -> None:
    head = b"Authentication-Results: " + b"(;" * length + b"\r\n" * 2
    many = b"From: " + b"<a@b.test>, " * length + b"\r\n" + DELIVERED

    assert look(head * 2)
    assert the(look(many), "from").verdict == "problem"
