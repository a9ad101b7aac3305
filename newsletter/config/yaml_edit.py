"""Changes one value of a YAML text and leaves every other character as it was.

Comments, unknown keys, their order and their quotes stay. What comes out is read again
before it is given back: it has the wanted value, and every other value as before.
"""

from collections.abc import Callable, Sequence
from typing import Any

from newsletter.config.located_yaml import Document, Path, read_yaml
from newsletter.config.yaml_spans import Entry, Node, spans
from newsletter.config.yaml_writing import Value, Written, inline, write
from newsletter.errors import SourceError, UsageError

_HINT = "change it in the text"


def put(
    text: str, path: Sequence[str], value: Value, *, order: Sequence[str], style: str
) -> str:
    """Set the value at `path`: a key, or a key below a key.

    A new key comes after the last one that `order` names before it; it is written in
    `style` (a quote, `|`, or "" for plain). A value that is there keeps its own style
    where that can hold the new one.
    Raises UsageError for what cannot be changed so, SourceError for text that our
    reader refuses.
    """
    before = _texts(read_yaml(text, file=""))
    wanted = _with(before, path, value)
    if wanted == before:
        return text
    refused: SourceError | None = None
    for each in _styles(value, style_at(text, path), style):
        made = _put(text, path, value, order, each)
        try:
            if _texts(read_yaml(made, file="")) == wanted:
                return made
        except SourceError as error:
            refused = error
    raise refused or _cannot(path)


def drop(text: str, path: Sequence[str]) -> str:
    """Remove a key with its value; its own lines go, comments above it stay.

    Raises UsageError for one that shares its line with another.
    """
    mapping = _mapping(text, path)
    entry = mapping.entries.get(path[-1]) if mapping else None
    if mapping is None or entry is None:
        return text
    if len(mapping.entries) == 1 and len(path) > 1:
        return drop(text, path[:-1])
    start = _line_start(text, entry.start)
    if text[start : entry.start].strip():
        raise _cannot(path)
    return text[:start] + text[_next_line(text, entry.value.end) :]


def style_at(text: str, path: Sequence[str]) -> str | None:
    """How the value at `path` is written, as `Node.style`; None where there is none."""
    node = spans(text)
    for key in path:
        entry = node.entries.get(key) if node else None
        if entry is None:
            return None
        node = entry.value
    return node.style if node else None


def _styles(value: Value, own: str | None, wanted: str) -> list[str]:
    """The styles to try, the best first; double quotes can hold any text."""
    styles = [wanted, '"'] if own in (None, ">") else [own, wanted, '"']
    if isinstance(value, str) and "\n" in value:
        styles.insert(0, "|")
    return list(dict.fromkeys(styles))


def _put(
    text: str, path: Sequence[str], value: Value, order: Sequence[str], style: str
) -> str:
    mapping = _mapping(text, path)
    entry = mapping.entries.get(path[-1]) if mapping else None
    if entry is None:
        return _insert(text, mapping, path, order, lambda at: write(value, style, at))
    node = entry.value
    if node.style == "-" and isinstance(value, list | tuple):
        return _put_items(text, node, value)
    if node.style in (":", "-"):
        raise _cannot(path)
    indent = entry.start - _line_start(text, entry.start)
    return _replace(text, node, write(value, style, indent))


def _replace(text: str, node: Node, written: Written) -> str:
    """Put a value in the place of another; a comment beside it stays beside it."""
    start = len(text[: node.start].rstrip(" "))
    if node.style in ("|", ">"):
        header = text[node.start : _line_end(text, node.start)]
        mark = header.find(" #")
        beside, end = header[mark:] if mark > 0 else "", node.end
    else:
        end = _line_end(text, node.end)
        beside = text[node.end : end]
    first = written.first
    if first and text[start - 1 : start] not in ("\n", ""):
        first = " " + first
    elif first:
        start = node.start
    return text[:start] + "\n".join((first + beside, *written.below)) + text[end:]


