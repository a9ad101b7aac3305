"""Turns located YAML into a pydantic model, reporting all mistakes at their places."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from newsletter.config.located_yaml import Document, Path
from newsletter.errors import SourceError
from newsletter.model.problem import Problem

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
    "dict_type": "`{key}` must be `key: value` lines, not {given}",
    "model_type": "`{key}` must be `key: value` lines, not {given}",
    "model_attributes_type": "`{key}` must be `key: value` lines, not {given}",
    "string_too_short": "`{key}` is empty",
    "enum": "`{key}` must be one of {expected}, not {given}",
    "literal_error": "`{key}` must be one of {expected}, not {given}",
}


def validate(
    model: type[Model], document: Document, *, extra: Mapping[str, Any] | None = None
) -> Model:
    """Make a `model` of the document's data and `extra`, which no author wrote.

    Raises SourceError with every mistake of the document, in the order of its lines.
    """
    try:
        return model.model_validate({**document.data, **(extra or {})})
    except ValidationError as error:
        if _restore_text(document, error.errors()):
            return validate(model, document, extra=extra)
        problems = [_problem(model, document, item) for item in error.errors()]
    raise SourceError(sorted(problems, key=lambda item: (item.line, item.column)))


def _restore_text(document: Document, items: Iterable[ErrorDetails]) -> bool:
    """Put numbers back as they were written where text is wanted (`title: 1.10`)."""
    restored = False
    for item in items:
        path = item["loc"]
        written = document.scalars.pop(path, "")
        if item["type"] == "string_type" and written and item["input"] is not None:
            target: Any = document.data
            for part in path[:-1]:
                target = target[part]
            target[path[-1]] = written
            restored = True
    return restored


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The closest known word as a hint, or nothing when none is close."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.7)
    return f"did you mean `{close[0]}`?" if close else ""


def _problem(model: type[BaseModel], document: Document, item: ErrorDetails) -> Problem:
    path = tuple(part for part in item["loc"] if _is_written(part))
    if item["type"] == "extra_forbidden":
        return _unknown_key(model, document, path)
    place = document.place(path)
    return Problem(
        code="front-matter" if document.file.endswith(".md") else "config",
        message=_message(item, path),
        hint=str((item.get("ctx") or {}).get("hint", "")),
        file=document.file,
        line=place.line,
        column=place.column,
    )


def _is_written(part: str | int) -> bool:
    """Tell an author's key from the name pydantic gives to a branch of a union."""
    return isinstance(part, int) or not part.startswith(("function-", "tagged-"))


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
    return {field.alias or name for name, field in current.model_fields.items()}


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
    key = ".".join(str(part) for part in path) or "the file"
    template = _MESSAGES.get(item["type"])
    if template is None:
        text = item["msg"].removeprefix("Value error, ")
        return (
            text
            if item["type"] in ("value_error", "assertion_error")
            else (f"`{key}`: {text[:1].lower()}{text[1:]}")
        )
    expected = str((item.get("ctx") or {}).get("expected", "")).replace("'", "")
    return template.format(key=key, given=_given(item["input"]), expected=expected)


def _given(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return "a list" if isinstance(value, list) else "`key: value` lines"
    text = str(value)
    return f"`{text[:40]}…`" if len(text) > 40 else f"`{text}`"
