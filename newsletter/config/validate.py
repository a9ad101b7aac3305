"""Turns located YAML into a pydantic model, reporting all mistakes at their places."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from newsletter.config.located_yaml import Document, Path, Place
from newsletter.errors import SourceError
from newsletter.model.problem import Problem
from newsletter.model.text import clean_line

Model = TypeVar("Model", bound=BaseModel)

_MESSAGES: Mapping[str, str] = {
    "missing": "`{key}` is missing",
    "string_type": "`{key}` must be text, not {given}",
    "int_type": "`{key}` must be a whole number, not {given}",
    "int_parsing": "`{key}` must be a whole number, not {given}",
    "bool_type": "`{key}` must be true or false, not {given}",
    "bool_parsing": "`{key}` must be true or false, not {given}",
    "list_type": "`{key}` must be a list, not {given}",
    "tuple_type": "`{key}` must be a list, not {given}",
    "model_type": "`{key}` must be `key: value` lines, not {given}",
    "date_type": "`{key}` must be a date, not {given}",
    "no_such_day": "`{key}`: the calendar has no {given}",
    "path_type": "`{key}` must be text, not {given}",
    "int_from_float": "`{key}` must be a whole number, not {given}",
    "greater_than_equal": "`{key}` must be {ge} or more, not {given}",
    "string_too_long": "`{key}` is longer than {max_length} characters",
    "string_too_short": "`{key}` is empty",
    "too_short": "`{key}` is empty",
    "enum": "`{key}` must be one of {expected}, not {given}",
    "unknown_provider": "{msg}",
    "segment_name": "{msg}",
}

_HINTS: Mapping[str, str] = {
    "int_type": "write digits, without quotes",
    "int_parsing": "write digits, without quotes",
    "int_from_float": "write digits, without quotes",
    "greater_than_equal": "write digits, without quotes",
    "bool_type": "write true or false, without quotes",
    "bool_parsing": "write true or false, without quotes",
    "enum": "choose one of them",
    "missing": "add a line `{name}: …`",
    "date_type": "write it as 2026-11-20",
    "no_such_day": "write it as 2026-11-20",
    "list_type": "start each item with `- `",
    "tuple_type": "start each item with `- `",
    "string_too_long": "shorten it",
    "string_too_short": "write something",
    "too_short": "write something",
}


def validate(
    model: type[Model], document: Document, *, extra: Mapping[str, Any] | None = None
) -> Model:
    """Make a `model` of the document's data and `extra`, which no author wrote.

    Raises SourceError with every mistake of the document, in the order of its lines.
    """
    ours = extra or {}
    problems = list(document.problems)
    problems += [
        _unknown_key(model, document, (key,)) for key in document.data if key in ours
    ]
    try:
        made = model.model_validate({**document.data, **ours})
        if not problems:
            return made
    except ValidationError as error:
        if _restore_text(document, error.errors()):
            return validate(model, document, extra=extra)
        found = filter(_is_a_mistake, error.errors())
        problems += [_problem(model, document, item) for item in found]
    raise SourceError(sorted(problems, key=lambda item: (item.line, item.column)))


def _is_a_mistake(item: ErrorDetails) -> bool:
    """Leave out that a list is empty when only its items could not be read."""
    return item["type"] != "too_short" or not item["input"]


def _restore_text(document: Document, items: Iterable[ErrorDetails]) -> bool:
    """Put numbers back as they were written where text is wanted (`title: 1.10`)."""
    restored = False
    for item in items:
        path = item["loc"]
        written = document.scalars.get(path, "")
        if (
            item["type"] in ("string_type", "path_type")
            and written
            and item["input"] is not None
        ):
            target: Any = document.data
            for part in path[:-1]:
                target = target[part]
            target[path[-1]] = written
            document.scalars[path] = ""  # so that it is tried once
            restored = True
    return restored


def did_you_mean(word: str, known: Iterable[str], cutoff: float = 0.7) -> str:
    """The closest known word as a hint, or nothing when none is close."""
    words = {item.casefold(): item for item in known}
    close = difflib.get_close_matches(word.casefold(), words, n=1, cutoff=cutoff)
    return f"did you mean `{words[close[0]]}`?" if close else ""


def _problem(model: type[BaseModel], document: Document, item: ErrorDetails) -> Problem:
    path = item["loc"]
    if path[-1:] == ("[key]",):  # pydantic's own word: the mistake is in a name
        path = path[:-1]
    if item["type"] == "extra_forbidden":
        return _unknown_key(model, document, path)
    at_key = item["type"] in ("unknown_provider", "segment_name")
    place = document.key_place(path) if at_key else _inside(document, item)
    return Problem(
        code="config" if document.file.endswith(".yaml") else "front-matter",
        # A value may have been written with escapes; a message is one line.
        message=clean_line(_message(item, path)),
        hint=_hint(model, item, path),
        file=document.file,
        line=place.line,
        column=place.column,
    )


def _inside(document: Document, item: ErrorDetails) -> Place:
    """Where a mistake is: the value, or the character in it that the error knows."""
    path = item["loc"]
    place = document.place(path)
    offset = (item.get("ctx") or {}).get("offset")
    if offset is None or path in document.blocks:
        return place
    quote = 0 if path in document.scalars else 1
    return Place(place.line, place.column + quote + offset)


def _unknown_key(model: type[BaseModel], document: Document, path: Path) -> Problem:
    place = document.key_place(path)
    key = str(path[-1]) if path else ""
    known = sorted(_known_keys(model, path[:-1]))
    return Problem(
        code="unknown-key",
        message=f"unknown key `{key}`",
        hint=did_you_mean(key, known) or f"known here: {', '.join(known)}",
        file=document.file,
        line=place.line,
        column=place.column,
    )


def _known_keys(model: type[BaseModel], path: Path) -> set[str]:
    """The keys that the (sub-)model at `path` knows, by their written names."""
    current: type[BaseModel] | None = model
    for part in path:
        if isinstance(part, int) or current is None:
            continue
        current = _sub_model(current, part)
    if current is None:
        return set()
    return {
        field.alias or name
        for name, field in current.model_fields.items()
        if not field.exclude
    }


def _sub_model(model: type[BaseModel], key: str) -> type[BaseModel] | None:
    for name, field in model.model_fields.items():
        if key in (name, field.alias):
            found = [
                item
                for item in _flatten(field.annotation)
                if isinstance(item, type) and issubclass(item, BaseModel)
            ]
            return found[0] if found else None
    return None


def _flatten(annotation: Any) -> Iterable[Any]:
    """The types inside `X | None`, `tuple[X, ...]` and their like."""
    inner = getattr(annotation, "__args__", None)
    if not inner:
        return [annotation]
    return [item for part in inner for item in _flatten(part)]


def _message(item: ErrorDetails, path: Path) -> str:
    if item["type"] == "value_error":  # one of ours, and in our words
        return item["msg"]
    template = _MESSAGES.get(item["type"], "`{key}`: {msg}")
    context = {"expected": "", **(item.get("ctx") or {}), "msg": item["msg"]}
    context["expected"] = context["expected"].replace("'", "")
    return template.format(key=_written(path), given=_given(item["input"]), **context)


def _written(path: Path) -> str:
    """`panel.2.name`: a key as a person counts."""
    return ".".join(str(p + 1 if isinstance(p, int) else p) for p in path)


def _hint(model: type[BaseModel], item: ErrorDetails, path: Path) -> str:
    given = (item.get("ctx") or {}).get("hint")
    if given:
        return str(given)
    if item["type"] != "missing" and item["input"] is None:
        return "write something (in quotes if it starts with `#`), or delete the line"
    if item["type"] == "string_type":
        return "put the text in quotes"
    if item["type"] == "model_type":
        return f"known here: {', '.join(sorted(_known_keys(model, path)))}"
    return _HINTS.get(item["type"], "").format(name=path[-1] if path else "")


def _given(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return "a list" if isinstance(value, list) else "`key: value` lines"
    text = str(value)
    return f"`{text[:40]}…`" if len(text) > 40 else f"`{text}`"
