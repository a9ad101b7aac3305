"""Starts a PostgreSQL of our own: a temporary cluster on this machine only."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.rig.tools import program

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # Nothing here has to survive a power cut.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


@contextmanager
def cluster() -> Iterator[str]:
    """Run a fresh cluster and yield its SQLAlchemy URL; stop and remove it after."""
    owner = _owner()
    # Not pytest's tmp_path: that is closed to every user but the one who runs it.
    home = Path(tempfile.mkdtemp(prefix="newsletter-postgres-"))
    port = _free_port()
    try:
        if owner:
            shutil.chown(home, owner)
        _initialise(home, owner)
        _start(home, port, owner)
        try:
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
        finally:
            _control(home, owner, "--mode=immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _initialise(home: Path, owner: str | None) -> None:
    initdb = program("postgresql", "initdb")
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale"]
    _run([initdb, f"--pgdata={home / 'data'}", "--no-sync", *options], owner)


def _start(home: Path, port: int, owner: str | None) -> None:
    settings = _SETTINGS | {"port": str(port), "unix_socket_directories": str(home)}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    _control(home, owner, f"--options={options}", f"--log={home / 'log'}", "start")


def _control(home: Path, owner: str | None, *arguments: str) -> None:
    pg_ctl = program("postgresql", "pg_ctl")
    _run([pg_ctl, f"--pgdata={home / 'data'}", "--wait", "--silent", *arguments], owner)


def _run(command: list[str], owner: str | None) -> None:
    done = subprocess.run(
        command,
        user=owner,
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        message = f"{command[0]} failed:\n{done.stdout}{done.stderr}"
        raise RuntimeError(message)


def _owner() -> str | None:
    """PostgreSQL refuses to run as root: name the user it runs as instead."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
