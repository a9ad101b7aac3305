"""TLS and login: nothing leaves before the relay has proved who it is."""

import base64
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from newsletter.errors import ProviderError, ProviderStopped, ProviderUnavailable
from newsletter.providers.smtp import Smtp
from tests.providers.batches import a_batch
from tests.providers.relays import smtp_publication
from tests.providers.test_smtp import ACCEPTED, states
from tests.rig.certificates import Certificates
from tests.rig.smtp import Relay, relay
from tests.rig.smtp_wire import Wire, wire

USER = "mo@letter.example.com"
PASSWORD = "hush, now: ñ"
LOGIN = {"SMTP_USERNAME": USER, "SMTP_PASSWORD": PASSWORD}


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(autouse=True)
def trusted(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.file))


def secured(
    answers: Relay, security: str, context: ssl.SSLContext
) -> AbstractContextManager[Relay]:
    """Run a relay with the one kind of TLS or the other."""
    if security == "tls":
        return relay(answers, tls=context)
    return relay(answers, starttls=context)


def open_smtp(
    port: int, security: str = "starttls", environment: dict[str, str] | None = None
) -> Smtp:
    publication = smtp_publication(port, security=security)
    return Smtp.from_settings(publication, environment or {})


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_message_travels_encrypted(certificates: Certificates, security: str) -> None:
    context = certificates.good()
    answers = Relay()
    with secured(answers, security, context) as running:
        provider = open_smtp(running.port, security)
        said = provider.check()
        results = provider.send(a_batch(3))
        provider.close()

    assert states(results) == [ACCEPTED] * 3
    assert all(each.encrypted for each in answers.messages)
    assert f"127.0.0.1:{running.port} answers with TLS 1." in said


BAD: list[tuple[Callable[[Certificates], ssl.SSLContext], str]] = [
    (Certificates.wrong_host, "mismatch"),
    (Certificates.expired, "expired"),
    (Certificates.self_signed, "unable to get local issuer"),
]


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(("make", "why"), BAD)
def test_a_relay_that_cannot_prove_itself_gets_nothing(
    certificates: Certificates,
    security: str,
    make: Callable[[Certificates], ssl.SSLContext],
    why: str,
) -> None:
    answers = Relay()
    with secured(answers, security, make(certificates)) as running:
        provider = open_smtp(running.port, security, LOGIN)
        with pytest.raises(ProviderStopped, match="cannot prove who it is") as caught:
            provider.send(a_batch(1))

    assert why in caught.value.message
    assert answers.messages == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_an_old_tls_is_refused(certificates: Certificates, security: str) -> None:
    def script(line: Wire) -> None:
        if security == "starttls":
            line.greet(b"250-wire.example\r\n250 STARTTLS\r\n")
            line.hear()
            line.say(b"220 go\r\n")
        line.secure(certificates.too_old())

    with (
        wire(script) as recording,
        pytest.raises(ProviderStopped, match="agree on no TLS") as caught,
    ):
        open_smtp(recording.port, security, LOGIN).send(a_batch(1))

    assert "protocol version" in caught.value.message


def test_a_stripped_starttls_is_never_done_without() -> None:
    answers = Relay(offer_starttls=False)
    with (
        relay(answers) as running,
        pytest.raises(ProviderStopped, match="does not offer STARTTLS"),
    ):
        open_smtp(running.port, environment=LOGIN).send(a_batch(1))

    assert answers.counts == {}


def test_tls_on_a_port_without_it_is_told() -> None:
    with (
        relay(Relay()) as running,
        pytest.raises(ProviderStopped, match="agree on no TLS") as caught,
    ):
        open_smtp(running.port, "tls").check()

    assert "465" in caught.value.hint


@pytest.mark.parametrize("refusal", [b"454 4.7.0 not now\r\n", b"502 no\r\n"])
def test_a_refused_starttls_is_never_done_without(refusal: bytes) -> None:
    def script(line: Wire) -> None:
        line.greet(b"250-wire.example\r\n250 STARTTLS\r\n")
        assert line.hear() == b"STARTTLS\r\n"
        line.say(refusal)
        line.until_closed()

    with wire(script) as recording, pytest.raises(ProviderError):
        open_smtp(recording.port, environment=LOGIN).check()

    assert recording.everything.endswith(b"STARTTLS\r\n")


