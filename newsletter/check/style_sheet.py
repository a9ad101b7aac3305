"""Reads the style sheets of a mail: the few kinds of rules that mail programs know."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_COMPOUND = re.compile(r"(\*|[a-zA-Z][\w-]*)?((?:[.#][\w-]+|\[[\w-]+\])*)\Z")
_SIMPLE = re.compile(r"([.#]|\[)([\w-]+)")
_URL = re.compile(r"url\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Declaration:
    """`color: #fff !important`, name and value in small letters."""

    name: str
    value: str
    important: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What rules can know of an element: its name, id, classes, attributes, style.

    Two that are alike are one object (`markup` sees to it), so that they are quick to
    compare.
    """

    tag: str
    id: str = ""
    classes: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    style: tuple[Declaration, ...] = ()
    background: str = ""


@dataclass(frozen=True, slots=True)
class Compound:
    """One step of a selector: `td.card[data-ogsc]`; empty parts stand for anything."""

    tag: str
    id: str
    classes: frozenset[str]
    attributes: frozenset[str]

    def matches(self, look: Look) -> bool:
        """Whether an element is one of these."""
        return (
            self.tag in ("", look.tag)
            and self.id in ("", look.id)
            and self.classes <= look.classes
            and self.attributes <= look.attributes
        )


@dataclass(frozen=True, slots=True)
class Selector:
    """`.card > p a` read from its end; `direct` tells which steps are a `>` apart."""

    steps: tuple[Compound, ...]
    direct: tuple[bool, ...]

    def matches(self, chain: Sequence[Look]) -> bool:
        """Whether it means the last element of a chain of elements in each other."""
        return bool(chain) and self._match(chain, len(chain) - 1, len(self.steps) - 1)

    def _match(self, chain: Sequence[Look], at: int, step: int) -> bool:
        if not self.steps[step].matches(chain[at]):
            return False
        if step == 0:
            return True
        above = (
            range(at - 1, at - 2, -1) if self.direct[step] else range(at - 1, -1, -1)
        )
        return any(self._match(chain, up, step - 1) for up in above if up >= 0)

    @property
    def weight(self) -> tuple[int, int, int]:
        """Its specificity (Selectors Level 4, 17)."""
        return (
            sum(bool(step.id) for step in self.steps),
            sum(len(step.classes) + len(step.attributes) for step in self.steps),
            sum(step.tag not in ("", "*") for step in self.steps),
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """Declarations under one selector; `context` is the at-rule around it, if any.

    `selector` is None where it is of a kind that is not judged, such as `a:hover`.
    """

    context: str
    written: str
    selector: Selector | None
    declarations: tuple[Declaration, ...]


def read_rules(css: str, context: str = "") -> Iterator[Rule]:
    """The rules of a style sheet in their order."""
    css = _COMMENT.sub("", css)
    end = 0
    while (start := css.find("{", end)) >= 0:
        # A statement such as @import ends before the next rule begins.
        prelude = css[end:start].rpartition(";")[2].strip()
        close = _closing(css, start)
        inside, end = css[start + 1 : close], close + 1
        if prelude.startswith(("@media", "@supports")):
            yield from read_rules(inside, f"{context} {prelude}".strip())
        elif prelude.startswith("@"):
            yield Rule(f"{context} {prelude}".strip(), "", None, ())
        else:
            declarations = read_declarations(inside)
            for written in prelude.split(","):
                selector = _selector(written.strip())
                yield Rule(context, written.strip(), selector, declarations)


def _closing(css: str, start: int) -> int:
    """Where the brace that opens at `start` is closed; the end where it never is."""
    depth = 0
    for found in re.finditer(r"[{}]", css[start:]):
        depth += 1 if found.group() == "{" else -1
        if depth == 0:
            return start + found.start()
    return len(css)


def read_declarations(text: str) -> tuple[Declaration, ...]:
    """The declarations of a style attribute, or between the braces of a rule."""
    found = []
    for part in _URL.sub("url()", text).split(";"):
        name, colon, value = part.partition(":")
        if colon:
            value, bang, _ = value.strip().casefold().partition("!")
            found.append(
                Declaration(
                    name.strip().casefold(), value.strip(), important=bool(bang)
                )
            )
    return tuple(found)


def _selector(text: str) -> Selector | None:
    steps: list[Compound] = []
    direct: list[bool] = []
    child = False
    for part in text.replace(">", " > ").split():
        if part == ">":
            child = True
            continue
        found = _COMPOUND.match(part)
        if found is None:
            return None
        steps.append(_compound(found.group(1) or "", found.group(2)))
        direct.append(child)
        child = False
    return Selector(tuple(steps), tuple(direct)) if steps else None


def _compound(tag: str, rest: str) -> Compound:
    parts: dict[str, list[str]] = {".": [], "#": [], "[": []}
    for kind, name in _SIMPLE.findall(rest):
        parts[kind].append(name)
    return Compound(
        "" if tag == "*" else tag.lower(),
        "".join(parts["#"]),
        frozenset(parts["."]),
        frozenset(parts["["]),
    )
