"""Tokens: only who has the secret makes them, and each is good for one purpose."""

import base64
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.token import Keyring, Meant, Signer

SIGNER = Signer(b"a secret of more than 16 bytes")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
IDS = st.integers(0, 2**64 - 1)


@given(IDS, st.text(max_size=20), st.binary(max_size=64))
def test_a_token_is_read_back_by_its_signer(
    subscriber: int, purpose: str, secret: bytes
) -> None:
    signer = Signer(secret)
    purpose = purpose.encode("utf-8", "ignore").decode()

    assert signer.read(purpose, signer.sign(purpose, subscriber)) == subscriber


@given(
    st.binary(max_size=200),
    st.lists(IDS, max_size=5),
    st.integers(0, 2**32 - 1),
)
def test_many_tokens_are_each_hmac_sha256_in_base64url(
    secret: bytes, subscribers: list[int], about: int
) -> None:
    signer = Signer(secret)
    last = about.to_bytes(4, "big") if about else b""
    bodies = [signer.key_id + uid.to_bytes(8, "big") + last for uid in subscribers]
    macs = [hmac.digest(secret, b"leave\0" + body, "sha256") for body in bodies]
    tokens = [
        base64.urlsafe_b64encode(body + mac[:16]).decode().rstrip("=")
        for body, mac in zip(bodies, macs, strict=True)
    ]

    assert signer.sign_all("leave", subscribers, about) == tokens


@given(IDS)
def test_a_token_is_short_safe_in_a_url_and_always_the_same(subscriber: int) -> None:
    token = SIGNER.sign("unsubscribe", subscriber)

    assert len(token) == 38
    assert set(token) <= set(ALPHABET)
    assert token == Signer(SIGNER.secret).sign("unsubscribe", subscriber)


@given(IDS, st.integers(0, 28 * 8 - 1))
def test_a_token_with_one_bit_flipped_is_refused(subscriber: int, bit: int) -> None:
    token = SIGNER.sign("unsubscribe", subscriber)
    data = bytearray(base64.urlsafe_b64decode(token + "=="))
    data[bit // 8] ^= 1 << bit % 8

    forged = base64.urlsafe_b64encode(data).decode().rstrip("=")

    assert SIGNER.read("unsubscribe", forged) is None


@given(st.integers(0, 37), st.sampled_from(ALPHABET))
def test_a_token_with_one_character_changed_is_refused(
    position: int, character: str
) -> None:
    token = SIGNER.sign("unsubscribe", 42)
    forged = token[:position] + character + token[position + 1 :]

    assert SIGNER.read("unsubscribe", forged) == (42 if forged == token else None)


@given(st.integers(0, 38), st.text("!.= \n-Aé", min_size=1, max_size=3))
def test_a_token_with_something_put_into_it_is_refused(
    position: int, addition: str
) -> None:
    token = SIGNER.sign("unsubscribe", 42)

    forged = token[:position] + addition + token[position:]

    assert SIGNER.read("unsubscribe", forged) is None


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    assert SIGNER.read("unsubscribe", text) is None


def test_a_token_that_is_cut_off_is_refused() -> None:
    token = SIGNER.sign("unsubscribe", 42)

    assert [SIGNER.read("unsubscribe", token[:end]) for end in range(38)] == [None] * 38


@given(st.text(max_size=10), st.text(max_size=10))
def test_a_token_is_good_for_one_purpose(one: str, other: str) -> None:
    token = SIGNER.sign(one, 42)

    assert SIGNER.read(other, token) == (42 if one == other else None)


@given(st.binary(max_size=40))
def test_a_token_of_another_secret_is_refused(secret: bytes) -> None:
    other = Signer(secret)

    assert SIGNER.read("unsubscribe", other.sign("unsubscribe", 42)) is None
    assert other.read("unsubscribe", SIGNER.sign("unsubscribe", 42)) is None


def test_a_token_names_its_key_and_tells_nothing_of_the_secret() -> None:
    data = base64.urlsafe_b64decode(SIGNER.sign("unsubscribe", 42) + "==")

    assert data[:4] == SIGNER.key_id != Signer(b"another").key_id
    assert SIGNER.key_name == SIGNER.key_id.hex()
    assert data[4:12] == (42).to_bytes(8, "big")
    assert SIGNER.secret[:4] not in data


def test_a_token_is_the_same_in_every_version() -> None:
    """Links in mail that was sent must go on working."""
    token = "qcdV9QAAAAAAAAAq8fhN_V3oT_Dj9fAFc0l6vA"

    assert Signer(b"0123456789abcdef").sign("unsubscribe", 42) == token


@pytest.mark.parametrize("subscriber", [-1, 2**64])
def test_an_id_that_no_store_gives_is_not_signed(subscriber: int) -> None:
    with pytest.raises(OverflowError):
        SIGNER.sign("unsubscribe", subscriber)


@given(IDS, st.integers(1, 2**32 - 1))
def test_a_token_may_say_what_it_is_about(subscriber: int, about: int) -> None:
    token = SIGNER.sign("unsubscribe", subscriber, about)

    assert len(token) == 43
    assert set(token) <= set(ALPHABET)
    assert SIGNER.meant("unsubscribe", token) == Meant(subscriber, about)
    assert SIGNER.read("unsubscribe", token) == subscriber


@given(IDS, st.integers(1, 2**32 - 1), st.integers(0, 32 * 8 - 1))
def test_what_it_is_about_cannot_be_changed(
    subscriber: int, about: int, bit: int
) -> None:
    data = bytearray(
        base64.urlsafe_b64decode(SIGNER.sign("unsubscribe", subscriber, about) + "=")
    )
    data[bit // 8] ^= 1 << bit % 8

    forged = base64.urlsafe_b64encode(data).decode().rstrip("=")

    assert SIGNER.meant("unsubscribe", forged) is None


def test_no_long_text_is_looked_at() -> None:
    assert SIGNER.meant("unsubscribe", "A" * 1_000_000) is None


def test_a_body_of_another_length_is_refused() -> None:
    """Signed with the secret, but no token of ours."""
    body = SIGNER.key_id + b"12345"
    signed = base64.urlsafe_b64encode(body + SIGNER._mac("x", body)).decode()

    assert SIGNER.meant("x", signed.rstrip("=")) is None


def test_a_keyring_reads_what_the_secrets_before_have_signed() -> None:
    old = Signer(b"the one before")
    keyring = Keyring([SIGNER, old])

    assert keyring.current is SIGNER
    for signer in (SIGNER, old):
        assert keyring.meant("x", signer.sign("x", 7, 3)) == Meant(7, 3)
    assert keyring.meant("x", Signer(b"another").sign("x", 7)) is None
    assert keyring.meant("y", old.sign("x", 7)) is None
    # An id of nought is somebody all the same: a form's.
    assert keyring.meant("x", old.sign("x", 0)) == Meant(0)
