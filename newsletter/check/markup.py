"""Reads the HTML of an email: its elements one in another, its texts, its styles."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

from newsletter.check.style_sheet import Look, Rule, read_declarations, read_rules

# What css-inline writes: every attribute's value in double quotes.
_TOKEN = re.compile(
    r"<!--.*?-->|<!doctype[^>]*>"
    r"|<(style|title)\b([^>]*)>(.*?)</\1>"
    r"|<(/?)([a-zA-Z][\w:-]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"([\w:-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input"})
_VOID |= {"link", "meta", "source", "wbr"}
# A preheader is followed by what inboxes show nothing of.
_BLANK = re.compile(r"(?:\s|&[a-z]+;|&#x?[0-9a-f]+;)*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Element:
    """An element as it opens: how deep it stands in others, and where its image is."""

    look: Look
    depth: int
    source: str


@dataclass(frozen=True, slots=True)
class Markup:
    """A mail's HTML: `elements` in order, and which of them hold words themselves.

    `style` are all style sheets, one after the other.
    """

    elements: tuple[Element, ...]
    with_text: frozenset[int]
    style: str


@lru_cache(maxsize=32)
def sheet_rules(css: str) -> tuple[Rule, ...]:
    """The rules of a style sheet; a theme has one for all its mails."""
    return tuple(read_rules(css))


def read_markup(html: str) -> Markup:
    """Take a mail apart; what stands in comments is Outlook's alone and not seen."""
    elements: list[Element] = []
    with_text: set[int] = set()
    sheets: list[str] = []
    stack: list[int] = []
    end = 0
    for found in _TOKEN.finditer(html):
        if stack and found.start() > end and not _BLANK.match(html, end, found.start()):
            with_text.add(stack[-1])
        end = found.end()
        raw_tag, css, closing, tag, attributes = found.group(1, 3, 4, 5, 6)
        if raw_tag:
            if raw_tag.casefold() == "style":
                sheets.append(css)
        elif closing:
            _close(stack, elements, tag.casefold())
        elif tag:
            name = tag.casefold()
            look, source = _look(name, attributes)
            elements.append(Element(look, len(stack), source))
            if name not in _VOID:
                stack.append(len(elements) - 1)
    return Markup(tuple(elements), frozenset(with_text), "\n".join(sheets))


def _close(stack: list[int], elements: list[Element], tag: str) -> None:
    """Leave the innermost open element of this name, and all that is open in it."""
    for at in range(len(stack) - 1, -1, -1):
        if elements[stack[at]].look.tag == tag:
            del stack[at:]
            return


@lru_cache(maxsize=4096)
def _look(tag: str, attributes: str) -> tuple[Look, str]:
    given = dict(_attributes(attributes))
    names = frozenset(given)
    own = (given.get(name, "") for name in ("id", "class", "style", "bgcolor"))
    return _one(tag, names, *own), given.get("src", "")


@lru_cache(maxsize=4096)
def _one(
    tag: str, names: frozenset[str], id: str, classes: str, style: str, background: str
) -> Look:
    return Look(
        tag=tag,
        id=id,
        classes=frozenset(classes.split()),
        attributes=names,
        style=read_declarations(style),
        background=background.casefold(),
    )


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        yield name.casefold(), unescape(double or single or bare)
