"""Reads an author's own HTML: its links, images and sub-heads, each with its place."""

import re
from collections.abc import Sequence
from html import unescape
from html.parser import HTMLParser

from newsletter.model.email import Heading
from newsletter.model.problem import Problem, Severity
from newsletter.render.allowed_html import ELEMENTS, split_style
from newsletter.render.findings import Findings
from newsletter.render.merge import SYSTEM
from newsletter.render.tree import Document, Node

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_OURS = re.compile(rf"\{{\{{\s*(?:{'|'.join(SYSTEM)})\b[^{{}}]*\}}\}}")
_TAG_BEGINS = re.compile(r"<(?=[a-zA-Z/!?])")
_PIXELS = re.compile(r"\d{1,4}(?:px)?\Z")


Addresses = dict[tuple[str, str], str]
"""What an attribute with an address becomes: a link may lead to an image it shows."""


def own_addresses(document: Document, findings: Findings) -> Addresses:
    """What each address in a text's HTML becomes: safe and absolute, empty if neither.

    What is found is put into `findings`, as that of Markdown is, under the line of the
    HTML in which an element opens. An anchor within the mail stays one.
    """
    reader = _Reader(findings)
    for block in (*document.blocks, *document.footnotes.values()):
        for node in block.walk():
            reader.read(node)
    reader.end()
    return reader.addresses


def is_ours(url: str, findings: Findings) -> bool:
    """Whether an address is one merge tag, for a link of ours, such as to leave."""
    return len(url) == 1 and bool(_OURS.fullmatch(findings.written(url)))


class _Reader(HTMLParser):
    """Walks through a text; what stands between two tags of HTML are Markdown's words.

    nh3 decides what readers get of it; this one only looks.
    """

    def __init__(self, findings: Findings) -> None:
        super().__init__()
        self.addresses: Addresses = {}
        self._findings = findings
        self._places: list[tuple[int, int]] = []
        self._left_out: set[str] = set()
        self._link: Node | None = None
        self._heading: Node | None = None
        self._words: dict[str, list[str]] = {}

    def read(self, node: Node) -> None:
        """Take in one node of a text; those of its HTML come as their block."""
        if node.kind == "HtmlBlock":
            self._feed(node.children)
        elif node.kind == "InlineHtml":
            self._feed([node])
        elif node.kind in ("Text", "Code"):
            self.handle_data(node.text)
        elif node.kind in ("SoftBreak", "HardBreak"):
            self.handle_data(" ")

    def _feed(self, nodes: Sequence[Node]) -> None:
        self._places = [
            (node.line + row, node.column if row == 0 else 1)
            for node in nodes
            for row in range(max(1, node.text.count("\n")))
        ]
        # A `<script>` that never ends is at its end with its block.
        self.reset()
        complete, rest = whole("".join(node.text for node in nodes))
        self.feed(complete)
        self.close()
        self.handle_data(rest)

    def end(self) -> None:
        """Close what the text has left open."""
        self._end_link()
        self._end_heading()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what opens."""
        given = {name: value or "" for name, value in reversed(attrs)}
        self._report(tag, given.get("style", ""))
        if tag == "img":
            self._image(given)
        elif tag == "a" and "href" in given:
            self._end_link()
            self._link = self._node("Link", given["href"])
            self._words["link"] = []
            self.handle_data(given.get("aria-label", ""))
        elif tag in _HEADINGS:
            self._end_heading()
            self._heading = self._node(tag, "")
            self._words["heading"] = []

    def handle_endtag(self, tag: str) -> None:
        """Note what ends."""
        if tag == "a":
            self._end_link()
        elif tag in _HEADINGS:
            self._end_heading()

    def handle_data(self, data: str) -> None:
        """Keep the words of what is open."""
        for words in self._words.values():
            words.append(data)

    def _report(self, tag: str, style: str) -> None:
        """Say what of an element no reader gets: itself, or a part of its style."""
        if tag not in ELEMENTS:
            self._leave_out(f"<{tag}>")
        elif style:
            for declaration in split_style(tag, style)[1]:
                self._leave_out(f"{declaration} in the style of <{tag}>")

    def _leave_out(self, what: str) -> None:
        if what in self._left_out:
            return
        self._left_out.add(what)
        line, column = self._place()
        self._findings.problems.append(
            Problem(
                code="html",
                message=f"`{self._findings.written(what)}` is left out",
                hint="use what docs/writing.md names, or Markdown",
                severity=Severity.WARNING,
                file=self._findings.file,
                line=line,
                column=column,
            )
        )

    def _place(self) -> tuple[int, int]:
        """The line and column of the tag that is read."""
        row = self.getpos()[0] - 1
        return self._places[min(row, len(self._places) - 1)]

    def _node(self, kind: str, address: str) -> Node:
        """A node as Markdown would have made it, with its place."""
        line, column = self._place()
        ours = is_ours(address, self._findings)
        attributes = {"dest_url": address, "title": "", "ours": ours}
        return Node(kind, "", line, attributes, column=column)

    def _image(self, given: dict[str, str]) -> None:
        node = self._node("Image", given.get("src", ""))
        if width := _PIXELS.match(given.get("width", "")):
            node.attributes = {
                **node.attributes,
                "width": int(width.group().removesuffix("px")),
            }
        node.children = [Node("Text", given.get("alt", ""))]
        self.handle_data(given.get("alt", ""))
        self._become(node, self._findings.image(node)[0])

    def _end_link(self) -> None:
        link, self._link = self._link, None
        if link:
            link.children = [Node("Text", "".join(self._words.pop("link")))]
            self._become(link, self._findings.link(link))

    def _become(self, node: Node, url: str) -> None:
        written = node.attributes["dest_url"]
        if not written.startswith("#"):
            attribute = "src" if node.kind == "Image" else "href"
            self.addresses[attribute, written] = url

    def _end_heading(self) -> None:
        heading, self._heading = self._heading, None
        if heading:
            text = self._findings.written("".join(self._words.pop("heading")))
            level, place = int(heading.kind[1]), (heading.line, heading.column)
            self._findings.headings.append(Heading(level, text, *place))


def whole(html: str) -> tuple[str, str]:
    """HTML up to where something begins that never ends, and the words before that.

    Of many `<` each would be tried, up to the end of the text.
    """
    end = html.rfind(">") + 1
    comment = html.find("<!--", html.rfind("-->") + 1)
    if 0 <= comment < end:
        return html[:comment], ""
    return html[:end], unescape(_TAG_BEGINS.split(html[end:], maxsplit=1)[0])
