"""Markdown as a tree, made once per text from pyromark's events; renderers walk it."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyromark

from newsletter.render.merge import MergeTags

_EXTENSIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_HEADING_ATTRIBUTES
)
_PLAIN = pyromark.Markdown(options=_EXTENSIONS)
_SMART = pyromark.Markdown(
    options=_EXTENSIONS | pyromark.Options.ENABLE_SMART_PUNCTUATION
)
_BARE_URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?')\]}*_~]")


@dataclass(slots=True)
class Node:
    """One element. `text` is its own text (leaves), `line` its 1-based source line."""

    kind: str
    text: str = ""
    line: int = 0
    attributes: Mapping[str, Any] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, in the order of the text."""
        yield self
        for child in self.children:
            yield from child.walk()

    def plain(self) -> str:
        """The text of this node and all below it, without markup."""
        if self.kind in ("SoftBreak", "HardBreak"):
            return " "
        return self.text + "".join(child.plain() for child in self.children)


@dataclass(slots=True)
class Document:
    """A parsed text: its blocks, and its footnotes by label in the order of use."""

    blocks: list[Node]
    footnotes: dict[str, Node]

    def walk(self) -> Iterator[Node]:
        """Every node, the footnotes' last."""
        for block in (*self.blocks, *self.footnotes.values()):
            yield from block.walk()

    @property
    def words(self) -> int:
        """The number of words a reader reads."""
        return sum(
            len(node.text.split())
            for node in self.walk()
            if node.kind in ("Text", "Code", "CodeBlock")
        )


def parse(text: str, tags: MergeTags, *, line: int = 1, smart: bool = True) -> Document:
    """Parse Markdown whose first line is `line` of its file.

    `smart` makes English typography of quotes, dashes and dots.
    """
    protected = tags.protect(text, line=line)
    root = Node("Root")
    builder = _Builder(tags, _line_finder(protected, line), [root])
    parser = _SMART if smart else _PLAIN
    for event, span in parser.events_with_range(protected, merge_text=True):
        builder.add(event, span["start"])
    return _collect_footnotes(root)


def _line_finder(text: str, first: int) -> Any:
    """Make a function from a UTF-8 byte offset to a line number."""
    data = text.encode()
    starts = [match.end() for match in re.finditer(b"\n", data)]
    return lambda offset: first + bisect_right(starts, offset)


@dataclass(slots=True)
class _Builder:
    """Turns the flat events into a tree; the innermost open node is last in `stack`."""

    tags: MergeTags
    line_of: Any
    stack: list[Node]

    def add(self, event: Any, offset: int) -> None:
        if isinstance(event, str):
            self._leaf(Node(event, line=self.line_of(offset)))
            return
        ((kind, value),) = event.items()
        if kind == "Start":
            self._start(value, offset)
        elif kind == "End":
            self._end()
        elif kind == "Text":
            self._text(value)
        else:
            self._leaf(Node(kind, self._verbatim(kind, value), self.line_of(offset)))

    def _start(self, value: Any, offset: int) -> None:
        attributes: Mapping[str, Any]
        if isinstance(value, str):
            name, attributes = value, {}
        else:
            ((name, content),) = value.items()
            attributes = content if isinstance(content, dict) else {"value": content}
        if "dest_url" in attributes:
            url = self.tags.in_text(attributes["dest_url"])
            attributes = {**attributes, "dest_url": url}
        node = Node(name, line=self.line_of(offset), attributes=attributes)
        self.stack[-1].children.append(node)
        self.stack.append(node)

    def _end(self) -> None:
        node = self.stack.pop()
        if node.kind == "CodeBlock":
            # In code a merge tag is an example, not a tag.
            node.text = self.tags.in_code(node.plain())
            node.children = []

    def _text(self, text: str) -> None:
        parent = self.stack[-1]
        if parent.kind == "CodeBlock":
            self._leaf(Node("Text", text))
            return
        text = self.tags.in_text(text)
        inside_link = any(node.kind in ("Link", "Image") for node in self.stack)
        if "://" in text and not inside_link:
            self._with_links(text)
        else:
            self._leaf(Node("Text", text))

    def _with_links(self, text: str) -> None:
        """Make links of bare web addresses, which pulldown-cmark leaves as text."""
        end = 0
        for match in _BARE_URL.finditer(text):
            if match.start() > end:
                self._leaf(Node("Text", text[end : match.start()]))
            url = match.group()
            line = self.stack[-1].line
            link = Node("Link", line=line, attributes={"dest_url": url, "title": ""})
            link.children.append(Node("Text", url))
            self._leaf(link)
            end = match.end()
        if end < len(text):
            self._leaf(Node("Text", text[end:]))

    def _verbatim(self, kind: str, value: Any) -> str:
        text = str(value)
        return self.tags.in_code(text) if kind == "Code" else self.tags.in_text(text)

    def _leaf(self, node: Node) -> None:
        self.stack[-1].children.append(node)


def _collect_footnotes(root: Node) -> Document:
    """Take definitions out of the flow; keep those used, in the order of first use."""
    definitions = {
        node.attributes["value"]: node
        for node in root.children
        if node.kind == "FootnoteDefinition"
    }
    blocks = [node for node in root.children if node.kind != "FootnoteDefinition"]
    used: dict[str, Node] = {}
    queue = list(blocks)
    while queue:
        for node in queue.pop(0).walk():
            definition = definitions.get(node.text)
            reference = node.kind == "FootnoteReference" and node.text not in used
            if reference and definition:
                used[node.text] = definition
                queue.append(definition)
    return Document(blocks, used)
