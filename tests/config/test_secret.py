"""The signing secret: made once, kept private, from the environment where it is set."""

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from newsletter.config.secret import MIN_LENGTH, load_secret
from newsletter.errors import ConfigError

NAME = "NEWSLETTER_SECRET"
PROGRAM = """\
import sys
from pathlib import Path
from newsletter.config.secret import load_secret
print("ready", flush=True)
sys.stdin.read(1)
print(load_secret(Path(sys.argv[1]), {}).decode())
"""


def test_a_secret_is_made_at_first_use_and_kept(tmp_path: Path) -> None:
    made = load_secret(tmp_path, {})

    assert len(made) >= 32
    assert load_secret(tmp_path, {}) == made
    assert load_secret(tmp_path / "other", {}) != made


def test_only_its_owner_may_read_the_secret(tmp_path: Path) -> None:
    load_secret(tmp_path, {})
    folder = tmp_path / ".newsletter"

    assert stat.S_IMODE((folder / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == ["secret"]


def test_two_processes_at_once_get_the_same_secret(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, tmp_path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    assert [process.stdout and process.stdout.readline() for process in processes] == [
        "ready\n"
    ] * 2

    for process in processes:
        assert process.stdin
        process.stdin.write("x")
        process.stdin.flush()
    secrets = {process.communicate()[0].strip() for process in processes}

    assert secrets == {load_secret(tmp_path, {}).decode()}


def test_many_threads_at_once_get_the_same_secret(tmp_path: Path) -> None:
    start = Barrier(16)

    def load(number: int) -> bytes:
        start.wait()
        return load_secret(tmp_path / str(number), {})

    with ThreadPoolExecutor(16) as pool:
        for number in range(10):
            assert len(set(pool.map(load, [number] * 16))) == 1


def test_what_a_crash_left_behind_does_not_matter(tmp_path: Path) -> None:
    folder = tmp_path / ".newsletter"
    folder.mkdir()
    (folder / f"secret.{os.getpid()}").touch()

    assert load_secret(tmp_path, {})


def test_the_environment_wins(tmp_path: Path) -> None:
    kept = load_secret(tmp_path, {})
    (tmp_path / ".env").write_text(f"{NAME}=from-the-dotenv-file", encoding="utf-8")

    assert load_secret(tmp_path, {}) == b"from-the-dotenv-file"
    assert load_secret(tmp_path, {NAME: "from-the-environment"}) == (
        b"from-the-environment"
    )
    assert (tmp_path / ".newsletter/secret").read_bytes().strip() == kept


def test_with_a_secret_in_the_environment_no_file_is_made(tmp_path: Path) -> None:
    assert (
        load_secret(tmp_path, {NAME: "caf\udce9 " + "x" * MIN_LENGTH})[:4] == b"caf\xe9"
    )
    assert [*tmp_path.iterdir()] == []


def test_a_secret_that_is_too_short_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="too short") as caught:
        load_secret(tmp_path, {NAME: "x" * (MIN_LENGTH - 1)})

    assert "16 random characters" in caught.value.hint
    assert load_secret(tmp_path, {NAME: "x" * MIN_LENGTH})


def test_an_empty_secret_file_is_refused_and_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / ".newsletter/secret"
    file.parent.mkdir()
    file.write_bytes(b"\n")

    with pytest.raises(ConfigError, match="too short"):
        load_secret(tmp_path, {})

    assert file.read_bytes() == b"\n"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / ".newsletter").touch()

    with pytest.raises(ConfigError, match=r"\.newsletter/secret") as caught:
        load_secret(tmp_path, {})

    assert NAME in caught.value.hint
