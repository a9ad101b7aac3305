"""Markdown as HTML for the archive: anchors, figures, footnotes that link back."""

import itertools
from collections.abc import Iterable
from dataclasses import replace
from html import escape

from newsletter.model.text import elsewhere, slugify
from newsletter.render.findings import Findings
from newsletter.render.html import HtmlRenderer, Picture
from newsletter.render.tree import Document, Node


class WebHtml(HtmlRenderer):
    """Renders the texts of one page for a browser: no id is given twice."""

    def __init__(
        self,
        findings: Findings,
        *,
        trusted: bool,
        notes: str,
        taken: Iterable[str] = (),
    ) -> None:
        """See HtmlRenderer; `taken` are the ids that the page itself uses."""
        super().__init__(findings, trusted=trusted, notes=notes)
        self._taken = set(taken)
        self._counts: dict[str, int] = {}
        self._referred: set[int] = set()
        self._prefix = ""
        self._in_link = False
        self.headings: list[tuple[int, str, str]] = []
        """Level, id and plain words of every sub-head that was rendered."""

    def render(self, document: Document) -> str:
        """The HTML of one text; each text has footnotes of its own."""
        if document.footnotes:
            self._reserve_notes(len(document.footnotes))
        return super().render(document)

    def inline(self, document: Document) -> str:
        """A text without the paragraph around it, cleaned as every other."""
        html = super().inline(document)
        return self._clean(html) if self._trusted else html

    def heading(self, node: Node) -> str:
        """A sub-head with an address of its own."""
        level = max(2, int(node.attributes["level"][1]))
        anchor = self._anchor(node)
        self.headings.append((level, anchor, node.plain().strip()))
        return f'<h{level} id="{anchor}">{self.inside(node)}</h{level}>\n'

    def inside_link(self, node: Node) -> str:
        """What is clicked on; a link in it would end the outer one."""
        self._in_link = True
        html = super().inside_link(node)
        self._in_link = False
        return html

    def image(self, node: Node) -> str:
        """An image; one on another site is a link, so that only a click goes there.

        In an author's HTML it stays as it is: the page's policy keeps it from loading.
        """
        address = node.attributes["dest_url"]
        if not elsewhere(address, self.findings.base_url):
            return super().image(node)
        self.findings.image(node)
        words = Node("Text", node.plain().strip() or address)
        return self.node(
            words if self._in_link else replace(node, kind="Link", children=[words])
        )

    def picture(self, picture: Picture) -> str:
        """A figure whose size is known before it is loaded."""
        image = (
            f'<img src="{picture.url}" alt="{picture.alt}"{picture.size} '
            'loading="lazy">'
        )
        if not picture.caption:
            return image
        # A span, not a figure: Markdown puts images into paragraphs.
        caption = f'<span class="caption">{picture.caption}</span>'
        return f'<span class="figure">{image}{caption}</span>'

    def table(self, node: Node) -> str:
        """A table that scrolls by itself on a narrow screen."""
        return f'<div class="scroll" tabindex="0">{super().table(node)}</div>'

    def footnotes(self, definitions: list[Node]) -> str:
        """The notes, each with a way back."""
        items = "".join(
            f'<li id="{self._prefix}note-{number}">{self.inside(item).rstrip()}'
            f'\N{NO-BREAK SPACE}<a class="back" href="#{self._prefix}ref-{number}" '
            f'aria-label="back to {number}">↩</a></li>\n'
            for number, item in enumerate(definitions, 1)
        )
        # No landmark: a page may have several texts with notes.
        heading = f'<p class="column">{escape(self._notes)}</p>'
        return f'<div class="footnotes">{heading}<ol>\n{items}</ol></div>\n'

    def reference(self, number: int) -> str:
        """A link down to the note, which links back to its first reference."""
        first = number not in self._referred
        anchor = f' id="{self._prefix}ref-{number}"' if first else ""
        self._referred.add(number)
        return (
            f'<sup{anchor}><a href="#{self._prefix}note-{number}" '
            f'aria-label="note {number}">{number}</a></sup>'
        )

    def _row(self, row: Node, alignments: list[str], tag: str) -> str:
        """Alignment by class: HTML has no `align`, and our pages no styles in line."""
        scope = ' scope="col"' if tag == "th" else ""
        cells = []
        for cell, side in zip(row.children, alignments, strict=False):
            aligned = f' class="{side}"' if side else ""
            cells.append(f"<{tag}{scope}{aligned}>{self.inside(cell)}</{tag}>")
        return f"<tr>{''.join(cells)}</tr>\n"

    def _reserve_notes(self, count: int) -> None:
        """Find a prefix with which no id of this text's notes is taken."""
        self._referred = set()
        self._prefix, text = "", 1
        while self._taken & (ids := self._note_ids(count)):
            text += 1
            self._prefix = f"text-{text}-"
        self._taken |= ids

    def _note_ids(self, count: int) -> set[str]:
        kinds = itertools.product(("note", "ref"), range(1, count + 1))
        return {f"{self._prefix}{kind}-{number}" for kind, number in kinds}

    def _anchor(self, node: Node) -> str:
        base = node.attributes.get("id") or slugify(node.plain()) or "section"
        anchor = base
        while anchor in self._taken:
            # Counted on, not from one: a text may repeat a sub-head very often.
            self._counts[base] = count = self._counts.get(base, 1) + 1
            anchor = f"{base}-{count}"
        self._taken.add(anchor)
        return escape(anchor)
