"""Every signature verifies elsewhere, and breaks when what it covers is changed."""

import base64
import re
from collections.abc import Mapping
from pathlib import Path

import dkim  # type: ignore[import-untyped]
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from dkim.canonicalization import Relaxed  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import ConfigError
from newsletter.providers.dkim_signing import SIGNED, Signer, relaxed_body
from newsletter.providers.smtp import Smtp
from tests.providers.batches import MOMENT, a_batch
from tests.providers.dkim_keys import DOMAIN, RSA, SELECTOR, pem, record, write_key
from tests.providers.relays import smtp_publication
from tests.rig.node import mailauth as verdicts
from tests.rig.smtp import Relay, relay

KEYS: dict[str, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey] = {
    "rsa-sha256": RSA,
    "ed25519-sha256": ed25519.Ed25519PrivateKey.generate(),
}
BATCH = a_batch(1)
MESSAGE = BATCH.mime(BATCH.recipients[0])


@pytest.fixture(params=KEYS, ids=str)
def signer(request: pytest.FixtureRequest, tmp_path: Path) -> Signer:
    path = write_key(tmp_path / "dkim.pem", KEYS[request.param])
    return Signer.from_file(path, domain=DOMAIN, selector=SELECTOR)


def names_of(signer: Signer) -> Mapping[str, str]:
    """What the DNS says of the signer's key."""
    return {
        f"{SELECTOR}._domainkey.{DOMAIN}": record(signer.key),
        f"_dmarc.{DOMAIN}": "v=DMARC1; p=reject",
    }


def verifies(message: bytes, signer: Signer) -> bool:
    """What dkimpy says."""
    names = names_of(signer)

    def ask(name: bytes, timeout: int = 5) -> bytes:
        return names.get(name.decode().rstrip("."), "").encode()

    try:
        return bool(dkim.DKIM(message).verify(dnsfunc=ask))
    except dkim.ValidationError:
        return False


def signed_names(message: bytes) -> list[str]:
    """The names in `h=`."""
    head = message.partition(b"\r\n\r\n")[0].decode()
    found = re.search(r"\bh=([^;]*);", head)
    assert found
    return re.sub(r"\s", "", found[1]).split(":")


def test_two_verifiers_of_different_makes_agree(signer: Signer) -> None:
    signed = signer.sign(MESSAGE, MOMENT)

    assert verifies(signed, signer)
    assert verdicts(signed, names_of(signer)) == {"dkim": ["pass"], "dmarc": "pass"}


def test_it_signs_what_it_should(signer: Signer) -> None:
    names = signed_names(signer.sign(MESSAGE, MOMENT))

    assert names.count("from") == 2
    for name in ("list-unsubscribe", "list-unsubscribe-post", "list-id", "feedback-id"):
        assert name in names
    assert "message-id" not in names
    assert b" l=" not in signer.sign(MESSAGE, MOMENT)


def test_the_signature_is_the_same_every_time(signer: Signer) -> None:
    assert signer.sign(MESSAGE, MOMENT) == signer.sign(MESSAGE, MOMENT)


def test_its_lines_are_short_and_end_as_they_must(signer: Signer) -> None:
    signed = signer.sign(MESSAGE, MOMENT)

    assert signed.endswith(MESSAGE)
    field = signed.removesuffix(MESSAGE)
    assert field.count(b"\r\n") == field.count(b"\n") == field.count(b"\r")
    assert max(map(len, field.split(b"\r\n"))) <= 78


