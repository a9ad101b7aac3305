"""`newsletter doctor` from the terminal's side."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Newsletter, environment
from tests.rig.dns import dns_server
from tests.sending.doctor.messages import DELIVERED, NAMES, SIGNED


def test_it_tells_every_finding_and_counts_them(newsletter: Newsletter) -> None:
    ended = newsletter("doctor", "--offline")

    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[0].startswith("ok           configuration   newsletter.yaml has no")
    assert any(line.startswith("not checked  dmarc") for line in lines)
    assert lines[-1] == "7 ok, 7 not checked"
    assert ended.err == ""


def test_problems_end_it_with_their_own_code(newsletter: Newsletter) -> None:
    ended = newsletter("doctor", "--offline", "--provider", "postmark")

    assert ended.code == 9
    assert "problem      key             POSTMARK_" in ended.out
    assert "→ " in ended.out
    assert "1 problem" in ended.out
    assert ended.err == "error: the doctor found 1 problem\n"


def test_as_json(newsletter: Newsletter) -> None:
    ended = newsletter("doctor", "--offline", "--provider", "postmark", "--json")

    found = json.loads(ended.out)
    assert ended.code == 9
    assert found[0] == {
        "check": "configuration",
        "verdict": "ok",
        "message": "newsletter.yaml has no mistakes",
        "hint": "",
    }
    assert {each["verdict"] for each in found} == {"ok", "problem", "not checked"}


def test_it_makes_no_database(newsletter: Newsletter, publication: Path) -> None:
    newsletter("doctor", "--offline")

    assert not list(publication.rglob("*.db*"))
    assert not list(publication.rglob("secret"))


def test_a_message_is_read_without_a_publication(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    (tmp_path / "letter.eml").write_bytes(DELIVERED)
    with dns_server(NAMES) as server:
        address = f"127.0.0.1:{server.port}"
        ended = newsletter(
            "doctor", "--message", "letter.eml", "--dns", address, cwd=tmp_path
        )

    assert ended.code == 0, ended.out
    assert ended.out.endswith("\n8 ok\n")


def test_a_message_with_problems(newsletter: Newsletter, tmp_path: Path) -> None:
    (tmp_path / "letter.eml").write_bytes(SIGNED.replace(b"List-Unsub", b"X-Unsub"))

    ended = newsletter("doctor", "--offline", "--message", str(tmp_path / "letter.eml"))

    assert ended.code == 9
    assert "problem      unsubscribe" in ended.out


@pytest.mark.parametrize(
    ("data", "code", "what"),
    [(DELIVERED, 0, "6 ok, 2 not checked"), (b"", 9, "this is no message")],
)
def test_a_message_from_standard_input(
    tmp_path: Path, data: bytes, code: int, what: str
) -> None:
    command = [sys.executable, "-m", "newsletter", "doctor", "--offline"]

    done = subprocess.run(
        [*command, "--message", "-"],
        input=data,
        capture_output=True,
        cwd=tmp_path,
        env=environment(),
        check=False,
    )

    assert done.returncode == code, done.stderr
    assert what in done.stdout.decode()


def test_a_closed_standard_input_is_told(newsletter: Newsletter) -> None:
    command = f"{sys.executable} -m newsletter doctor --offline --message - <&-"

    done = subprocess.run(
        ["sh", "-c", command],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )

    assert done.returncode == 2
    assert "- cannot be read" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("--message", "missing.eml"), "missing.eml cannot be read: No such file"),
        (("--message", "."), "cannot be read: Is a directory"),
        (("--message", "a\0b"), "cannot be read"),
        (("--dns", "relay.example"), "--dns relay.example is not an IP address"),
        (("--dns", "127.0.0.1:x"), "is not an IP address"),
        (("--dns", "127.0.0.1:99999"), "is not an IP address"),
    ],
)
def test_mistakes_are_told(
    newsletter: Newsletter, arguments: tuple[str, ...], what: str
) -> None:
    ended = newsletter("doctor", "--offline", *arguments)

    assert ended.code == 2
    assert what in ended.err


def test_a_file_that_is_too_large_is_no_message(
    newsletter: Newsletter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.cli.doctor.MAX_MESSAGE", 2**20)
    (tmp_path / "large.eml").write_bytes(b"x" * (2**20 + 1))

    ended = newsletter("doctor", "--message", str(tmp_path / "large.eml"))

    assert ended.code == 2
    assert "has more than 1 MiB" in ended.err


@pytest.mark.parametrize("address", ["::1", "127.0.0.1"])
def test_a_dns_server_is_named_by_its_address(
    newsletter: Newsletter, address: str
) -> None:
    assert newsletter("doctor", "--offline", "--dns", address).code == 0
