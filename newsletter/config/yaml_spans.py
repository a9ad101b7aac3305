"""Tells from where to where each key and each value of a YAML text stands.

For those who change one value and leave every other character as its author wrote it.
The text is one that `read_yaml` takes: no aliases, no tags, one document.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml
from yaml.events import (
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

_BLOCKS = ("|", ">")


@dataclass(slots=True)
class Node:
    """A value: where it starts, where it ends, how it is written, what is in it.

    `style` is a quote, `|`, `>`, `{`, `[`, `-` (a list of lines), `:` (lines of keys),
    or "" for plain text. Positions are characters of the text.
    """

    start: int
    end: int
    style: str = ""
    entries: dict[str, "Entry"] = field(default_factory=dict)
    items: list["Node"] = field(default_factory=list)


@dataclass(slots=True)
class Entry:
    """A key and its value; `start` is where the key stands."""

    start: int
    value: Node


def spans(text: str) -> Node | None:
    """The outermost value of `text`; None where it has none but comments.

    Of a key given twice the first is told. Raises YAMLError for what is not YAML.
    """
    events = yaml.parse(text, Loader=yaml.CSafeLoader)
    for event in events:
        if isinstance(event, NodeEvent):
            return _node(event, events, text)
    return None


def _node(event: Event, events: Iterator[Event], text: str) -> Node:
    start, end = _marks(event)
    if isinstance(event, MappingStartEvent):
        return _mapping(
            Node(start, end, "{" if event.flow_style else ":"), events, text
        )
    if isinstance(event, SequenceStartEvent):
        return _sequence(
            Node(start, end, "[" if event.flow_style else "-"), events, text
        )
    style = getattr(event, "style", "") or ""
    if style in _BLOCKS:
        end = _end_of_block(text, start, end)
    return Node(start, end, style)


def _mapping(node: Node, events: Iterator[Event], text: str) -> Node:
    for event in events:
        if isinstance(event, MappingEndEvent):
            return _closed(node, event)
        value = _node(next(events), events, text)
        node.end = max(node.end, value.end)
        if isinstance(event, ScalarEvent):
            node.entries.setdefault(event.value, Entry(_marks(event)[0], value))
    return node


def _sequence(node: Node, events: Iterator[Event], text: str) -> Node:
    for event in events:
        if isinstance(event, SequenceEndEvent):
            return _closed(node, event)
        node.items.append(_node(event, events, text))
        node.end = max(node.end, node.items[-1].end)
    return node


def _closed(node: Node, event: Event) -> Node:
    # Lines end with the last value in them; libyaml counts what follows up to the next.
    if node.style in ("{", "["):
        node.end = _marks(event)[1]
    return node


def _end_of_block(text: str, start: int, end: int) -> int:
    """The end of the last line of a `|` or `>` text; empty ones count with `+` only."""
    if end < len(text):
        end = text.rfind("\n", 0, end) + 1
    header = text[start : text.find("\n", start)]
    written = text[start:end]
    kept = written.removesuffix("\n") if "+" in header else written.rstrip("\n")
    return start + len(kept)


def _marks(event: Event) -> tuple[int, int]:
    start, end = event.start_mark, event.end_mark
    assert start is not None  # noqa: S101  libyaml marks every event
    assert end is not None  # noqa: S101  the same
    return int(start.index), int(end.index)