TAMPERED = {
    "from": (b"From: ", b"From: evil@example.net, "),
    "second from": (b"DKIM-Signature:", b"From: x@example.net\r\nDKIM-Signature:"),
    "subject": (b"Subject: ", b"Subject: BUY "),
    "to": (b"reader1@", b"reader2@"),
    "unsubscribe": (b"/u/token-1>", b"/u/token-2>"),
    "post": (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=No"),
    "list-id": (b"List-Id: ", b"List-Id: a"),
    "feedback-id": (b":newsletter:issue:", b":other:issue:"),
    "body": (b"leave</a>", b"lEave</a>"),
    "longer body": (b"--\r\n", b"--\r\nmore\r\n"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_is_changed_on_the_way_is_noticed(signer: Signer, what: str) -> None:
    signed = signer.sign(MESSAGE, MOMENT)
    changed = signed.replace(*TAMPERED[what], 1)

    assert changed != signed
    assert not verifies(changed, signer)


def test_another_verifier_notices_too(signer: Signer) -> None:
    signed = signer.sign(MESSAGE, MOMENT).replace(b"/u/token-1>", b"/u/token-2>", 1)

    assert verdicts(signed, names_of(signer))["dkim"] == ["fail"]


def test_what_relays_may_change_is_not_noticed(signer: Signer) -> None:
    signed = signer.sign(MESSAGE, MOMENT)
    changed = b"Received: from a by b\r\n" + signed.replace(
        b"\r\nMIME-Version: 1.0", b"\r\nmime-version:  1.0 "
    )

    assert changed != signed
    assert verifies(changed, signer)


@given(
    st.lists(st.text(alphabet=" \t.ab=", max_size=12).map(str.encode), max_size=12),
    st.booleans(),
)
def test_bodies_are_seen_as_dkimpy_sees_them(lines: list[bytes], ends: bool) -> None:
    body = b"\r\n".join(lines) + (b"\r\n" if ends else b"")
    if not ends:
        body = body.rstrip(b" \t\r\n")

    assert relaxed_body(body) == (Relaxed.canonicalize_body(body) if body else b"")


def test_a_long_list_of_fields_is_cut_into_lines(signer: Signer) -> None:
    fields = b"".join(name.encode() + b": x\r\n" for name in SIGNED)
    signed = signer.sign(fields + b"\r\nx\r\n", MOMENT)

    assert signed_names(signed) == ["from", *SIGNED]
    assert verifies(signed, signer)


def test_a_provider_signs_what_it_sends(tmp_path: Path) -> None:
    write_key(tmp_path / "dkim.pem", RSA)
    settings = {"dkim": {"selector": SELECTOR, "key_file": "dkim.pem"}}
    batch = a_batch(3)
    with relay(Relay()) as running:
        publication = smtp_publication(running.port, **settings)
        home = publication.model_copy(update={"root": tmp_path})
        provider = Smtp.from_settings(home, {})
        provider.send(batch)
        provider.send(batch)
        provider.close()

    signer = Signer(DOMAIN, SELECTOR, RSA)
    assert len(running.messages) == 6
    for recipient, received in zip(batch.recipients, running.messages, strict=False):
        assert verifies(received.data, signer)
        assert received.data.endswith(batch.mime(recipient))
    assert running.messages[0].data == running.messages[3].data


def bad_keys() -> dict[str, tuple[bytes, str]]:
    """What a key file may hold instead, and what is said of it."""
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    shorter = b"\n".join(
        [
            b"-----BEGIN RSA PRIVATE KEY-----",
            base64.encodebytes(b"not a key at all").strip(),
            b"-----END RSA PRIVATE KEY-----",
        ]
    )
    locked = short.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")
    )
    public = short.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    curve = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    return {
        "empty": (b"", "is not a private key"),
        "binary": (bytes(range(256)), "is not a private key"),
        "garbled": (shorter, "is not a private key"),
        "locked": (locked, "is not a private key"),
        "public": (public, "is not a private key"),
        "curve": (curve, "neither an RSA nor an Ed25519 key"),
    }


@pytest.mark.parametrize("kind", bad_keys())
def test_what_is_no_key_is_told(tmp_path: Path, kind: str) -> None:
    data, what = bad_keys()[kind]
    (tmp_path / "dkim.pem").write_bytes(data)

    with pytest.raises(ConfigError, match=what):
        Signer.from_file(tmp_path / "dkim.pem", domain=DOMAIN, selector=SELECTOR)


@pytest.mark.parametrize("name", ["missing.pem", "."])
def test_a_key_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        Signer.from_file(tmp_path / name, domain=DOMAIN, selector=SELECTOR)


def test_a_key_that_verifiers_do_not_take_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The library no longer makes keys as short as that.
    monkeypatch.setattr("newsletter.providers.dkim_signing.MIN_RSA_BITS", 4096)
    (tmp_path / "dkim.pem").write_bytes(pem(RSA))

    with pytest.raises(ConfigError, match="has only 2048 bits"):
        Signer.from_file(tmp_path / "dkim.pem", domain=DOMAIN, selector=SELECTOR)
