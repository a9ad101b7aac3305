"""Writes one value as YAML that our reader takes for the very same text."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newsletter.config.located_yaml import read_yaml
from newsletter.errors import SourceError

Value = str | int | bool | Sequence[str] | Mapping[str, str]
"""What a form gives: text, a number, yes or no, a list of texts, texts by key."""

STEP = 2
"""Blanks that lines are indented by, where no neighbour tells."""


@dataclass(frozen=True, slots=True)
class Written:
    """A value as it is written: what stands beside the key, and the lines below it."""

    first: str
    below: tuple[str, ...] = ()


def write(value: Value, style: str, indent: int) -> Written:
    """Write a value of a key that stands `indent` blanks to the right.

    `style` is how it is written if that can be: a quote, `|`, "" for plain, `{` or `[`.
    """
    if isinstance(value, str):
        if style == "|" and value.strip("\n"):
            return _block(value, indent + STEP)
        return Written(inline(value, style))
    if isinstance(value, bool | int):
        return Written(str(value).lower())
    if isinstance(value, Mapping):
        if style == "{":
            parts = (f"{key}: {_in_flow(text)}" for key, text in value.items())
            return Written(f"{{{', '.join(parts)}}}")
        blank = " " * (indent + STEP)
        lines = (f"{blank}{key}: {_word(text)}" for key, text in value.items())
        return Written("", tuple(lines))
    return Written(f"[{', '.join(map(_in_flow, value))}]")


def inline(text: str, style: str) -> str:
    """Text on one line: in the wanted style if it can be read so, else in quotes."""
    if style == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    if style == "" and _reads_as(f"k: {text}", text):
        return text
    # YAML's double quotes are JSON's, as far as they are used here.
    return json.dumps(text, ensure_ascii=False)


def _word(text: str) -> str:
    """A word as it is, anything longer in quotes."""
    return inline(text, '"' if " " in text else "")


def _in_flow(text: str) -> str:
    """Text between the brackets of a list or the braces of a mapping."""
    if _reads_as(f"k: [{text}]", [text]) and "}" not in text and "{" not in text:
        return text
    return json.dumps(text, ensure_ascii=False)


def _reads_as(line: str, value: object) -> bool:
    if "\n" in line or "\r" in line:
        return False
    try:
        return read_yaml(line, file="").data == {"k": value}
    except SourceError:
        return False


def _block(text: str, indent: int) -> Written:
    """A `|` text; the header tells what cannot be seen from its lines."""
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    header = "|"
    if body[0] in " \t\n":
        header += str(indent)
    header += {0: "-", 1: ""}.get(ends, "+")
    lines = body.split("\n") + [""] * max(0, ends - 1)
    blank = " " * indent
    return Written(header, tuple(blank + line if line else "" for line in lines))
