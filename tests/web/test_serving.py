"""The process itself: idle, slow and endless clients, several workers, a clean end."""

import contextlib
import resource
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from newsletter.web import incoming, patience
from newsletter.web.patience import Patient
from tests.web.conftest import SECRET
from tests.web.running import free_port, running


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLETTER_SECRET", SECRET)


def answers(url: str) -> bool:
    with urllib.request.urlopen(f"{url}/healthz", timeout=30) as answer:
        return bool(answer.status == 200)


def line(url: str) -> socket.socket:
    """A connection, over which nothing was said yet."""
    host, _, port = url.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), 60)


def test_ten_thousand_silent_connections_keep_nobody_out(publication: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    number = min(10_000, hard - 1000)
    with (
        running(publication, free_port()) as url,
        contextlib.ExitStack() as connections,
    ):
        for _ in range(number):
            connections.enter_context(line(url))

        assert answers(url)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_gigabyte_is_refused_before_it_is_sent(publication: Path) -> None:
    with running(publication, free_port()) as url, line(url) as sock:
        sock.sendall(
            b"POST /subscribe HTTP/1.1\r\nHost: x\r\n"
            b"Content-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n"
        )

        assert sock.recv(100).startswith(b"HTTP/1.1 413 ")
        with contextlib.suppress(ConnectionError):
            while sock.recv(65536):
                pass  # it hangs up, and does not wait for the rest
        assert answers(url)


def test_a_request_with_two_lengths_is_refused(publication: Path) -> None:
    """One that a proxy and we would read differently (request smuggling)."""
    with running(publication, free_port()) as url, line(url) as sock:
        sock.sendall(
            b"POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n"
        )

        assert sock.recv(100).startswith(b"HTTP/1.1 400 ")


def test_a_head_of_a_megabyte_is_not_collected(publication: Path) -> None:
    with running(publication, free_port()) as url, line(url) as sock:
        with contextlib.suppress(ConnectionError):
            sock.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 1_000_000)
            sock.sendall(b"\r\n\r\n")
            sock.recv(100)

        assert answers(url)


def test_several_processes_need_postgresql(publication: Path) -> None:
    """Each would have limits of its own, and allow as many sign-ups again."""
    ended = newsletter(publication, "serve", "--processes", "2")

    assert ended.returncode == 2
    assert "several processes need a PostgreSQL database" in ended.stderr


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A small server, which waits for heads and bodies as ours does, but longer."""
    monkeypatch.setattr(patience, "HEAD_SECONDS", 60)
    monkeypatch.setattr(incoming, "SECONDS", 60)
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse, Response
    from starlette.routing import Route

    async def read(request: Request) -> Response:
        return PlainTextResponse(str(len(await incoming.body(request, 1000))))

    app = Starlette(routes=[Route("/", read, methods=["GET", "POST"])])
    config = uvicorn.Config(app, http=Patient, ws="none", log_level="error")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.mark.parametrize(
    "said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "]
)
def test_who_does_not_come_to_the_point_is_hung_up_on(
    small: str, said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "HEAD_SECONDS", 0.2)
    with line(small) as sock:
        answer = b""
        # It may hang up before it has read what was said.
        with contextlib.suppress(ConnectionError):
            sock.sendall(said)
            answer = sock.recv(100)

        assert answer == b""


def test_a_body_that_does_not_come_is_not_waited_for(
    small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "SECONDS", 0.2)
    with line(small) as sock:
        sock.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")

        assert sock.recv(100).startswith(b"HTTP/1.1 408 ")


def test_who_speaks_in_time_is_answered_twice_on_one_line(small: str) -> None:
    with line(small) as sock:
        for _ in range(2):
            sock.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")

            assert sock.recv(1000).endswith(b"\r\n\r\n3")


def test_who_hangs_up_in_the_middle_harms_nobody(small: str) -> None:
    for said in (b"", b"GET /", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc"):
        with line(small) as sock:
            sock.sendall(said)

    with line(small) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert sock.recv(1000).endswith(b"\r\n\r\n0")


def newsletter(root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A command that ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", "newsletter", *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_port_that_is_taken_is_said(publication: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        ended = newsletter(publication, "serve", "--port", port)

    assert ended.returncode == 2
    assert f"cannot listen at 127.0.0.1, port {port}" in ended.stderr
    assert "choose another --port" in ended.stderr
    assert "there is no" in ended.stderr
    assert "`newsletter build` makes the archive" in ended.stderr


def test_what_cannot_work_is_said_before_anything_listens(publication: Path) -> None:
    (publication / "welcome.md").write_text("no front matter", "utf-8")

    ended = newsletter(publication, "serve", "--port", str(free_port()))

    assert ended.returncode == 3
    assert "welcome.md:1:1" in ended.stderr
