"""A studio of the sample publication, and what asks it: in memory, or in Chromium."""

import io
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newsletter.errors import UsageError
from newsletter.web.studio.app import studio
from newsletter.web.studio.desk import Desk, Options
from newsletter.web.studio.serving import open_doors
from tests.cli.conftest import newsletter as newsletter  # a fixture
from tests.web.asgi import Answer, Client

HOST = "127.0.0.1:8025"
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ISSUE = "2026-11-20-pull-up-the-second-chair"
SECONDS = 30


@dataclass
class Studio:
    """A studio in this process; `desk` is what its views work with."""

    desk: Desk
    client: Client

    @property
    def root(self) -> Path:
        """The publication."""
        return self.desk.root

    @property
    def issue(self) -> Path:
        """The newest issue's file."""
        return self.root / "issues" / f"{ISSUE}.md"

    def get(self, path: str, **headers: str) -> Answer:
        """GET as a page of the studio does; a header's `_` is a `-`."""
        return self.client.get(path, headers={"host": HOST} | _named(headers))

    def post(self, path: str, form: Any = None, **headers: str) -> Answer:
        """POST a form with the token."""
        given = {"host": HOST, "x-studio-token": self.desk.token} | _named(headers)
        return self.client.post(path, form, headers=given)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): text for name, text in headers.items()}


@pytest.fixture
def make_studio(publication: Path) -> Iterator[Callable[..., Studio]]:
    """Make a studio: `make_studio(key="…")` gives it other options."""
    clients: list[Client] = []

    def make(**options: Any) -> Studio:
        told = {"hosts": frozenset({HOST, "localhost:8025", "[::1]:8025"})} | options
        app = studio(publication, Options(now=lambda: NOW, **told))
        clients.append(Client(app))
        return Studio(app.state.desk, clients[-1])

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def at_desk(make_studio: Callable[..., Studio]) -> Studio:
    """The usual one."""
    return make_studio()


def exchange(file: Path, text: str | bytes) -> None:
    """Put another text into a file at once, as editors do: nobody reads half of it.

    It is one change, too, where truncating and writing may be told as two.
    """
    saved = file.with_name(f".{file.name}.saving")
    saved.write_bytes(text.encode() if isinstance(text, str) else text)
    saved.replace(file)


def lasting_port() -> str:
    """A port that stays free when a studio there has ended: nobody gets it by chance.

    The ports that the system gives out are higher.
    """
    while True:
        with suppress(UsageError):
            doors = open_doors(20_000 + secrets.randbelow(10_000))
            for each in doors.sockets:
                each.close()
            return str(doors.port)


@contextmanager
def previewing(
    root: Path,
    *options: str,
    told: io.StringIO | None = None,
    started: "list[subprocess.Popen[str]] | None" = None,
) -> Iterator[str]:
    """Run `newsletter preview`; gives the address that it prints, and ends it.

    What it prints afterwards is in `told`; its process is put into `started`.
    """
    command = Path(sys.executable).with_name("newsletter")
    process = subprocess.Popen(
        [command, "preview", "--port", "0", *options],
        cwd=root,
        env={**os.environ, "PYTHONWARNINGS": "error"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if started is not None:
        started.append(process)
    try:
        assert process.stdout is not None
        told_first = process.stdout.readline(), process.stdout.readline()
        found = re.fullmatch(r"(http://\S+)\n", told_first[1])
        assert found, process.communicate(timeout=SECONDS)
        yield found[1].rstrip("/")
    finally:
        process.terminate()
        # Some of it may have been read together with the first line.
        out = process.stdout.read() if process.stdout is not None else ""
        _, errors = process.communicate(timeout=SECONDS)
    if told is not None:
        told.write(out)
    assert process.returncode in (0, -15), errors
    assert "Traceback" not in out + errors, errors


@pytest.fixture
def preview(publication: Path) -> Iterator[str]:
    """The address of a running preview of the publication."""
    with previewing(publication) as url:
        yield url
