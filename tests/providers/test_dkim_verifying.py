"""Verifying a signature says why it is not valid, whatever it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.providers.dkim_verifying import verified
from newsletter.providers.dns import DnsUnavailable
from tests.sending.doctor.messages import NAMES, SIGNED

KEYS = next(iter(NAMES.values()))


def test_a_valid_signature_needs_no_words() -> None:
    asked: list[str] = []

    def texts(name: str) -> list[str]:
        asked.append(name)
        return list(KEYS)

    assert verified(SIGNED, 0, texts) == ""
    assert asked == ["friday._domainkey.letter.example.com"]


def test_the_reason_is_told() -> None:
    changed = SIGNED.replace(b"leave</a>", b"stay</a>")

    assert "body hash mismatch" in verified(changed, 0, lambda _: list(KEYS))
    assert verified(SIGNED, 0, lambda _: [])
    assert verified(SIGNED, 0, lambda _: ["v=DKIM1; p="])
    assert verified(b"From: a@b.test\r\n\r\n", 0, lambda _: list(KEYS))


def test_whatever_the_library_raises_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def verify(*_: object, **__: object) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr("dkim.DKIM.verify", verify)

    reason = verified(SIGNED, 0, lambda _: list(KEYS))
    assert reason == "it cannot be read (ZeroDivisionError)"


def test_a_dns_that_does_not_answer_is_passed_on() -> None:
    def texts(_: str) -> list[str]:
        raise DnsUnavailable

    with pytest.raises(DnsUnavailable):
        verified(SIGNED, 0, texts)


@given(
    st.dictionaries(
        st.sampled_from(["v", "a", "b", "bh", "c", "d", "h", "i", "l", "q", "s", "t"]),
        st.one_of(
            st.sampled_from(
                ["1", "rsa-sha256", "ed25519-sha256", "AA==", "relaxed/relaxed",
                 "example.com", "from:to", "-1", "é", "", "=", "99999999999999999999"]
            ),
            st.text(max_size=20),
        ),
    ),
    st.sampled_from(["p=", "p=AAAA", "k=ed25519; p=AAAA", "garbage", "v=x", ";;;"]),
)  # fmt: skip
def test_any_signature_can_be_read(tags: dict[str, str], key: str) -> None:
    value = "; ".join(f"{name}={text}" for name, text in tags.items())
    message = f"From: a@b.test\r\nDKIM-Signature: {value}\r\n\r\nx\r\n".encode()

    assert verified(message, 0, lambda _: [key])
