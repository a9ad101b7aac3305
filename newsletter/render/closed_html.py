"""Ends what an author's own HTML leaves open, so that no word after it is lost."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from newsletter.model.problem import Problem
from newsletter.render.allowed_html import clean, is_closed
from newsletter.render.tree import Document, Node

# What these hold is not read as HTML, up to their own end.
_HOLDING = re.compile(
    r"<(script|style|title|textarea|xmp|iframe|noscript|noembed|noframes|plaintext"
    r"|template)\b|<(!--)",
    re.IGNORECASE,
)
_OWN = frozenset({"HtmlBlock", "InlineHtml"})

Report = Callable[[Problem], None]
"""Takes a problem with what was never closed."""


def closed(document: Document, file: str, report: Report) -> Document:
    """The text with each block of HTML closed, and without what only hides words.

    A block is left as it is where Markdown may stand between it and another.
    """
    if not any(node.kind in _OWN for node in document.nodes):
        return document
    closing = _Closing(file, report)
    return Document(
        [closing.node(node) for node in document.blocks],
        {label: closing.node(note) for label, note in document.footnotes.items()},
        document.unused,
    )


class _Closing:
    def __init__(self, file: str, report: Report) -> None:
        self._file = file
        self._report = report

    def node(self, node: Node) -> Node:
        """A node with all that is in it closed."""
        if node.kind == "HtmlBlock":
            return self._block(node)
        if not node.children:
            return node
        children = [self.node(child) for child in self._inline(node.children)]
        return replace(node, children=children)

    def _block(self, node: Node) -> Node:
        html = "".join(child.text for child in node.children)
        if is_closed(html):
            return node
        at, name = _never_closed(html)
        line = node.line + html.count("\n", 0, at) if node.line else 0
        self._open(name, line, node.column if line == node.line else 1)
        html_node = Node("Html", clean(html), node.line, column=node.column)
        return replace(node, children=[html_node])

    def _inline(self, nodes: Sequence[Node]) -> list[Node]:
        """The nodes of a line without `<script>` and the like, and what they hold."""
        kept: list[Node] = []
        endless: set[str] = set()
        after = 0
        for at, node in enumerate(nodes):
            if at < after:
                continue
            found = _HOLDING.match(node.text) if node.kind == "InlineHtml" else None
            name = (found[1] or "").lower() if found else ""
            if not name:
                kept.append(node)
                continue
            end = None if name in endless else _end(nodes, at, name)
            if end is None:
                endless.add(name)
                self._open(name, node.line, node.column)
            else:
                after = end + 1
        return kept

    def _open(self, name: str, line: int, column: int) -> None:
        self._report(
            Problem(
                code="html",
                message=f"`<{name}` is never closed",
                hint="close it or take it out: readers do not see what it holds",
                file=self._file,
                line=line,
                column=column,
            )
        )


def _end(nodes: Sequence[Node], start: int, name: str) -> int | None:
    """Where the element that opens at `start` closes among the nodes."""
    for at in range(start + 1, len(nodes)):
        node = nodes[at]
        if node.kind == "InlineHtml" and node.text.lower().startswith(f"</{name}"):
            return at
    return None


def _never_closed(html: str) -> tuple[int, str]:
    """Where something begins in a block that never ends, and its name."""
    lower = html.lower()
    for found in _HOLDING.finditer(lower):
        end = f"</{found[1]}" if found[1] else "-->"
        if lower.find(end, found.end()) < 0:
            return found.start(), found[1] or found[2]
    at = max(html.rfind("<"), 0)
    return at, re.split(r"[\s>]", html[at + 1 :], maxsplit=1)[0]
