"""Markdown as HTML for mail programs: no figures, widths as attributes, few ids."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from itertools import accumulate

from newsletter.errors import SourceError
from newsletter.model.problem import Problem
from newsletter.render.email_table import data_table
from newsletter.render.findings import Findings
from newsletter.render.html import HtmlRenderer, Picture
from newsletter.render.shapes import (
    begins_with_sized_image,
    button_link,
    only_images,
    read_quote,
)
from newsletter.render.tree import Node

MAIL_WIDTH = 600
"""Pixels; what every mail program shows whole."""

MAX_DEPTH = 200
"""Elements in elements; from a few thousand on, css-inline ends the whole process."""

ROLE = 'role="presentation" border="0" cellpadding="0" cellspacing="0"'
"""What makes a table one for layout, to Outlook and to screen readers."""

GAP = 16
"""Pixels between images that stand side by side."""

BESIDE = 120
"""Pixels of an image that leaves room for words beside it on the smallest phone."""

INDENT = 26
"""Pixels by which a list or a quote indents."""

INDENTED = 4
"""Lists and quotes within each other that indent; deeper ones would fill a phone."""

PHONE = 240
"""Pixels for a table in a box on a phone that is 320 wide."""

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)")
_VOID = frozenset({"br", "col", "hr", "img", "wbr"})
_QUESTION_MARKS = ("?", "؟", "？", "?”", "?’", '?"')


class EmailHtml(HtmlRenderer):
    """Renders one text of a mail for the Word engine of Outlook as for Apple Mail."""

    # A newline between inline tags is lost when MRML reads it; a blank never is.
    soft_break = " "

    def __init__(
        self,
        findings: Findings,
        *,
        trusted: bool,
        notes: str,
        back: str = "",
        width: int = MAIL_WIDTH,
        text: int = 1,
    ) -> None:
        """See HtmlRenderer; `back` is the name of the links from notes to the text.

        `width` is that of the text in pixels, `text` its number within the mail.
        """
        super().__init__(findings, trusted=trusted, notes=notes)
        self._back = escape(back)
        self._width = width
        self._room = width
        self._depth = 0
        self._text_number = text
        self._referred: set[int] = set()

    def paragraph(self, node: Node) -> str:
        """A paragraph; images alone are a row, an image of set width is a column."""
        if button_link(node) is None:
            images = only_images(node)
            if len(images) == 1:
                return f'<div class="images">{self.inside(node)}</div>\n'
            if images:
                return self._side_by_side(images)
            if begins_with_sized_image(node):
                return self._beside(*node.children)
        return super().paragraph(node)

    def _side_by_side(self, images: list[Node]) -> str:
        """Images in rows of two or three; a phone puts them below each other."""
        across = 2 if len(images) in (2, 4) else 3
        self._room = (self._width - GAP * (across - 1)) // across
        top = f'valign="top" width="{self._room}"'
        cells = [f'<td class="cell" {top}>{self.node(image)}</td>' for image in images]
        # So that the last ones are not spread over a whole row.
        cells += [f'<td class="gap" {top}></td>'] * (-len(images) % across)
        self._room = self._width
        gap = f'<td class="gap" width="{GAP}"></td>'
        rows = "".join(
            f"<tr>{gap.join(cells[at : at + across])}</tr>"
            for at in range(0, len(cells), across)
        )
        return f'<table {ROLE} class="images row" width="100%">{rows}</table>\n'

    def _beside(self, image: Node, *text: Node) -> str:
        """A small image at the start of the line, the text beside it.

        On a phone a larger one stands above its text.
        """
        width = min(image.attributes["width"], self._width // 2)
        words = "".join(map(self.node, text)).strip()
        large = width + self._indent > BESIDE
        small, half = ("small half", ' class="half"') if large else ("small", "")
        return (
            f'<table {ROLE} class="beside" width="100%"><tr>'
            f'<td class="{small}" valign="top" width="{width}">{self.node(image)}</td>'
            f'<td{half} valign="top"><p>{words}</p></td></tr></table>\n'
        )

    @property
    def _indent(self) -> int:
        """Pixels, at most, by which the lists and quotes around us indent."""
        return INDENT * min(self._depth, INDENTED)

    @contextmanager
    def _deeper(self) -> Iterator[str]:
        """Go into a list or a quote; gives the class of one that indents no more."""
        self._depth += 1
        yield "flat" if self._depth > INDENTED else ""
        self._depth -= 1

    def button(self, url: str, label: str) -> str:
        """A table cell with a background: Outlook pads nothing else."""
        return (
            f'<table {ROLE} class="button"><tr><td><a href="{url}">{label}</a></td>'
            "</tr></table>\n"
        )

    def picture(self, picture: Picture) -> str:
        """An image with a width that Outlook obeys, and its caption below."""
        width = min(self._room, picture.width or self._room)
        height = round(picture.height * width / (picture.width or width))
        wide = ' class="wide"' if width == self._room else ""
        size = Picture("", "", width=width, height=height).size
        image = f'<img{wide} src="{picture.url}" alt="{picture.alt}"{size}>'
        caption = f'<span class="caption">{picture.caption}</span>'
        return image + caption if picture.caption else image

    def quote(self, node: Node) -> str:
        """A quote: a few words large, somebody's with their name, else calm."""
        quote = read_quote(node, top=not self._depth)
        with self._deeper() as flat:
            words = "".join(map(self.node, quote.words))
            by = "".join(map(self.node, quote.by))
        if by:
            words += f'<p class="by">— {by}</p>\n'
        kind = f"{quote.kind} {flat}".rstrip()
        return f'<blockquote class="{kind}">\n{words}</blockquote>\n'

    def list_class(self, node: Node) -> str:
        """A list of questions has a look of its own."""
        items = [item.plain().rstrip() for item in node.children]
        asked = [item.endswith(_QUESTION_MARKS) for item in items]
        questions = len(asked) > 1 and all(asked)
        flat = self._depth > INDENTED
        return " ".join(["questions"] * questions + ["flat"] * flat)

    def _list(self, node: Node) -> str:
        with self._deeper():
            return super()._list(node)

    def table(self, node: Node) -> str:
        """A table that can be read on a phone."""
        return data_table(node, self.inside, self._width, PHONE - self._indent)

    def footnotes(self, definitions: list[Node]) -> str:
        """The notes at the end, each with a way back, where the program follows it."""
        items = "".join(
            f'<li id="{self._id("note", number)}">{self._note(item, number)}</li>\n'
            for number, item in enumerate(definitions, 1)
        )
        heading = f'<p class="column">{escape(self._notes)}</p>'
        return f'<div class="footnotes">{heading}<ol>\n{items}</ol></div>\n'

    def _note(self, definition: Node, number: int) -> str:
        """A note, the link back at the end of its last line, and never on one alone."""
        link = (
            f'&nbsp;<a class="back" href="#{self._id("ref", number)}" '
            f'aria-label="{self._back}">↩</a>'
        )
        html = self.inside(definition).rstrip()
        text = html.removesuffix("</p>")
        return f"{text}{link}</p>" if text != html else html + link

    def reference(self, number: int) -> str:
        """A raised number that leads down to its note."""
        first = number not in self._referred
        self._referred.add(number)
        anchor = f' id="{self._id("ref", number)}"' if first else ""
        label = f'aria-label="{escape(self._notes)} {number}"'
        return (
            f'<sup{anchor}><a href="#{self._id("note", number)}" {label}>{number}</a>'
            "</sup>"
        )

    def _id(self, kind: str, number: int) -> str:
        """No two texts of a mail share an id."""
        return f"{kind}-{self._text_number}-{number}"

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