def _insert(
    text: str,
    mapping: Node | None,
    path: Sequence[str],
    order: Sequence[str],
    written: Callable[[int], Written],
) -> str:
    entries = mapping.entries if mapping else {}
    earlier = order[: order.index(path[-1])] if path[-1] in order else order
    found = [entry for key, entry in entries.items() if key in earlier]
    at, indent = 0, 0
    if entries:
        first = min(entry.start for entry in entries.values())
        at = _line_start(text, first)
        indent = first - at
        if text[at:first].strip():
            raise _cannot(path)
        at = at if len(path) > 1 else 0
    elif mapping is None:
        at = len(text)
    if found:
        at = _next_line(text, max(entry.value.end for entry in found))
    lines = written(indent)
    beside = f" {lines.first}" if lines.first else ""
    line = f"{' ' * indent}{path[-1]}:{beside}"
    return text[:at] + "\n".join((line, *lines.below)) + "\n" + text[at:]


def _put_items(text: str, node: Node, values: Sequence[str]) -> str:
    """Change a list of lines item by item, so that comments between them stay."""
    if any(item.style in ("{", "[", "-", ":", "|", ">") for item in node.items):
        raise UsageError("a list of something other than words", hint=_HINT)
    last = node.items[-1]
    start = _line_start(text, last.start)
    lead = text[start : last.start]
    if lead.strip() != "-":
        raise UsageError("a list that shares its line", hint=_HINT)
    more = "".join(f"{lead}{inline(v, '')}\n" for v in values[len(node.items) :])
    at = _next_line(text, last.end)
    made = text[:at] + more + text[at:]
    for index, item in reversed(list(enumerate(node.items))):
        if index >= len(values):
            start = _line_start(made, item.start)
            made = made[:start] + made[_next_line(made, item.end) :]
            continue
        if _plain(made, item) != values[index]:
            new = inline(values[index], item.style)
            made = made[: item.start] + new + made[item.end :]
    return made


def _plain(text: str, item: Node) -> str:
    """An item as our reader takes it."""
    found = read_yaml(f"k: {text[item.start : item.end]}", file="")
    return str(_texts(found).get("k", ""))


def _mapping(text: str, path: Sequence[str]) -> Node | None:
    """The lines of keys that `path` ends in; None for an empty text."""
    node = spans(text)
    for key in ("", *path[:-1]):
        if node is not None and key:
            entry: Entry | None = node.entries.get(key)
            node = entry.value if entry else None
        if node is not None and node.style != ":":
            raise _cannot(path)
    return node


def _with(data: dict[str, Any], path: Sequence[str], value: Value) -> dict[str, Any]:
    """The data with the value at `path`, every scalar as text."""
    key, *rest = path
    below = data.get(key)
    if rest:
        made: Any = _with(below if isinstance(below, dict) else {}, rest, value)
    else:
        made = _as_text(value)
    return {**data, key: made}


def _as_text(value: Any) -> Any:
    if isinstance(value, bool | int):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return list(value)
    return dict(value) if isinstance(value, dict) else value


def _texts(document: Document) -> dict[str, Any]:
    """All data with every unquoted value as it was written."""

    def walk(value: Any, path: Path) -> Any:
        if isinstance(value, dict):
            return {key: walk(each, (*path, key)) for key, each in value.items()}
        if isinstance(value, list):
            return [walk(each, (*path, i)) for i, each in enumerate(value)]
        return document.scalars.get(path, value)

    if document.problems:
        raise SourceError(document.problems)
    found: dict[str, Any] = walk(document.data, ())
    return found


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _next_line(text: str, at: int) -> int:
    return min(_line_end(text, at) + 1, len(text))


def _cannot(path: Sequence[str]) -> UsageError:
    message = f"`{'.'.join(path)}` is written in a way that the form cannot change"
    return UsageError(message, hint=_HINT)
