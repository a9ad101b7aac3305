"""Does a plain `newsletter build` at once: to load all verbs would take longer.

Whatever is not plain, a mistake above all, is left to the command line proper: there
is one place that explains.
"""

import gc
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

_VALUES = {"-o": "out", "--out": "out", "--base-url": "base_url"}
_NUMBERS = {"-j": "jobs", "--jobs": "jobs"}
_SWITCHES = {
    "--search": ("search", True),
    "--no-search": ("search", False),
    "--pictures": ("pictures", True),
    "--no-pictures": ("pictures", False),
    "--json": ("as_json", True),
}

_NUMBER = re.compile("[0-9]{1,4}")


def build_plainly(arguments: Sequence[str]) -> bool:
    """Build if that is what `arguments` ask for, in words that leave no question."""
    asked = plain(arguments)
    if asked is None:
        return False
    from newsletter.cli.build_once import Asked, build_once
    from newsletter.cli.context import Context, parse_now

    # A build makes no cycles worth a look for them, and is over soon.
    gc.disable()
    try:
        build_once(Context(Path(), parse_now("")), Asked(**asked))
    finally:
        gc.enable()
    return True


def plain(arguments: Sequence[str]) -> dict[str, Any] | None:
    """What is asked of a build, by the names of `Asked`; None for what is not plain."""
    if arguments[:1] != ["build"]:
        return None
    asked: dict[str, Any] = {}
    rest = iter(arguments[1:])
    for argument in rest:
        found = _option(argument, rest)
        if found is None:
            return None
        asked[found[0]] = found[1]
    return asked


def _option(name: str, rest: Iterator[str]) -> tuple[str, Any] | None:
    if name in _SWITCHES:
        return _SWITCHES[name]
    value = next(rest, "")
    if not value or value.startswith("-"):
        return None
    if name in _VALUES:
        key = _VALUES[name]
        return key, Path(value) if key == "out" else value
    if name in _NUMBERS and _NUMBER.fullmatch(value):
        return _NUMBERS[name], int(value)
    return None
