"""Reads what a delivered message says of itself; it may say anything."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import getaddresses
from itertools import takewhile

_FOLD = re.compile(r"\r?\n(?=[ \t])")
_FIELD = re.compile(r"([!-9;-~]+)[ \t]*:(.*)\Z", re.DOTALL)
_END = re.compile(rb"\r?\n\r?\n")
_BY = re.compile(r"\bby\s+([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)", re.IGNORECASE)
_METHOD = re.compile(r"\s*([A-Za-z][A-Za-z0-9-]*)(?:/\d+)?\s*=\s*([A-Za-z]+)")
_PROPERTY = re.compile(r"\b([a-z]+\.[A-Za-z0-9_-]+)\s*=\s*(\"[^\"]*\"|[^\s;]+)")
_MAX_HEAD = 1024 * 1024
_MAX_RESULTS = 50


@dataclass(frozen=True, slots=True)
class Result:
    """One method of authentication and how it went (RFC 8601 §2.2)."""

    method: str
    result: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Results:
    """What a receiver found; `server` is empty where it gives no name."""

    server: str
    results: Sequence[Result]

    def of(self, method: str) -> list[Result]:
        """The results of one method."""
        return [each for each in self.results if each.method == method]


@dataclass(frozen=True, slots=True)
class Signature:
    """A DKIM-Signature as it is written; nothing is verified (RFC 6376 §3.5)."""

    tags: Mapping[str, str]

    @property
    def domain(self) -> str:
        """Who signed."""
        return self.tags.get("d", "").lower().rstrip(".")

    @property
    def fields(self) -> list[str]:
        """The names of the fields it covers, as often as they are covered."""
        return [name.lower() for name in self.tags.get("h", "").split(":")]


class Delivered:
    """A message as it was found in a mailbox; reading it never fails."""

    def __init__(self, data: bytes) -> None:
        """Read the head of `data`, and leave the body alone."""
        self.data = data
        head = _END.split(data[:_MAX_HEAD], maxsplit=1)[0].decode("utf-8", "replace")
        lines = _FOLD.sub(" ", head).replace("\r\n", "\n").split("\n")
        found = [_FIELD.match(line) for line in lines]
        self.fields = [(m[1].lower(), m[2].strip()) for m in found if m]

    def all(self, name: str) -> list[str]:
        """The values of the fields of a name, from the top."""
        return [value for each, value in self.fields if each == name]

    @property
    def from_domains(self) -> list[str]:
        """The domains of the addresses in From."""
        pairs = getaddresses([value[:2000] for value in self.all("from")[:5]])
        return [_domain(address) for _, address in pairs if _domain(address)]

    @property
    def signatures(self) -> list[Signature]:
        """Its signatures, from the top."""
        return [Signature(_tags(each)) for each in self.all("dkim-signature")[:10]]

    @property
    def results(self) -> Results | None:
        """What the last receiver says, which comes first; None where nobody says any.

        Several fields in a row by one receiver are one: some write one per method.
        """
        found = [_results(each) for each in self.all("authentication-results")[:20]]
        if not found:
            return None
        first = found[0]
        same = takewhile(lambda r: _end(r.server) == _end(first.server), found)
        return Results(first.server, [one for each in same for one in each.results])

    @property
    def receivers(self) -> list[str]:
        """The named hosts that took the message, the last one first."""
        return [
            found[1].lower() for r in self.all("received") if (found := _BY.search(r))
        ]

    @property
    def envelope_domain(self) -> str:
        """The domain of the envelope sender; empty when nobody wrote it down."""
        results = self.results.of("spf") if self.results else []
        told = [each.properties.get("smtp.mailfrom", "") for each in results]
        path = [value.strip().strip("<>") for value in self.all("return-path")[:1]]
        found = next((text for text in [*path, *told] if text), "")
        return _domain(found) or found.lower()


def same_end(one: str, other: str) -> bool:
    """Whether two hosts end in the same two labels."""
    return bool(one) and _end(one) == _end(other)


def _end(host: str) -> str:
    return ".".join(host.lower().split(".")[-2:])


def _domain(address: str) -> str:
    _, at, domain = address.strip().rpartition("@")
    return domain.strip("<> ").lower().rstrip(".") if at else ""


def _tags(value: str) -> dict[str, str]:
    tags: dict[str, str] = {}
    for part in value.split(";"):
        name, equals, text = part.partition("=")
        if equals:
            tags.setdefault(name.strip().lower(), "".join(text.split()))
    return tags


def _results(value: str) -> Results:
    """Read one field; Outlook's begins with a result, without a name."""
    parts = _without_comments(value).split(";")
    named = "=" not in parts[0]
    server = parts.pop(0).split()[0:1] if named else []
    return Results("".join(server).lower(), list(_each(parts)))


def _each(parts: Sequence[str]) -> Iterator[Result]:
    for part in parts[:_MAX_RESULTS]:
        found = _METHOD.match(part)
        if found:
            properties = {n.lower(): v.strip('"') for n, v in _PROPERTY.findall(part)}
            yield Result(found[1].lower(), found[2].lower(), properties)


def _without_comments(text: str) -> str:
    """A field without what stands in brackets, which may stand in others."""
    kept: list[str] = []
    depth = 0
    for character in text:
        if character == "(":
            depth += 1
        elif character == ")" and depth:
            depth -= 1
        elif not depth:
            kept.append(character)
    return "".join(kept)
