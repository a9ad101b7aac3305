"""NamedTuples as JSON and back: values only, so that reading them runs nothing."""

import json
from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

_Unpack = Callable[[Any], Any]


_ENCODER = json.JSONEncoder(default=date.isoformat, separators=(",", ":"))


def pack(value: Any) -> str:
    """JSON of NamedTuples, tuples, dictionaries, dates and plain values, in a line."""
    return _ENCODER.encode(value)


@lru_cache
def unpacker(kind: Any) -> _Unpack | None:
    """What makes a `kind` of JSON; None where JSON's own value is one already.

    It raises ValueError or TypeError for JSON that is no such value.
    """
    if kind is date:
        return date.fromisoformat
    arguments = get_args(kind)
    origin = get_origin(kind) or kind
    if origin in (Union, UnionType):
        (inner,) = (item for item in arguments if item is not type(None))
        reader = unpacker(inner)
        return reader and partial(_optional, reader)
    if origin is tuple:
        reader = unpacker(arguments[0])
        return partial(_sequence, reader) if reader else tuple
    if isinstance(origin, type) and issubclass(origin, tuple):
        return _named(origin, arguments)
    return None


def _named(kind: Any, arguments: tuple[Any, ...]) -> _Unpack:
    variables = dict(zip(getattr(kind, "__parameters__", ()), arguments, strict=True))
    hints = get_type_hints(kind)
    kinds = [hints[name] for name in kind._fields]
    fields = [unpacker(variables.get(inner, inner)) for inner in kinds]
    special = [(place, reader) for place, reader in enumerate(fields) if reader]
    return partial(_fields, kind, special)


def _fields(kind: Any, special: list[tuple[int, _Unpack]], data: list[Any]) -> Any:
    for place, reader in special:
        data[place] = reader(data[place])
    return kind._make(data)


def _optional(reader: _Unpack, data: Any) -> Any:
    return None if data is None else reader(data)


def _sequence(reader: _Unpack, data: list[Any]) -> tuple[Any, ...]:
    return tuple(map(reader, data))
