"""A rule about mail programs: what they do not show is not needed to understand."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from newsletter.check.case import Case, IssueRule
from newsletter.check.fallbacks import FALLBACKS
from newsletter.check.markup import Element, sheet_rules
from newsletter.check.style_sheet import Declaration, Look, Rule
from newsletter.model.client import client_title, expanded
from newsletter.model.problem import Problem, Severity

_TABLE = Path(__file__).with_name("caniemail.json")
_FUNCTION = re.compile(r"([a-z-]+)\(")
_UNIT = re.compile(r"(?<![\w#.-])[\d.]+(%|[a-z]+)\b|(?<=\d)(%)")
_WORD = re.compile(r"[a-z-]+")
_AT = re.compile(r"@([a-z-]+)")
_MEDIA = re.compile(r"\(([a-z-]+)")
_PSEUDO = re.compile(r"::?([a-z-]+)")


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature of HTML or CSS, and the named mail programs that do not show it."""

    slug: str
    title: str
    clients: tuple[str, ...]


Lack = tuple[Feature, str]
"""A feature, and the pattern that the email uses it by."""


def unsupported(case: Case) -> Iterator[Problem]:
    """What the email is made of is shown by the mail programs of the publication."""
    used: dict[Feature, str] = {}
    for feature, pattern in _lacking(case):
        used.setdefault(feature, pattern)
    for feature, pattern in used.items():
        file, (line, column) = _place(case, pattern)
        yield Problem(
            code="client-support",
            message=f"`{feature.title}` does not work in {_listed(feature.clients)}",
            hint="leave it out, or see to it that nothing is lost: "
            f"https://www.caniemail.com/features/{feature.slug}/",
            severity=Severity.WARNING,
            file=file,
            line=line,
            column=column,
        )


def _listed(clients: Iterable[str]) -> str:
    *rest, last = (client_title(client) for client in clients)
    return f"{', '.join(rest)} and {last}" if rest else last


@cache
def _missing(clients: tuple[str, ...]) -> Mapping[str, tuple[Feature, ...]]:
    """What the clients do not show, by the pattern that a mail uses it by."""
    table = json.loads(_TABLE.read_text("utf-8"))
    columns = {name: number for number, name in enumerate(table["clients"])}
    wanted = expanded(clients)
    found: dict[str, tuple[Feature, ...]] = {}
    for slug, (title, patterns, verdicts) in table["features"].items():
        without = tuple(name for name in wanted if verdicts[columns[name]] == "n")
        if slug in FALLBACKS or not without:
            continue
        for pattern in patterns:
            feature = Feature(slug, title, without)
            found[pattern] = (*found.get(pattern, ()), feature)
    return found


def _lacking(case: Case) -> Iterator[Lack]:
    """All that the email uses and some do not show, in the order of its use."""
    clients = case.publication.clients
    for look in dict.fromkeys(item.look for item in case.markup.elements):
        yield from _of_look(look, clients)
    for element in case.markup.elements:
        if element.look.tag == "img":
            yield from _among((_of_image(element),), clients)
    yield from _of_sheet(case.markup.style, clients)


def _among(patterns: Iterable[str], clients: tuple[str, ...]) -> Iterator[Lack]:
    missing = _missing(clients)
    for pattern in patterns:
        for feature in missing.get(pattern, ()):
            yield feature, pattern


@lru_cache(maxsize=4096)
def _of_look(look: Look, clients: tuple[str, ...]) -> tuple[Lack, ...]:
    names = (f"attribute:{name}" for name in sorted(look.attributes))
    used = (f"element:{look.tag}", *names, *_of_declarations(look.style))
    return tuple(_among(used, clients))


@lru_cache(maxsize=32)
def _of_sheet(css: str, clients: tuple[str, ...]) -> tuple[Lack, ...]:
    used = (pattern for rule in sheet_rules(css) for pattern in _of_rule(rule))
    return tuple(_among(used, clients))


def _of_image(element: Element) -> str:
    address = element.source
    if address.startswith("data:"):
        return "image:data"
    suffix = PurePosixPath(urlsplit(address).path).suffix
    return f"image:{suffix.removeprefix('.').casefold()}"


def _of_rule(rule: Rule) -> Iterator[str]:
    yield from (f"at:{name}" for name in _AT.findall(rule.context))
    yield from (f"media:{name}" for name in _MEDIA.findall(rule.context))
    yield from (f"pseudo:{name}" for name in _PSEUDO.findall(rule.written))
    yield from _of_declarations(rule.declarations)


def _of_declarations(declarations: Iterable[Declaration]) -> Iterator[str]:
    for item in declarations:
        yield f"property:{item.name}"
        yield f"value:{item.name}:{item.value}"
        yield from (f"function:{name}" for name in _FUNCTION.findall(item.value))
        yield from (f"unit:{a or b}" for a, b in _UNIT.findall(item.value))
        yield from (f"word:{word}" for word in _WORD.findall(item.value))


def _place(case: Case, pattern: str) -> tuple[str, tuple[int, int]]:
    """Where the feature is written, in the author's words or in their theme's."""
    kind, _, name = pattern.partition(":")
    written = f"<{name}" if kind == "element" else name.rpartition(":")[2]
    return case.written(written) or (case.writing.file, (case.writing.body_line, 1))


RULES: tuple[IssueRule, ...] = (unsupported,)
