"""The Markdown tree as HTML: what email and web have in common."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

from newsletter.render.allowed_html import clean, split_style
from newsletter.render.closed_html import closed
from newsletter.render.findings import Findings
from newsletter.render.merge import has_mark
from newsletter.render.raw_html import Addresses, is_ours, own_addresses
from newsletter.render.shapes import button_link, is_task, shows_address
from newsletter.render.tree import Document, Node

_Method = Callable[[Any, Node], str]

_ALIGNMENT = {"Left": "left", "Center": "center", "Right": "right"}
_TAGS = {
    "Strong": "strong",
    "Emphasis": "em",
    "Strikethrough": "s",
    "Subscript": "sub",
    "Superscript": "sup",
    "TableRow": "tr",
}
_METHODS = {
    "Text": "_text",
    "Code": "_code",
    "SoftBreak": "_soft_break",
    "HardBreak": "_hard_break",
    "Rule": "_rule",
    "Paragraph": "paragraph",
    "Heading": "heading",
    "BlockQuote": "quote",
    "List": "_list",
    "Item": "_item",
    "TaskListMarker": "_task",
    "CodeBlock": "_code_block",
    "Table": "table",
    "Link": "_link",
    "Image": "image",
    "FootnoteReference": "_reference",
    "HtmlBlock": "_html_block",
    "Html": "_html",
    "InlineHtml": "_html",
}
# Up to where a host, or a scheme without one, has ended.
_SETTLED = re.compile(r"https?://[^\s/?#\\]+[/?#]|(?:mailto|tel):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as it is shown; the texts are escaped.

    `width` and `height` are CSS pixels, 0 where they are not known.
    """

    url: str
    alt: str
    caption: str = ""
    width: int = 0
    height: int = 0

    @property
    def size(self) -> str:
        """What is known of its size, as attributes."""
        width = f' width="{self.width}"' if self.width else ""
        return f'{width} height="{self.height}"' if self.height else width


