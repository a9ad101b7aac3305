"""Cells that hold several values: tags, and attributes as JSON or as Python prints."""

import ast
import csv
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from newsletter.audience.cells import one_line
from newsletter.audience.headers import Role, key_of, may_tell_who_left, role_of
from newsletter.model.tag import MAX_TAG, as_tag

MAX_CELL = 20_000
MAX_TAGS = 100
_SHORT = 200


class Unreadable(ValueError):
    """A cell cannot be read; the reason is the message."""


def tags_in(cell: str) -> tuple[str, ...]:
    """The tags in a cell, parted by `,` `;` or `|`; quotes around them are dropped.

    What a tag may not hold is left out of it. Raises Unreadable for too many.
    """
    return _known_tags(cell) if len(cell) <= _SHORT else _read_tags(cell)


def _read_tags(cell: str) -> tuple[str, ...]:
    try:
        parts = next(csv.reader([re.sub(r"[;|]", ",", cell)], skipinitialspace=True))
    except csv.Error:
        parts = []
    cleaned = (re.sub(r'[,"\\]', " ", one_line(part))[:MAX_TAG] for part in parts)
    found = [tag for tag in map(as_tag, cleaned) if tag]
    if len(found) > MAX_TAGS:
        raise Unreadable(f"{len(found)} tags; {MAX_TAGS} are kept at most")
    return tuple(dict.fromkeys(found))


# Many people have the same ones. Long cells would be too much to remember.
_known_tags = lru_cache(4096)(_read_tags)


def attributes_in(cell: str) -> dict[str, str]:
    """The attributes in a cell: a JSON object, or a `dict` as Python prints it.

    Nothing is evaluated. Raises Unreadable for what is neither, and for a key that may
    say who must not be mailed.
    """
    found: dict[str, str] = {}
    for name, value in _mapping(cell).items():
        key = key_of(_as_text(name))
        if may_tell_who_left(key):
            raise Unreadable(f"`{key}` may tell whether they must not be mailed")
        if key and (text := _text(value)):
            kept = key if role_of(key) is Role.ATTRIBUTE else f"attribute_{key}"
            found[kept] = text
    return found


def _mapping(cell: str) -> Mapping[object, Any]:
    if len(cell) > MAX_CELL:
        raise Unreadable(f"{len(cell):,} characters; {MAX_CELL:,} are read at most")
    for read in (json.loads, ast.literal_eval):
        try:
            found = read(cell)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(found, dict):
            return found
    raise Unreadable("it is neither JSON nor `key: value` pairs")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str | int | float):
        return one_line(_as_text(value))
    try:
        return one_line(json.dumps(value, ensure_ascii=False))
    except (TypeError, ValueError, RecursionError):
        return one_line(_as_text(value))


def _as_text(value: object) -> str:
    try:
        return str(value)
    except ValueError:  # more digits than Python turns into text
        raise Unreadable("a number that is too large") from None
