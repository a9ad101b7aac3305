"""How large it becomes, what an expression of a template makes: said before it does."""

import re
from collections.abc import Callable, Sequence, Sized
from typing import Any

_ENDLESS = 10**9
"""For what cannot be told beforehand, such as a width within a format's width."""

_UNCOUNTED = 1000
"""Items of what cannot be counted without taking them."""

_FEW = 64
"""Columns that do no harm to any text."""

_NUMBER = re.compile(r"[0-9]+")
_FORMAT = re.compile(r"%(?:\([^)]*\))?[-#0 +]*[0-9.*]*|\{[^{}]*[{}]")


def parts(value: Any, most: int) -> int:
    """The characters and items of a value; counted no further than beyond `most`.

    A list that holds one list twice has that one's parts twice: so it is shown.
    """
    if isinstance(value, str):
        return len(value)
    count, left = 0, [value]
    while left and count <= most:
        item = left.pop()
        if isinstance(item, str):
            count += len(item)
        elif isinstance(item, list | tuple):
            count += len(item)
            left += item
        elif isinstance(item, dict):
            count += len(item)
            left += [*item, *item.values()]
    return count


def size_of_operation(operator: str, left: Any, right: Any) -> int:
    """How large a product, a power or a formatted text is: about; 0 for the others."""
    if operator == "%":
        return _formatted(left, right) if isinstance(left, str) else 0
    if operator == "**":
        whole = isinstance(left, int) and isinstance(right, int)
        return left.bit_length() * right if whole else 0
    if operator == "*" and isinstance(left, Sized) and isinstance(right, int):
        return len(left) * right
    if operator == "*" and isinstance(left, int) and isinstance(right, Sized):
        return left * len(right)
    return 0


def size_of_call(name: str, value: Any, given: Sequence[Any]) -> int:
    """How large a filter or a text's method makes `value`: about; 0 for most."""
    size = _SIZES.get(name)
    return size(value, given) if size else 0


def _formatted(text: str, given: Any) -> int:
    """The widths that a format asks for, in itself or by its values (`%*d`)."""
    formats = _FORMAT.findall(text)
    if any(found.endswith("{") for found in formats):
        return _ENDLESS
    numbers = "".join(formats)
    size = sum(int(number[:9]) for number in _NUMBER.findall(numbers))
    if "*" in numbers:
        values = given if isinstance(given, tuple) else (given,)
        size += sum(abs(item) for item in values if isinstance(item, int))
    return size


def _width(_: Any, given: Sequence[Any]) -> int:
    """The largest number or the longest text that is given."""
    lengths = (len(item) for item in given if isinstance(item, str))
    numbers = (abs(item) for item in given if isinstance(item, int))
    return max((*lengths, *numbers), default=0)


def _replaced(value: Any, given: Sequence[Any]) -> int:
    old, new = (str(item) for item in (*given, "", "")[:2])
    text = str(value)
    return len(text) + text.count(old) * len(new)


def _joined(value: Any, given: Sequence[Any]) -> int:
    """The filter takes the items as its value, the method what stands between."""
    method = isinstance(value, str) and given and not isinstance(given[0], str)
    between, items = (value, given[0]) if method else ((*given, "")[0], value)
    count = len(items) if isinstance(items, Sized) else _UNCOUNTED
    return len(str(between)) * count


def _indented(value: Any, given: Sequence[Any]) -> int:
    return _width(value, given) * (str(value).count("\n") + 1)


def _spread(value: Any, given: Sequence[Any]) -> int:
    """As `_width`, for every part of a value; a few columns each are no matter."""
    width = _width(value, given)
    return width * parts(value, _ENDLESS) if width > _FEW else 0


_SIZES: dict[str, Callable[[Any, Sequence[Any]], int]] = {
    "replace": _replaced,
    "join": _joined,
    "indent": _indented,
    "format": lambda text, given: _formatted(str(text), tuple(given)),
    "format_map": lambda text, given: _formatted(str(text), tuple(given)),
    **dict.fromkeys(("expandtabs", "tojson", "wordwrap"), _spread),
    **dict.fromkeys(
        ("center", "ljust", "rjust", "zfill", "batch", "slice", "round"), _width
    ),
}