class HtmlRenderer(ABC):
    """Renders one file's Markdown; email and web differ in a few methods.

    Raw HTML is shown as text unless `trusted`; then it passes nh3's allow-list.
    """

    soft_break = "\n"

    def __init__(self, findings: Findings, *, trusted: bool, notes: str) -> None:
        """Render into `findings`; `notes` is the heading over footnotes."""
        self.findings = findings
        self._trusted = trusted
        self._notes = notes
        self._footnotes: dict[str, int] = {}
        self._addresses: Addresses = {}

    def render(self, document: Document) -> str:
        """The HTML of a whole text, its footnotes at the end."""
        self._footnotes = {
            label: number for number, label in enumerate(document.footnotes, 1)
        }
        document = self._own(document)
        html = "".join([self.node(block) for block in document.blocks])
        if document.footnotes:
            html += self.footnotes(list(document.footnotes.values()))
        return self._clean(html) if self._trusted else html

    def inline(self, document: Document) -> str:
        """A text of one paragraph without the paragraph around it."""
        if len(document.blocks) == 1 and document.blocks[0].kind == "Paragraph":
            document = self._own(document)
            return self.inside(document.blocks[0])
        return self.render(document)

    def node(self, node: Node) -> str:
        """The HTML of one node."""
        render = _methods(type(self)).get(node.kind)
        if render:
            return render(self, node)
        tag = _TAGS.get(node.kind)
        inside = self.inside(node)
        return f"<{tag}>{inside}</{tag}>" if tag else inside

    def inside(self, node: Node) -> str:
        """The HTML of a node's children."""
        # As `node` does; not called for each word, of which there are most.
        known, parts = _methods(type(self)), []
        for child in node.children:
            render = known.get(child.kind)
            parts.append(render(self, child) if render else self.node(child))
        return "".join(parts)

    def inside_link(self, node: Node) -> str:
        """The HTML of what is clicked on."""
        return self.inside(node)

    def paragraph(self, node: Node) -> str:
        """A paragraph; one that is only a bold link is a button."""
        target = button_link(node)
        if target is not None:
            url = self.findings.link(target)
            if url:
                return self.button(escape(url), self.inside_link(target))
        return f"<p>{self.inside(node)}</p>\n"

    def button(self, url: str, label: str) -> str:
        """A link that asks to be pressed."""
        return f'<p><a class="button" href="{url}">{label}</a></p>\n'

    def heading(self, node: Node) -> str:
        """A sub-head; the title is the page's only h1, so `#` counts as `##`."""
        level = max(2, int(node.attributes["level"][1]))
        return f"<h{level}>{self.inside(node)}</h{level}>\n"

    def image(self, node: Node) -> str:
        """An image, or its text where the image cannot be used."""
        url, file = self.findings.image(node)
        if not url:
            return escape(node.plain(), quote=False)
        width, height = (file.width, file.height) if file else (0, 0)
        if wanted := node.attributes.get("width"):
            height = round(height * wanted / width) if width else 0
            width = wanted
        return self.picture(
            Picture(escape(url), escape(node.plain()), caption(node), width, height)
        )

    @abstractmethod
    def picture(self, picture: Picture) -> str:
        """The markup of an image and its caption."""

    def quote(self, node: Node) -> str:
        """What somebody else said."""
        return f"<blockquote>\n{self.inside(node)}</blockquote>\n"

    def table(self, node: Node) -> str:
        """A table of data, its alignment as attributes that Outlook reads too."""
        alignments = [_ALIGNMENT.get(item, "") for item in node.attributes["value"]]
        head, *body = node.children
        rows = "".join(self._row(row, alignments, "td") for row in body)
        return (
            f'<table class="data"><thead>{self._row(head, alignments, "th")}</thead>'
            f"<tbody>{rows}</tbody></table>\n"
        )

    def footnotes(self, definitions: list[Node]) -> str:
        """The notes at the end of a text."""
        items = "".join(f"<li>{self.inside(item)}</li>\n" for item in definitions)
        return f'<section class="footnotes"><ol>\n{items}</ol></section>\n'

    def reference(self, number: int) -> str:
        """The mark of a footnote in the text."""
        return f"<sup>[{number}]</sup>"

    def _text(self, node: Node) -> str:
        return escape(node.text, quote=False)

    def _code(self, node: Node) -> str:
        return code(node.text)

    def _code_block(self, node: Node) -> str:
        return f"<pre>{code(node.text)}</pre>\n"

    def _soft_break(self, _: Node) -> str:
        return self.soft_break

    def _hard_break(self, _: Node) -> str:
        return "<br>\n"

    def _rule(self, _: Node) -> str:
        return "<hr>\n"

    def _task(self, node: Node) -> str:
        return "☑ " if node.text == "True" else "☐ "

    def _reference(self, node: Node) -> str:
        number = self._footnotes.get(node.text)
        if number is None:
            return f"[^{escape(node.text)}]"
        return self.reference(number)

    def _row(self, row: Node, alignments: list[str], tag: str) -> str:
        cells = []
        for cell, side in zip(row.children, alignments, strict=False):
            align = f' align="{side}"' if side else ""
            scope = ' scope="col"' if tag == "th" else ""
            cells.append(f"<{tag}{scope}{align}>{self.inside(cell)}</{tag}>")
        return f"<tr>{''.join(cells)}</tr>\n"

    def _list(self, node: Node) -> str:
        start, kind = node.attributes["value"], self.list_class(node)
        extra = f' class="{kind}"' if kind else ""
        if start is None:
            return f"<ul{extra}>\n{self.inside(node)}</ul>\n"
        first = f' start="{start}"' if start != 1 else ""
        return f"<ol{first}{extra}>\n{self.inside(node)}</ol>\n"

    def list_class(self, _: Node) -> str:
        """What kind of list it is, where lists are not all alike."""
        return ""

    def _item(self, node: Node) -> str:
        task = ' class="task"' if is_task(node) else ""
        return f"<li{task}>{self.inside(node).rstrip()}</li>\n"

    def _link(self, node: Node) -> str:
        url = self.findings.link(node)
        if not url:
            return self.inside(node)
        title = node.attributes.get("title")
        extra = f' title="{escape(title)}"' if title else ""
        if shows_address(node):
            extra += ' dir="ltr"'
        return f'<a href="{escape(url)}"{extra}>{self.inside_link(node)}</a>'

    def _html_block(self, node: Node) -> str:
        inside = self.inside(node)
        return inside if self._trusted else f"<p>{inside.strip()}</p>\n"

    def _html(self, node: Node) -> str:
        return node.text if self._trusted else escape(node.text, quote=False)

    def _own(self, document: Document) -> Document:
        """Look through an author's HTML, if it is trusted; the text, all of it closed.

        What hides the rest of a text would hide the rest of the letter.
        """
        if not self._trusted:
            return document
        self._addresses = own_addresses(document, self.findings)
        return closed(document, self.findings.file, self.findings.problems.append)

    def _kept(self, element: str, name: str, value: str) -> str | None:
        """What an attribute becomes: an address as one of Markdown would.

        None takes it away: an address that a subscriber's value begins, or a style that
        has one in it.
        """
        if name in ("href", "src", "cite"):
            value = self._addresses.get((name, value), value)
            return value if value and _is_settled(value, self.findings) else None
        if name == "style":
            kept = "" if has_mark(value) else split_style(element, value)[0]
            return kept or None
        return value

    def _clean(self, html: str) -> str:
        return clean(html, self._kept)


@cache
def _methods(renderer: type[HtmlRenderer]) -> dict[str, _Method]:
    """What renders each kind of node.

    Kept for a class, not an object, which would hold itself by its own methods.
    """
    return {kind: getattr(renderer, name) for kind, name in _METHODS.items()}


def _is_settled(url: str, findings: Findings) -> bool:
    """Whether no merge tag has a say in where an address leads; ours are all of one."""
    if not has_mark(url) or is_ours(url, findings):
        return True
    start = _SETTLED.match(url)
    return start is not None and not has_mark(start.group())


def code(text: str) -> str:
    """Code, which reads from left to right in every language."""
    return f'<code dir="ltr">{escape(text, quote=False)}</code>'


def caption(node: Node) -> str:
    """The caption of an image: its Markdown title, escaped."""
    return escape(node.attributes.get("title") or "", quote=False)
