"""Puts pasted words into a file so that a reader of it sees them as they were."""

import json
import re
import textwrap
from collections.abc import Sequence

from newsletter.importing.lines import Line
from newsletter.importing.shape import is_bullet, without_bullet
from newsletter.importing.told import Note, shown
from newsletter.model.text import MAX_LINE

# Of CommonMark's special characters (spec 0.31 §2.4) those that mean something inside a
# paragraph. Typography is left alone: a straight quote becomes what it does anywhere.
_INLINE = re.compile(
    r"[\\`*\[{~]|<(?=[A-Za-z/!?])|&(?=#?[A-Za-z0-9]+;)|(?<![^\W_])_|_(?![^\W_])"
)
_NUMBER = re.compile(r"(\d{1,9})([.)])(?=\s|\Z)")


def markdown(text: str) -> str:
    """A line of words as Markdown that shows exactly them."""
    escaped = _INLINE.sub(lambda found: "\\" + found.group(), text)
    if escaped[:1] in tuple("-+=>#"):
        return "\\" + escaped
    return (
        _NUMBER.sub(r"\1\\\2", escaped, count=1) if escaped[:1].isdigit() else escaped
    )


def heading(text: str) -> str:
    """A line of words as the text of a Markdown heading."""
    return re.sub(r"(?<!\\)#", r"\\#", markdown(text))


def with_lists(texts: Sequence[str], *, beside_name: bool = True) -> str:
    """Lines of words as Markdown paragraphs, those with bullets as lists.

    Not the first of them where it stands beside the name of who says it. Neither one
    alone, unless it stands below a colon: a dash may begin a sentence.
    """
    parts: list[str] = []
    at = 0
    while at < len(texts):
        end = at + 1
        if is_bullet(texts[at]) and (at or not beside_name):
            while end < len(texts) and is_bullet(texts[end]):
                end += 1
            if end - at > 1 or (at and texts[at - 1].endswith((":", "："))):
                items = (markdown(without_bullet(text)) for text in texts[at:end])
                parts.append("\n".join(f"- {item}" for item in items))
                at = end
                continue
        parts += map(markdown, texts[at:end])
        at = end
    return "\n\n".join(parts)


def plain_line(text: str) -> str:
    """A line that is not Markdown: what would be a merge tag is taken apart."""
    return re.sub(r"\{(?=\{)", "{ ", text)


def fits(text: str) -> bool:
    """Whether a line is short enough for front matter."""
    return len(plain_line(text)) <= MAX_LINE


def yaml_line(text: str) -> str:
    """A line of words as a YAML value: its double quotes are JSON's."""
    return json.dumps(plain_line(text), ensure_ascii=False)


def yaml_block(text: str, indent: str) -> str:
    """Markdown as a YAML block, each line as it is."""
    return "|\n" + textwrap.indent(text, indent)


def taken_apart(lines: Sequence[Line], text: str) -> list[Note]:
    """Tell which lines are in a file's front matter with a blank between braces."""
    return [
        Note(line.number, f"`{{{{` in {shown(line.text)}", "a blank was put between")
        for line in lines
        if plain_line(line.text) != line.text and yaml_line(line.text)[1:-1] in text
    ]
