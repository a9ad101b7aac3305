"""Where an author wrote code, for `check`: what looks like a tag there is none."""

from collections.abc import Iterator

from newsletter.model.email import Code
from newsletter.render.tree import Document, Node


def code_in(document: Document) -> Iterator[Code]:
    """The code of a text, that of the notes which no reader sees included."""
    unseen = (node for note in document.unused for node in note.walk())
    for node in (*document.nodes, *unseen):
        if node.kind == "Code":
            yield Code(node.line, node.column)
        elif node.kind == "CodeBlock":
            yield Code(node.line, node.column, _rows(node))


def _rows(block: Node) -> int:
    """The lines of a block; that of the fence which opens it is not in its text."""
    text = block.text
    last = bool(text) and not text.endswith("\n")  # at the end of a file
    return text.count("\n") + last + ("Fenced" in block.attributes)
