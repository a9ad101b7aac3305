"""Markdown as HTML for mail programs: no ids, no figures, widths as attributes."""

import re
from itertools import accumulate

from newsletter.errors import SourceError
from newsletter.model.email import ImageFile
from newsletter.model.problem import Problem
from newsletter.render.html import HtmlRenderer, button_link
from newsletter.render.tree import Node

CONTENT_WIDTH = 528
"""Pixels between the margins of the 600-pixel mail."""

MAX_DEPTH = 200
"""Elements in elements; from a few thousand on, css-inline ends the whole process."""

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)")
_VOID = frozenset({"br", "col", "hr", "img", "wbr"})


class EmailHtml(HtmlRenderer):
    """Renders for the Word engine of Outlook as for Apple Mail."""

    # A newline between inline tags is lost when MRML reads it; a blank never is.
    soft_break = " "

    def paragraph(self, node: Node) -> str:
        """A paragraph; one that holds images only sets them without indents."""
        if button_link(node) is None and _only_images(node):
            return f'<div class="images">{self.inside(node)}</div>\n'
        return super().paragraph(node)

    def button(self, url: str, label: str) -> str:
        """A table cell with a background: Outlook pads nothing else."""
        return (
            '<table role="presentation" class="button" border="0" cellpadding="0" '
            f'cellspacing="0"><tr><td><a href="{url}">{label}</a></td></tr></table>\n'
        )

    def picture(self, url: str, alt: str, file: ImageFile | None, caption: str) -> str:
        """An image with a width that Outlook obeys, and its caption below."""
        width = min(CONTENT_WIDTH, file.width) if file else CONTENT_WIDTH
        image = f'<img src="{url}" alt="{alt}" width="{width}">'
        return f'{image}<span class="caption">{caption}</span>' if caption else image

    def footnotes(self, definitions: list[Node]) -> str:
        """The notes at the end, numbered as they are referred to."""
        items = "".join(f"<li>{self.inside(item)}</li>\n" for item in definitions)
        return f'<div class="footnotes"><ol>\n{items}</ol></div>\n'

    def reference(self, number: int) -> str:
        """A raised number; many mail programs do not follow links inside a mail."""
        return f"<sup>{number}</sup>"

    def _clean(self, html: str) -> str:
        """Clean an author's HTML; refuse what is nested beyond all reason."""
        clean = super()._clean(html)
        if _depth(clean) > MAX_DEPTH:
            problem = Problem(
                code="nesting",
                message=f"the HTML is nested more than {MAX_DEPTH} deep",
                hint="close every element that is opened",
                file=self.findings.file,
            )
            raise SourceError([problem])
        return clean


def _depth(html: str) -> int:
    """How many elements are open at most; `html` is cleaned, so that all are closed."""
    steps = (
        -1 if close else 1 for close, name in _TAG.findall(html) if name not in _VOID
    )
    return max(accumulate(steps), default=0)


def _only_images(node: Node) -> bool:
    kinds = {
        child.kind
        for child in node.children
        if child.kind != "Text" or child.text.strip()
    }
    return "Image" in kinds and kinds <= {"Image", "SoftBreak", "HardBreak"}
