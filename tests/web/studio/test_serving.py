"""`newsletter preview`: where it listens, who finds it, how it ends."""

import errno
import http.client
import io
import re
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import segno

from newsletter.errors import UsageError
from newsletter.web.studio import serving
from newsletter.web.studio.serving import (
    bracketed,
    new_key,
    open_doors,
    outward_address,
)
from tests.cli.conftest import Newsletter
from tests.web.studio.conftest import ISSUE, SECONDS, previewing


def status(host: str, port: int, path: str = "/", name: str = "") -> int:
    """What a request is answered with; its Host is that of a browser, or `name`."""
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    try:
        connection.request("GET", path, headers={"Host": name} if name else {})
        return connection.getresponse().status
    finally:
        connection.close()


def has_ipv6() -> bool:
    """Whether this machine can listen at ::1."""
    try:
        with socket.socket(socket.AF_INET6) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True


def test_both_addresses_of_this_machine_answer_at_one_port(publication: Path) -> None:
    with previewing(publication) as url:
        port = int(url.rpartition(":")[2])
        assert status("127.0.0.1", port) == 200
        if has_ipv6():
            assert status("::1", port, name=f"[::1]:{port}") == 200
        assert status("127.0.0.1", port, name=f"localhost:{port}") == 200
        assert status("127.0.0.1", port, name="evil.example") == 400


def test_no_other_address_of_the_machine_is_listened_at() -> None:
    doors = open_doors(0)
    try:
        hosts = {sock.getsockname()[0] for sock in doors.sockets}
        assert hosts <= {"127.0.0.1", "::1"}
        assert len({sock.getsockname()[1] for sock in doors.sockets}) == 1
    finally:
        for sock in doors.sockets:
            sock.close()


def test_a_port_that_is_taken_is_told_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError) as told:
            open_doors(port)
    assert f"cannot listen at 127.0.0.1, port {port}: address already in use" in str(
        told.value
    )
    assert "--port 0" in told.value.hint


