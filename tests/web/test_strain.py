"""Bodies without an end and clients without haste, at the real process."""

import contextlib
import socket
from pathlib import Path

import pytest

from tests.web.conftest import SECRET
from tests.web.running import free_port, running
from tests.web.test_serving import answers, line

GIGABYTE = 2**30
CHUNK = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
SLOW = 100

HEADS = {
    "subscribe": b"POST /subscribe HTTP/1.1\r\nContent-Type: application/json\r\n",
    "u": b"POST /u/x HTTP/1.1\r\nContent-Type: text/plain\r\n",
    "webhooks": b"POST /webhooks/resend HTTP/1.1\r\n",
    "archive": b"POST /some/page HTTP/1.1\r\n",
}


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLETTER_SECRET", SECRET)
    monkeypatch.setenv("RESEND_API_KEY", "re_x")
    monkeypatch.setenv("RESEND_WEBHOOK_SECRET", "whsec_" + "A" * 32)


def pour(sock: socket.socket, data: bytes, most: int) -> int:
    """Send it over and over until nobody takes it; the bytes that were taken."""
    sent = 0
    with contextlib.suppress(ConnectionError, TimeoutError):
        while sent < most:
            sock.sendall(data)
            sent += len(data)
    return sent


def resident(url: str) -> int:
    """The most memory, in bytes, that the process behind `url` ever had."""
    port = int(url.rpartition(":")[2])
    inode = _inode(port)
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            files = {each.readlink().name for each in (process / "fd").iterdir()}
            if f"socket:[{inode}]" in files:
                text = (process / "status").read_text()
                line = next(one for one in text.splitlines() if "VmHWM" in one)
                return int(line.split()[1]) * 1024
    raise AssertionError("nobody listens")


def _inode(port: int) -> str:
    """The inode of the socket that listens there (state 0A)."""
    for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = row.split()
        if fields[1].endswith(f":{port:04X}") and fields[3] == "0A":
            return fields[9]
    raise AssertionError("nobody listens")


@pytest.mark.parametrize("door", HEADS)
def test_a_gigabyte_that_was_not_announced_is_not_kept(
    door: str, publication: Path
) -> None:
    chunked = b"Host: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    with running(publication, free_port()) as url, line(url) as sock:
        assert answers(url)
        before = resident(url)
        sock.sendall(HEADS[door] + chunked)

        sent = pour(sock, CHUNK, GIGABYTE)

        assert sent < GIGABYTE / 16
        assert resident(url) - before < 32 * 2**20
        assert answers(url)


def test_slow_clients_keep_nobody_waiting(publication: Path) -> None:
    """Half of a head, half of a body, answers that nobody reads: a hundred of each."""
    said = (
        b"GET /subscribe HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        HEADS["subscribe"] + b"Host: x\r\nContent-Length: 100\r\n\r\n{",
        b"GET /subscribe HTTP/1.1\r\nHost: x\r\n\r\n" * 50,
    )
    with (
        running(publication, free_port()) as url,
        contextlib.ExitStack() as connections,
    ):
        for words in said * SLOW:
            connections.enter_context(line(url)).sendall(words)

        assert answers(url)


def test_a_head_without_an_end_is_not_kept(publication: Path) -> None:
    with running(publication, free_port()) as url, line(url) as sock:
        assert answers(url)
        before = resident(url)
        sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")

        sent = pour(sock, b"X-More: " + b"x" * 0x10000 + b"\r\n", GIGABYTE)

        assert sent < GIGABYTE / 16
        assert resident(url) - before < 32 * 2**20
        assert answers(url)