def test_words_put_in_before_tls_end_the_session() -> None:
    def script(line: Wire) -> None:
        line.greet(b"250-wire.example\r\n250 STARTTLS\r\n")
        line.hear()
        line.say(b"220 go\r\n250-evil.example\r\n250 AUTH PLAIN\r\n")
        line.until_closed()

    with wire(script) as recording, pytest.raises(ProviderUnavailable):
        open_smtp(recording.port, environment=LOGIN).check()

    assert recording.everything.endswith(b"STARTTLS\r\n")


def test_a_relay_that_hangs_up_while_shaking_hands_is_tried_again() -> None:
    def script(line: Wire) -> None:
        line.greet(b"250-wire.example\r\n250 STARTTLS\r\n")
        line.hear()
        line.say(b"220 go\r\n")

    with wire(script) as recording, pytest.raises(ProviderUnavailable):
        open_smtp(recording.port).check()


def test_it_logs_in(certificates: Certificates) -> None:
    answers = Relay(login=(USER, PASSWORD))
    with relay(answers, starttls=certificates.good()) as running:
        provider = open_smtp(running.port, environment=LOGIN)
        said = provider.check()
        results = provider.send(a_batch(2))
        provider.close()

    assert states(results) == [ACCEPTED] * 2
    assert {each.login for each in answers.messages} == {USER}
    assert "logged in" in said


def test_a_wrong_password_stops_and_is_not_shown(certificates: Certificates) -> None:
    answers = Relay(login=(USER, "another"))
    with relay(answers, starttls=certificates.good()) as running:
        provider = open_smtp(running.port, environment=LOGIN)
        with pytest.raises(ProviderStopped, match="refuses the login: 535") as caught:
            provider.send(a_batch(1))

    assert PASSWORD not in f"{caught.value.message}{caught.value.hint}{provider!r}"


def talks(*exchanges: tuple[bytes, bytes]) -> Callable[[Wire], None]:
    """A relay on this machine without TLS, and what it says to what."""

    def script(line: Wire) -> None:
        line.greet(b"250-wire.example\r\n250 AUTH LOGIN\r\n")
        for expected, reply in exchanges:
            assert line.hear() == expected + b"\r\n"
            line.say(reply + b"\r\n")
        line.until_closed()

    return script


ASKED = (
    (b"AUTH LOGIN", b"334 VXNlcm5hbWU6"),
    (base64.b64encode(USER.encode()), b"334 UGFzc3dvcmQ6"),
)
SECRET = base64.b64encode(PASSWORD.encode())


def test_a_relay_that_knows_login_only_is_logged_into() -> None:
    script = talks(*ASKED, (SECRET, b"235 2.7.0 in"), (b"QUIT", b"221 bye"))
    with wire(script) as recording:
        assert "logged in" in open_smtp(recording.port, "none", LOGIN).check()


def test_a_login_that_is_said_back_is_not_shown() -> None:
    script = talks(*ASKED, (SECRET, b"535 5.7.8 bad password " + SECRET))
    with wire(script) as recording, pytest.raises(ProviderStopped) as caught:
        open_smtp(recording.port, "none", LOGIN).check()

    assert caught.value.message.endswith("535 5.7.8 bad password …")


def test_a_login_that_cannot_be_made_now_is_tried_again() -> None:
    script = talks((b"AUTH LOGIN", b"454 4.7.0 later"))
    with wire(script) as recording, pytest.raises(ProviderUnavailable, match="later"):
        open_smtp(recording.port, "none", LOGIN).check()


def test_a_relay_without_a_login_is_told() -> None:
    def script(line: Wire) -> None:
        line.greet()
        line.until_closed()

    with (
        wire(script) as recording,
        pytest.raises(ProviderStopped, match="no login by password") as caught,
    ):
        open_smtp(recording.port, "none", LOGIN).check()

    assert "leave SMTP_USERNAME out" in caught.value.hint


def test_a_name_that_does_not_exist_is_tried_again() -> None:
    publication = smtp_publication(25, host="localhost..invalid")
    with pytest.raises(ProviderUnavailable, match="cannot be reached"):
        Smtp.from_settings(publication, {}).check()
