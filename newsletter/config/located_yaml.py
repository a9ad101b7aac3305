"""Reads YAML as data with the place of every key and value, and without its traps.

Plain scalars follow the YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema)
less its octal and hexadecimal forms: `on`, `yes`, `012`, `12:30:45` and `2026-02-30`
are text, so that what an author sees is what we read. Aliases, anchors, tags and
duplicate keys are refused; the parser is libyaml's, by its events.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from newsletter.config.yaml_mistakes import explain
from newsletter.errors import SourceError
from newsletter.model.problem import Problem
from newsletter.model.text import forbidden_character

MAX_BYTES = 64 * 1024
MAX_DEPTH = 20

Path = tuple[str | int, ...]
"""Where a value stands: `("panel", 0, "name")`."""

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
# What YAML has no place for, and line ends that an editor does not show as such.
_INVISIBLE = (
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd"
    "\U00010000-\U0010ffff]"
)
_LITERALS: Mapping[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A 1-based line and column."""

    line: int
    column: int


@dataclass(slots=True)
class Document:
    """The data of one YAML text, and where each key and each value starts."""

    data: dict[str, Any]
    file: str
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    scalars: dict[Path, str] = field(default_factory=dict)
    """Unquoted text as written: `1.10` stays `1.10` where a model wants text."""
    blocks: set[Path] = field(default_factory=set)
    """Values written as `|` or `>` blocks: their text starts on the next line."""
    problems: list[Problem] = field(default_factory=list)
    """Mistakes that did not stop the reading: keys given twice."""

    def place(self, path: Path) -> Place:
        """Where the value at `path` is; of what is missing, where its parent is."""
        while path:
            found = self.values.get(path) or self.keys.get(path)
            if found:
                return found
            path = path[:-1]
        return Place(1, 1)

    def key_lines(self) -> dict[str, int]:
        """The lines of the outermost keys."""
        return {
            str(path[0]): place.line
            for path, place in self.keys.items()
            if len(path) == 1
        }

    def places(self) -> dict[str, tuple[int, int]]:
        """Line and column of every value, by its keys: `{"music.note": (12, 9)}`."""
        return {
            ".".join(map(str, path)): (place.line, place.column)
            for path, place in self.values.items()
        }

    def key_place(self, path: Path) -> Place:
        """Where the key at `path` is."""
        return self.keys.get(path) or self.place(path)


def read_yaml(text: str, *, file: str, first_line: int = 1) -> Document:
    """Read `text`, whose first line is line `first_line` of `file`.

    Raises SourceError, located, for anything that is not a mapping of plain data.
    """
    # Most texts can be printed; to make ready to look for more takes milliseconds.
    is_plain = text.replace("\n", "").isprintable()
    if not is_plain and (found := re.search(_INVISIBLE, text)):
        before = text[: found.start()]
        column = len(before) - before.rfind("\n")
        place = Place(first_line + before.count("\n"), column)
        message = f"the invisible character U+{ord(found.group()):04X}"
        _fail(file, place, message, "delete it")
    if len(text.encode()) > MAX_BYTES:
        size = len(text.encode()) // 1024
        _fail(
            file,
            Place(first_line, 1),
            f"{size} KiB of YAML; at most {MAX_BYTES // 1024} KiB are read",
            "move the text into the body",
        )
    return _Reader(file, first_line - 1).read(text)


