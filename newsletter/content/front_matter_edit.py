"""Changes fields in the front matter of a file; every other byte stays as it was."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from newsletter.config.located_yaml import read_yaml
from newsletter.config.yaml_edit import drop, put, style_at
from newsletter.config.yaml_writing import Value
from newsletter.content.aliases import DRAFT, ISSUE_ALIASES
from newsletter.content.front_matter import split

Fields = Mapping[str, Value | None]
"""New values by their keys; None or an empty one takes the key out.

Of keys that have keys below them only those that are given change.
"""

LEAD: Mapping[str, str] = {"music": "url", "roundtable": "slug"}
"""Keys with keys below them, and the one that may stand for all of them."""

_BELOW: Mapping[str, Sequence[str]] = {
    "music": ("url", "title", "artist", "note", "cover"),
    "roundtable": ("slug", "teaser"),
}
# Where a new key stands: after those that come before it here.
_ORDER = (
    "title",
    "subject",
    "preheader",
    "description",
    "status",
    "date",
    "my_2_cents",
    "tldr",
    "music",
    "roundtable",
    "tags",
)
# Words that need no quotes; other texts get double ones, as in the files we start.
_PLAIN = frozenset({"status", "date", "slug", "roundtable", "tags", "url", "music"})
_LINE_END = re.compile(r"\r\n|\r|\n")


def with_fields(source: str, fields: Fields, *, file: str) -> str:
    """The text of an issue's file with these fields of its front matter set.

    Line ends, byte order mark, comments, unknown keys and all order stay. What comes
    out is read again, so that our reader finds the very values that were asked for.
    Raises SourceError for front matter that cannot be read, UsageError for a value that
    is written in a way that only its author can change.
    """
    bare = source.removeprefix("\ufeff")
    text = _LINE_END.sub("\n", bare)
    split(text, file=file)
    start, end = _bounds(text)
    made = text[start:end]
    for key, value in fields.items():
        made = _with_field(made, key, value)
    if made == text[start:end]:
        return source
    ended = text[:start] + made + text[end:]
    return source[: len(source) - len(bare)] + like(bare, ended)


def like(source: str, text: str) -> str:
    """`text` with the line ends of `source`, of which it is another version.

    Lines that are the same from the top and from the bottom keep their own; those
    between get the end that the first line has.
    """
    ends = _LINE_END.findall(source)
    if not ends or set(ends) == {"\n"}:
        return text
    lines, old = text.split("\n"), _LINE_END.split(source)
    wanted = len(lines) - 1
    top = ends[: min(_common(old, lines), wanted)]
    # The last line has no end.
    below = min(_common(old[::-1], lines[::-1]) - 1, wanted - len(top))
    bottom = ends[len(ends) - max(0, below) :]
    middle = [ends[0]] * (wanted - len(top) - len(bottom))
    ended = zip(lines, [*top, *middle, *bottom, ""], strict=True)
    return "".join(line + end for line, end in ended)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines are the same from the first on."""
    for index, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return index
    return min(len(one), len(other))


def _bounds(text: str) -> tuple[int, int]:
    """Where the YAML between the two `---` starts and ends; `split` has found both."""
    start = text.index("\n") + 1
    closing = re.compile(r"^(---|\.\.\.)[ \t]*$", re.MULTILINE)
    found = closing.search(text, start)
    return start, found.start() if found else len(text)


def _with_field(text: str, key: str, value: Value | None) -> str:
    if key == "status":
        text = _without_draft(text, value)
    name = _name(text, key)
    if isinstance(value, Mapping):
        value = _together(text, name, key, value)
    if not value and not isinstance(value, bool):
        return drop(text, [name])
    order = [_name(text, each) for each in _ORDER]
    if isinstance(value, Mapping) and style_at(text, [name]) == ":":
        return _below(text, name, value)
    style = "|" if key == "tldr" else "" if key in _PLAIN else '"'
    return put(text, [name], value, order=order, style=style)


def _together(
    text: str, name: str, key: str, value: Mapping[str, str]
) -> Mapping[str, str] | str:
    """What is there with what is new; the leading key's value where it is alone."""
    there = read_yaml(text, file="").data.get(name)
    lead = LEAD[key]
    known = there if isinstance(there, dict) else {lead: str(there or "")}
    both = {part: str(line) for part, line in {**known, **value}.items() if line}
    if set(both) <= {lead} and style_at(text, [name]) != ":":
        return both.get(lead, "")
    return both


def _below(text: str, key: str, values: Mapping[str, str]) -> str:
    """Change the lines below a key one by one."""
    order = _BELOW[key]
    for part in order:
        if part in values:
            style = "" if part in _PLAIN else '"'
            text = put(text, [key, part], values[part], order=order, style=style)
    for part in order:
        if part not in values:
            text = drop(text, [key, part])
    return text


def _name(text: str, key: str) -> str:
    """The key as this file calls it: one that other tools know may stand for ours."""
    if style_at(text, [key]) is None:
        for alias, meant in ISSUE_ALIASES.items():
            if meant == key and style_at(text, [alias]) is not None:
                return alias
    return key


def _without_draft(text: str, status: Any) -> str:
    """What Hugo and Jekyll say of drafts must not say otherwise than the status."""
    for key, hidden in DRAFT.items():
        if status != "draft" and style_at(text, [key]) is not None:
            text = put(text, [key], not hidden, order=(), style="")
    return text
