"""NamedTuples as JSON and back: values only, so that reading them runs nothing."""

import json
from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

_Unpack = Callable[[Any], Any]


def pack(value: Any) -> str:
    """JSON of NamedTuples, tuples, dictionaries, dates and plain values."""
    return json.dumps(value, default=date.isoformat, separators=(",", ":"))


def unpack(kind: Any, data: Any) -> Any:
    """The value of the type `kind` that was packed.

    Raises ValueError or TypeError for data that is no such value.
    """
    reader = unpacker(kind)
    return reader(data) if reader else data


@lru_cache
def unpacker(kind: Any) -> _Unpack | None:
    """What makes a `kind` of JSON; None where JSON's own value is one already."""
    if kind is date:
        return date.fromisoformat
    arguments = get_args(kind)
    origin = get_origin(kind) or kind
    if origin in (Union, UnionType):
        (inner,) = (item for item in arguments if item is not type(None))
        reader = unpacker(inner)
        return reader and partial(_optional, reader)
    if origin is dict:
        reader = unpacker(arguments[1])
        return reader and partial(_mapping, reader)
    if origin is tuple:
        return partial(_sequence, unpacker(arguments[0]))
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


def _mapping(reader: _Unpack, data: dict[str, Any]) -> dict[str, Any]:
    return {key: reader(value) for key, value in data.items()}


def _sequence(reader: _Unpack | None, data: list[Any]) -> tuple[Any, ...]:
    return tuple(map(reader, data)) if reader else tuple(data)
