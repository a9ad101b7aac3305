"""What paragraphs and quotes are meant to be: buttons, rows of images, pull quotes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.render.tree import Node

SHORT = 160
"""Characters of a quote that may be set large; longer, it would shout."""

# `— Maren`, `-- Maren` or `--- Maren`, before and after smart punctuation.
_DASH = re.compile(r"\s*(?:[—–―]|---?)\s*(?=\S)")
_BREAKS = frozenset({"SoftBreak", "HardBreak"})


@dataclass(frozen=True, slots=True)
class Quote:
    """The blocks of a quote, and what its last line says of who said it, if it does."""

    words: Sequence[Node]
    by: Sequence[Node]
    top: bool = True

    @property
    def kind(self) -> str:
        """`pull` for a few words set large, `said` for somebody's, else `long`.

        Only one at the `top` is large: within a quote it would be larger than that.
        """
        if self.by:
            return "said"
        alone = self.top and len(self.words) == 1 and self.words[0].kind == "Paragraph"
        return (
            "pull" if alone and len(self.words[0].plain().strip()) <= SHORT else "long"
        )


def read_quote(node: Node, *, top: bool = True) -> Quote:
    """Find the last line of a quote that begins with a dash.

    `top` says that it stands in no other quote and in no list.
    """
    *before, last = node.children or [Node("Paragraph")]
    if last.kind != "Paragraph":
        return Quote(node.children, [], top)
    ends = [at for at, part in enumerate(last.children) if part.kind in _BREAKS]
    start = ends[-1] + 1 if ends else 0
    line = last.children[start:]
    dash = _DASH.match(line[0].text) if line and line[0].kind == "Text" else None
    if not dash or not (before or start):
        return Quote(node.children, [], top)
    words = Node("Paragraph", "", last.line, {}, last.children[: max(0, start - 1)])
    rest = Node("Text", line[0].text[dash.end() :])
    return Quote([*before, words] if start else before, [rest, *line[1:]])


def button_link(paragraph: Node) -> Node | None:
    """The link of a paragraph that is nothing but a bold link."""
    strong = _only(paragraph)
    link = _only(strong) if strong and strong.kind == "Strong" else None
    return link if link and link.kind == "Link" else None


def only_images(paragraph: Node) -> list[Node]:
    """The images of a paragraph that has nothing else; links may be around them."""
    images = []
    for child in paragraph.children:
        image = _only(child) if child.kind == "Link" else child
        if image and image.kind == "Image":
            images.append(child)
        elif child.kind not in _BREAKS and not _blank(child):
            return []
    return images


def begins_with_sized_image(paragraph: Node) -> bool:
    """Whether a paragraph starts with an image that was given a width."""
    first = paragraph.children[0] if paragraph.children else paragraph
    return first.kind == "Image" and "width" in first.attributes


def is_task(item: Node) -> bool:
    """Whether an item of a list begins with a box to tick."""
    first = item.children[0] if item.children else item
    if first.kind == "Paragraph" and first.children:
        first = first.children[0]
    return first.kind == "TaskListMarker"


def shows_address(link: Node) -> bool:
    """Whether the words of a link are the address that it leads to."""
    address: str = link.attributes["dest_url"]
    return link.plain() == address.removeprefix("mailto:")


def _only(node: Node) -> Node | None:
    """What is alone inside of a node, but for blanks."""
    found = None
    for item in node.children:
        if not _blank(item):
            if found:
                return None
            found = item
    return found


def _blank(node: Node) -> bool:
    return node.kind == "Text" and not node.text.strip()