@pytest.mark.skipif(not has_ipv6(), reason="there is no ::1")
def test_a_port_that_is_taken_at_the_other_address_is_told_too() -> None:
    def is_left_free() -> bool:
        """Whether nothing listens at 127.0.0.1 after ::1 was refused."""
        with socket.socket(socket.AF_INET6) as taken, socket.socket() as other:
            taken.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            taken.bind(("::1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            with pytest.raises(UsageError):
                open_doors(port)
            with suppress(OSError):
                other.bind(("127.0.0.1", port))
            return bool(other.getsockname()[1] == port)

    # Another program may be there by chance: not at each of three.
    assert any(is_left_free() for _ in range(3))


def test_an_address_that_is_not_this_machine_s_is_told(publication: Path) -> None:
    command = Path(sys.executable).with_name("newsletter")
    for host in ("192.0.2.1", "no such host"):
        ended = subprocess.run(
            [command, "preview", "--host", host],
            cwd=publication,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 2
        assert f"cannot listen at {host}, port 8025" in ended.stderr
        assert "--port 0" not in ended.stderr
        if host == "192.0.2.1":
            assert "an address of this machine itself" in ended.stderr


def test_a_port_of_the_system_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """As root there is none."""

    def refused(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(serving, "_listen", refused)
    with pytest.raises(UsageError) as told:
        open_doors(80)
    assert "take one above" in told.value.hint
    assert "--port 0" not in told.value.hint


def test_a_second_one_takes_another_port_when_told(
    publication: Path, newsletter: Newsletter
) -> None:
    with previewing(publication) as first, previewing(publication) as second:
        assert first != second
        refused = newsletter("preview", "--port", first.rpartition(":")[2])
    assert refused.code == 2
    assert "address already in use" in refused.err
    assert "--port 0" in refused.err


def test_it_opens_at_the_issue_that_is_named(publication: Path) -> None:
    command = Path(sys.executable).with_name("newsletter")
    process = subprocess.Popen(
        [command, "preview", "pull-up-the-second-chair", "--port", "0"],
        cwd=publication,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    line = process.stdout.readline()
    process.terminate()
    process.communicate(timeout=SECONDS)
    assert re.fullmatch(rf"http://127\.0\.0\.1:\d+/issues/{ISSUE}\n", line)


def test_an_issue_that_is_not_there_is_told(newsletter: Newsletter) -> None:
    ended = newsletter("preview", "pull-up-the-second-char")

    assert ended.code == 2
    assert "did you mean pull-up-the-second-chair?" in ended.err


def test_with_a_host_there_is_a_key_and_a_picture_of_the_address(
    publication: Path,
) -> None:
    """The key is in the address alone: no request without it is answered."""
    with previewing(publication, "--host", "127.0.0.1") as url:
        address, _, key = url.partition("/?key=")
        assert len(key) >= 24
        port = int(address.rpartition(":")[2])
        assert status("127.0.0.1", port) == 401
        assert status("127.0.0.1", port, f"/?key={key}") == 303
        assert status("127.0.0.1", port, f"/?key={key}", name="evil.example") == 400


def test_the_code_for_a_phone_is_that_of_the_address(publication: Path) -> None:
    drawn, local, code = io.StringIO(), io.StringIO(), io.StringIO()
    with previewing(publication, "--host", "127.0.0.1", told=drawn) as url:
        port = int(url.partition("/?key=")[0].rpartition(":")[2])
        assert status("127.0.0.1", port) == 401
    with previewing(publication, told=local) as here:
        assert status("127.0.0.1", int(here.rpartition(":")[2])) == 200

    segno.make(url, micro=False).terminal(code, compact=True)
    assert drawn.getvalue() == code.getvalue()
    assert local.getvalue() == ""


def test_of_any_address_the_one_in_the_network_is_told(publication: Path) -> None:
    """`0.0.0.0` is none that a phone could open."""
    with previewing(publication, "--host", "0.0.0.0") as url:
        address, _, key = url.partition("/?key=")
        name = address.removeprefix("http://")
        assert not name.startswith("0.0.0.0")
        port = int(name.rpartition(":")[2])
        assert status("127.0.0.1", port, f"/?key={key}", name=name) == 303
        assert status("127.0.0.1", port, name=name) == 401
        assert status("127.0.0.1", port, f"/?key={key}", name=f"0.0.0.0:{port}") == 400


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
@pytest.mark.parametrize("found", ["192.0.2.7", ""])
def test_its_names_are_those_by_which_it_can_be_reached(
    monkeypatch: pytest.MonkeyPatch, host: str, found: str
) -> None:
    monkeypatch.setattr(serving, "outward_address", lambda _: found)
    here = "127.0.0.1" if host == "0.0.0.0" else "::1"
    assert serving._names(host) == (*filter(None, [found]), here, "localhost")


def test_the_address_in_the_network_is_that_of_the_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(serving._FAR, socket.AF_INET, ("127.0.0.9", 9))
    assert outward_address(socket.AF_INET) == "127.0.0.1"
    # A way there is none to: as without a network.
    monkeypatch.setitem(serving._FAR, socket.AF_INET6, ("127.", 9))
    assert outward_address(socket.AF_INET6) == ""


def test_keys_are_never_the_same() -> None:
    assert len({new_key() for _ in range(100)}) == 100


def test_an_open_page_does_not_keep_it_from_ending(publication: Path) -> None:
    """A browser would listen to its news for ever."""
    with previewing(publication) as url:
        port = int(url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), SECONDS) as page:
            page.sendall(
                f"GET /live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
            )
            told = b""
            while b"hello" not in told:
                told += page.recv(4096)


def test_the_port_80_is_left_out_of_names() -> None:
    doors = open_doors(0)
    for sock in doors.sockets:
        sock.close()
    assert f"127.0.0.1:{doors.port}" in doors.hosts
    assert "127.0.0.1" not in doors.hosts
    assert bracketed("::1") == "[::1]"
    assert type(doors)((), 80, ("127.0.0.1",)).hosts == {"127.0.0.1:80", "127.0.0.1"}