class _Reader:
    """Builds one Document from libyaml's events; knows the file for its messages."""

    def __init__(self, file: str, offset: int) -> None:
        self.document = Document({}, file)
        self._file = file
        self._offset = offset

    def read(self, text: str) -> Document:
        try:
            events = yaml.parse(text, Loader=yaml.CSafeLoader)
            self._document(self._guarded(events))
        except yaml.YAMLError as error:
            self._syntax_error(error)
        return self.document

    def _place(self, event: Event) -> Place:
        mark = event.start_mark
        assert mark is not None  # noqa: S101  libyaml marks every event
        return Place(mark.line + 1 + self._offset, mark.column + 1)

    def _guarded(self, events: Iterator[Event]) -> Iterator[Event]:
        """Pass events on, refusing the parts of YAML that only make trouble."""
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    _fail(
                        self._file,
                        self._place(event),
                        "a second YAML document",
                        "keep one; `---` inside a value must be quoted",
                    )
            elif isinstance(event, AliasEvent):
                _fail(
                    self._file,
                    self._place(event),
                    f"the alias *{event.anchor}",
                    "write the value out, or quote text that starts with `*`",
                )
            elif isinstance(event, NodeEvent):
                self._refuse_decoration(event)
            yield event

    def _refuse_decoration(self, event: NodeEvent) -> None:
        if event.anchor is not None:
            _fail(
                self._file,
                self._place(event),
                f"the anchor &{event.anchor}",
                "remove it, or quote text that starts with `&`",
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            _fail(
                self._file,
                self._place(event),
                f"the tag {tag.replace('tag:yaml.org,2002:', '!!')}",
                "remove it, or quote text that starts with `!`",
            )

    def _document(self, events: Iterator[Event]) -> None:
        for event in events:
            if isinstance(event, MappingStartEvent):
                self.document.data = self._mapping(events, ())
            elif isinstance(event, ScalarEvent) and event.value == "":
                continue
            elif isinstance(event, NodeEvent):
                _fail(
                    self._file,
                    self._place(event),
                    "`key: value` lines were expected here",
                    "write `key: value`, with a blank after the colon",
                )

    def _mapping(self, events: Iterator[Event], path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            if not isinstance(event, ScalarEvent) or forbidden_character(event.value):
                _fail(
                    self._file,
                    self._place(event),
                    "a key must be plain text",
                    "put a value that starts with `{` or `[` in quotes",
                )
            key = event.value
            here = (*path, key)
            if key in result:
                self._twice(key, here, self._place(event))
                self._value(next(events), events, (*here, "again"))
                continue
            self.document.keys[here] = self._place(event)
            result[key] = self._value(next(events), events, here)
        return result

    def _twice(self, key: str, path: Path, place: Place) -> None:
        first = self.document.keys[path].line
        message = f"`{key}` is given twice; the first is on line {first}"
        self.document.problems.append(_problem(self._file, place, message, "keep one"))

    def _sequence(self, events: Iterator[Event], path: Path) -> list[Any]:
        result: list[Any] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            result.append(self._value(event, events, (*path, len(result))))
        return result

    def _value(self, event: Event, events: Iterator[Event], path: Path) -> Any:
        place = self.document.values[path] = self._place(event)
        if len(path) > MAX_DEPTH:
            _fail(
                self._file, place, f"nested deeper than {MAX_DEPTH} levels", "unnest it"
            )
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(events, path)
        assert isinstance(event, ScalarEvent)  # noqa: S101  the only node left
        if not event.implicit[0]:
            if event.style in ("|", ">"):
                self.document.blocks.add(path)
            return event.value
        self.document.scalars[path] = event.value
        return _plain(event.value)

    def _syntax_error(self, error: yaml.YAMLError) -> NoReturn:
        message, hint, mark = explain(error)
        line = (mark.line if mark else 0) + 1 + self._offset
        column = (mark.column if mark else 0) + 1
        _fail(self._file, Place(line, column), message, hint)


def _plain(text: str) -> Any:
    """Resolve an unquoted scalar."""
    if text in _LITERALS:
        return _LITERALS[text]
    if _INTEGER.match(text):
        return int(text) if len(text) < 20 else text
    if _FLOAT.match(text):
        # A leading zero is a house number or a date, never an amount.
        return text if re.match(r"[-+]?0[0-9]", text) else float(text)
    return text


def _problem(file: str, place: Place, message: str, hint: str) -> Problem:
    return Problem(
        code="yaml",
        message=message,
        hint=hint,
        file=file,
        line=place.line,
        column=place.column,
    )


def _fail(file: str, place: Place, message: str, hint: str) -> NoReturn:
    raise SourceError([_problem(file, place, message, hint)])
