"""Another machine, as far as its network goes: its link can be cut and restored.

A network namespace of Linux where that is allowed, with a cable of its own to this
machine. Elsewhere its way to the database leads through a relay that falls silent.
"""

import random
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.rig.proxy import Link, link


class Machine(Protocol):
    """What `begin` stands before a command that runs there.

    It sees this machine's database at `host` and `database_port`, and the provider
    where it is seen from here.
    """

    host: str
    database_port: int

    @property
    def begin(self) -> list[str]: ...

    def cut(self) -> None:
        """Let nothing through any more, and tell nobody."""

    def mend(self) -> None:
        """Let everything through again."""


@dataclass
class Relayed:
    """A machine that is none: cut off from the database only."""

    way: Link
    host: str = "127.0.0.1"

    def __post_init__(self) -> None:
        """The database is where the relay is."""
        self.database_port = self.way.port

    @property
    def begin(self) -> list[str]:
        """Run commands as they are."""
        return []

    def cut(self) -> None:
        """Let nothing through any more, and tell nobody."""
        self.way.cut()

    def mend(self) -> None:
        """Let everything through again."""
        self.way.mend()


@dataclass
class Namespace:
    """A machine with nothing but a cable to this one."""

    name: str
    cable: str
    host: str
    database_port: int

    @property
    def begin(self) -> list[str]:
        """Run commands there."""
        return ["ip", "netns", "exec", self.name]

    def cut(self) -> None:
        """Pull the cable out."""
        _ip("link", "set", self.cable, "down")

    def mend(self) -> None:
        """Put it in again."""
        _ip("link", "set", self.cable, "up")


@contextmanager
def another(database_port: int, provider_port: int) -> Iterator[Machine]:
    """Another machine, which may be cut off from this one."""
    name = f"nl{uuid.uuid4().hex[:8]}"
    if not _allowed("netns", "add", name):
        with link(database_port) as way:
            yield Relayed(way)
        return
    try:
        host = _lay_cable(name)
        with link(database_port, host) as way, link(provider_port, host) as far:
            made = Namespace(name, f"{name}a", host, way.port)
            with _relay(made, far.port, provider_port):
                yield made
    finally:
        _ip("netns", "delete", name)


def _lay_cable(name: str) -> str:
    """Connect a namespace with this machine, whose address there is returned."""
    net = f"10.{random.randrange(64, 128)}.{random.randrange(256)}"
    here, there = f"{name}a", f"{name}b"
    _ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", name)
    _ip("addr", "add", f"{net}.1/30", "dev", here)
    _ip("link", "set", here, "up")
    _ip("-n", name, "addr", "add", f"{net}.2/30", "dev", there)
    _ip("-n", name, "link", "set", there, "up")
    _ip("-n", name, "link", "set", "lo", "up")
    return f"{net}.1"


@contextmanager
def _relay(machine: Namespace, port: int, provider_port: int) -> Iterator[None]:
    """Let the provider be seen there at the same address as here.

    Without TLS nothing else is taken for a provider.
    """
    words = [machine.host, str(port), str(provider_port)]
    with subprocess.Popen(
        [*machine.begin, sys.executable, "-m", "tests.rig.proxy", *words],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        try:
            yield
        finally:
            process.kill()


def _allowed(*words: str) -> bool:
    try:
        _ip(*words)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
