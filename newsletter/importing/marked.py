"""Takes the marks off a page that was copied as Markdown, as from an editor.

A page copied from a browser has none: there a star is a star, and is kept.
"""

import re
from collections.abc import Sequence

_HEAD = re.compile(r"\s{0,3}#{1,6}\s+(?=\S)")
_SENTENCE = re.compile(r"[.!?…]\W*\Z")
_LEAST = 2
"""Heads that a page in Markdown has: one alone may be a number sign."""

_QUOTE = re.compile(r"\A\s{0,3}>\s?(?=\S)")
_STRONG = re.compile(r"(\*\*|__)([^*_\s](?:[^*_]*[^*_\s])?)\1")
_WHOLE = re.compile(r"\A([*_])([^*_\s](?:[^*_]*[^*_\s])?)\1\Z")
_LINK = re.compile(r"(?<!!)\[([^\[\]]{1,200})\]\(<?(https?://[^\s()<>]+)>?\)")


def is_marked(lines: Sequence[str]) -> bool:
    """Whether lines are Markdown: some of them are heads, and no sentences."""
    heads = (line for line in lines if _HEAD.match(line) and not _SENTENCE.search(line))
    return len([*zip(range(_LEAST), heads, strict=False)]) == _LEAST


def unmarked(line: str) -> str:
    """The words of a line: its bullet stays, and a link's address beside its words."""
    text = _QUOTE.sub("", _HEAD.sub("", line, count=1) if _HEAD.match(line) else line)
    return _WHOLE.sub(r"\2", _LINK.sub(r"\1 (\2)", _STRONG.sub(r"\2", text)).strip())
