"""What a dialect is: how a service is called, and how it answers."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Protocol

from newsletter.providers.simulator.wire import Refusal, Reply, Request

TEXT = rb'"((?:[^"\\]|\\.)*)"'
"""A JSON string, as a pattern. Bodies are searched and not parsed: at 1,000 recipients
a call, a parser would be what is measured."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call as understood: to whom, and under which key (empty for none).

    whole: whether one bad address refuses all of it.
    """

    addresses: Sequence[str]
    key: str = ""
    whole: bool = True


class Entry(NamedTuple):
    """What became of one recipient: `id` is empty for one who was refused."""

    address: str
    id: str


class Dialect(Protocol):
    """How one service is called, and how it answers.

    path: how the path of a sending call ends. limit: most recipients of one call.
    key_seconds: how long a repeated key is known; None where there are no keys.
    replays: whether a repeated call is answered as the first time; else its answer is
    the error `repeat`.
    """

    name: ClassVar[str]
    path: ClassVar[str]
    limit: ClassVar[int]
    key_seconds: ClassVar[float | None]
    replays: ClassVar[bool]

    def read(self, request: Request) -> Call:
        """Understand a call; raises Refusal for one that the service would refuse."""
        ...

    def answer(self, entries: Sequence[Entry]) -> Reply:
        """Answer a call that was accepted, as a whole or in part."""
        ...

    def error(self, what: str, detail: str = "") -> Reply:
        """Say no: `unauthorized`, `revoked`, `quota`, `address`, `request`, `too many`;
        about keys `repeat`, `other bytes` under a known one, or one used `at once`."""
        ...


def require(found: bool, reply: Reply) -> None:
    """Raise Refusal with `reply` unless something was found."""
    if not found:
        raise Refusal(reply)


def texts(pattern: re.Pattern[bytes], body: bytes) -> list[str]:
    """What a pattern with one JSON string in it finds."""
    return [
        json.loads(b'"' + found + b'"') if b"\\" in found else found.decode()
        for found in pattern.findall(body)
    ]
