"""Keeps what became of test sends, so that to load their page again mails nothing."""

import secrets
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

_KEPT = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the provider said of one address."""

    address: str
    state: str
    words: str
    good: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """A test of the issue `name`, to the addresses that were `typed`."""

    name: str = ""
    typed: str = ""
    outcomes: Sequence[Outcome] = ()


@dataclass(slots=True)
class Tested:
    """The last tests, in memory alone."""

    _kept: OrderedDict[str, Sent] = field(default_factory=OrderedDict)

    def keep(self, sent: Sent) -> str:
        """Keep it; the key by which its page asks for it."""
        key = secrets.token_urlsafe(9)
        self._kept[key] = sent
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return key

    def found(self, name: str, key: str) -> Sent:
        """What became of it; nothing where it is not kept (any more)."""
        sent = self._kept.get(key, Sent())
        return sent if sent.name == name else Sent()
