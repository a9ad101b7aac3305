"""Markdown as plain text that reads as if written by hand: wrapped, links numbered."""

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from newsletter.render.closed_html import closed
from newsletter.render.own_text import OwnText
from newsletter.render.shapes import is_task, only_images, read_quote
from newsletter.render.text_table import text_table
from newsletter.render.text_width import WIDTH, hung, underlined, wrapped
from newsletter.render.tree import Document, Node

RULE = "* * *".center(WIDTH).rstrip()


@dataclass(slots=True)
class LinkList:
    """The links of a text, numbered in the order of first use, each once."""

    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, url: str) -> int:
        """The number of a link, a new one for a new address."""
        return self.numbers.setdefault(url, len(self.numbers) + 1)

    def render(self) -> str:
        """One line a link; addresses are never broken."""
        return "\n".join(f"[{number}] {url}" for url, number in self.numbers.items())


class TextRenderer:
    """Renders parsed texts of one email; they share one list of links."""

    def __init__(
        self,
        links: LinkList,
        address: Callable[[Node], str],
        *,
        trusted: bool,
        notes: str = "",
        is_ours: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """Gather `links`; `address` tells where one leads, as in the HTML part.

        An author's HTML is shown as text unless it is `trusted`; `notes` stands over
        footnotes; `is_ours` knows a value of ours, such as the link to unsubscribe.
        """
        self._links, self._address, self._is_ours = links, address, is_ours
        self._own = OwnText(self._after_link)
        self._trusted, self._heading_of_notes = trusted, notes
        self._notes: dict[str, int] = {}
        self._spans: dict[str, Callable[[Node], str]] = {
            "SoftBreak": lambda _: " ",
            "HardBreak": lambda _: "\n",
            "Strong": lambda node: self._marked(node, "*"),
            "Emphasis": lambda node: self._marked(node, "_"),
            "Strikethrough": lambda node: self._marked(node, "~"),
            "Link": self._link,
            "Image": self._image,
            "FootnoteReference": self._reference,
            "TaskListMarker": lambda _: "",
            "InlineHtml": lambda node: self._html(node.text),
        }
        self._by_kind: dict[str, Callable[[Node, int], str]] = {
            "Paragraph": self._paragraph,
            "Heading": self._heading,
            "BlockQuote": self._quote,
            "List": self._list,
            "CodeBlock": lambda node, _: textwrap.indent(node.text.rstrip(), "    "),
            "Rule": lambda _, width: "* * *".center(width).rstrip(),
            "Table": self._table,
            "HtmlBlock": self._html_block,
        }

    def render(self, document: Document) -> str:
        """The text of a whole document, its footnotes at the end."""
        self._notes = {
            label: number for number, label in enumerate(document.footnotes, 1)
        }
        if self._trusted:
            # Said of the HTML part already.
            document = closed(document, "", lambda _: None)
        blocks = self._blocks(document.blocks, WIDTH)
        if blocks:
            blocks[-1] += self._own.end()
        if self._notes and self._heading_of_notes:
            blocks.append(f"{self._heading_of_notes}:")
        for label, number in self._notes.items():
            note = "\n\n".join(
                self._blocks(document.footnotes[label].children, WIDTH - 4)
            )
            blocks.append(hung(note, f"({number}) "))
        return "\n\n".join(blocks)

    def line(self, document: Document) -> str:
        """A text of a sentence or two without line ends, to be put after a label."""
        return " ".join(self._inline(block.children) for block in document.blocks)

    def _blocks(self, nodes: Sequence[Node], width: int) -> list[str]:
        """Render block by block; loose inline nodes (tight lists) are one paragraph.

        What comes out blank, such as an image without a text, is no block.
        """
        blocks: list[str] = []
        loose: list[Node] = []
        for node in nodes:
            if node.kind in _INLINE:
                loose.append(node)
                continue
            if loose:
                blocks.append(wrapped(self._inline(loose), width))
                loose = []
            blocks.append(self._block(node, width))
        if loose:
            blocks.append(wrapped(self._inline(loose), width))
        return [block for block in blocks if block.strip()]

    def _block(self, node: Node, width: int) -> str:
        return self._by_kind.get(node.kind, self._several)(node, width)

    def _several(self, node: Node, width: int) -> str:
        return "\n\n".join(self._blocks(node.children, width))

    def _paragraph(self, node: Node, width: int) -> str:
        """A paragraph; images that stand alone have a line each."""
        if images := only_images(node):
            return "\n".join(wrapped(self._span(image), width) for image in images)
        return wrapped(self._inline(node.children), width)

    def _heading(self, node: Node, width: int) -> str:
        return underlined(self._paragraph(node, width), "-")

    def _quote(self, node: Node, width: int) -> str:
        quote = read_quote(node)
        inside = "\n\n".join(self._blocks(quote.words, width - 2))
        if quote.by:
            inside += "\n" + wrapped(f"— {self._inline(quote.by)}", width - 2)
        return "\n".join(f"> {line}".rstrip() for line in inside.split("\n"))

    def _html_block(self, node: Node, width: int) -> str:
        html = "".join(child.text for child in node.children)
        return wrapped(self._html(html).strip(), width)

    def _list(self, node: Node, width: int) -> str:
        first = node.attributes["value"]
        items = []
        loose = False
        for number, item in enumerate(node.children, first or 0):
            mark = _mark(item, None if first is None else number)
            blocks = self._blocks(item.children, width - len(mark))
            loose = loose or any(child.kind == "Paragraph" for child in item.children)
            nested = item.children and item.children[-1].kind == "List"
            gap = "\n" if nested and len(blocks) == 2 else "\n\n"
            items.append(hung(gap.join(blocks), mark))
        return ("\n\n" if loose else "\n").join(items)

    def _table(self, node: Node, width: int) -> str:
        rows = [
            [self._inline(cell.children).replace("\n", " ") for cell in row.children]
            for row in node.children
        ]
        return text_table(rows, node.attributes["value"], width)

    def _inline(self, nodes: Sequence[Node]) -> str:
        return "".join(self._span(node) for node in nodes)

    def _span(self, node: Node) -> str:
        render = self._spans.get(node.kind)
        return render(node) if render else node.text + self._inline(node.children)

    def _reference(self, node: Node) -> str:
        number = self._notes.get(node.text)
        return f" ({number})" if number else f"[^{node.text}]"

    def _marked(self, node: Node, mark: str) -> str:
        inside = self._inline(node.children)
        only_link = len(node.children) == 1 and node.children[0].kind == "Link"
        return inside if only_link else f"{mark}{inside}{mark}"

    def _link(self, node: Node) -> str:
        url = self._address(node)
        text = self._inline(node.children)
        if not url or url.removeprefix("mailto:") == text:
            return text
        return f"{text} [{self._links.number(url)}]"

    def _image(self, node: Node) -> str:
        alt = node.plain()
        title = node.attributes.get("title")
        return f"[image: {alt}{' – ' + title if title else ''}]" if alt else ""

    def _html(self, html: str) -> str:
        return self._own.read(html) if self._trusted else html

    def _after_link(self, address: str) -> str:
        """The number of a link that an author wrote in HTML."""
        ours = self._is_ours(address)
        node = Node("Link", attributes={"dest_url": address, "ours": ours})
        url = self._address(node)
        return f" [{self._links.number(url)}]" if url else ""


def _mark(item: Node, number: int | None) -> str:
    """What stands before an item: its number, its box to tick, or else a dash."""
    count = "" if number is None else f"{number}. "
    if not is_task(item):
        return count or "- "
    done = next(node.text for node in item.walk() if node.kind == "TaskListMarker")
    return count + ("[x] " if done == "True" else "[ ] ")


_INLINE = frozenset(
    {
        "Text",
        "Code",
        "SoftBreak",
        "HardBreak",
        "Strong",
        "Emphasis",
        "Strikethrough",
        "Link",
        "Image",
        "FootnoteReference",
        "TaskListMarker",
        "InlineHtml",
    }
)
