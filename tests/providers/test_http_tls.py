"""Nothing leaves before the other side has proved who it is."""

import socket
import ssl
import threading
from pathlib import Path

import pytest
import trustme

from newsletter.errors import (
    ProviderError,
    ProviderStopped,
    ProviderUnavailable,
)
from tests.providers.client import Opened, late_answer, meaning
from tests.providers.client import opened as opened
from tests.providers.client import recorder as recorder
from tests.providers.recorder import Recorder, Reply


@pytest.fixture
def certified(tmp_path: Path) -> tuple[ssl.SSLContext, str]:
    """A server's context for 127.0.0.1, and the file that proves it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return context, str(file)


def test_a_server_that_proves_itself_is_answered(
    opened: Opened, certified: tuple[ssl.SSLContext, str]
) -> None:
    context, file = certified
    with Recorder(tls=context) as recorder:
        http = opened()
        http._session.verify = file
        assert http.call("POST", recorder.url, json=1).ok
        assert http.call("POST", recorder.url, json=1).ok
        assert recorder.connections == 1
        recorder.answer(Reply(fault="drip", body=b"x" * 10_000))
        http._seconds = 0.5
        error = late_answer(http, recorder.url, json=1)

    assert "did not answer within" in str(error)


def test_a_server_that_proves_to_be_another_gets_nothing(
    opened: Opened, certified: tuple[ssl.SSLContext, str]
) -> None:
    context, file = certified
    with Recorder(tls=context) as recorder:
        stranger = opened()
        assert isinstance(meaning(stranger, recorder.url, json=1), ProviderStopped)
        other_name = opened()
        other_name._session.verify = file
        url = recorder.url.replace("127.0.0.1", "localhost")
        error = meaning(other_name, url, json=1)

    assert isinstance(error, ProviderStopped)
    assert "cannot prove who it is" in str(error)
    assert not recorder.requests


def test_an_old_tls_is_refused(
    opened: Opened, certified: tuple[ssl.SSLContext, str]
) -> None:
    context, file = certified
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.maximum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with Recorder(tls=context) as recorder:
        http = opened()
        http._session.verify = file

        assert isinstance(meaning(http, recorder.url, json=1), ProviderStopped)


def test_a_server_without_tls_is_refused(recorder: Recorder, opened: Opened) -> None:
    url = recorder.url.replace("http:", "https:")

    assert isinstance(meaning(opened(seconds=0.3), url, json=1), ProviderError)
    assert not recorder.requests


def test_a_handshake_that_breaks_off_may_be_tried_again(opened: Opened) -> None:
    def hang_up(listening: socket.socket) -> None:
        caller, _ = listening.accept()
        caller.recv(65536)
        caller.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        server = threading.Thread(target=hang_up, args=[listening])
        server.start()
        error = meaning(opened(), url, json=1)
        server.join()

    assert isinstance(error, ProviderUnavailable)


def test_a_handshake_ends_at_the_deadline(opened: Opened) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"https://127.0.0.1:{deaf.getsockname()[1]}"

        error = meaning(opened(seconds=0.3), url, json=1)

    assert isinstance(error, ProviderUnavailable)
    assert str(error) == "Sample did not take the call within 0.3 s"
