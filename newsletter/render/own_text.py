"""An author's own HTML as plain text: its links, its images, its lines."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

from newsletter.render.raw_html import whole

_BLOCKS = frozenset({"blockquote", "br", "center", "dd", "details", "div", "dl", "dt"})
_BLOCKS |= {"h1", "h2", "h3", "h4", "h5", "h6", "header", "footer", "hr", "li", "main"}
_BLOCKS |= {"address", "article", "aside", "nav", "ol", "p", "pre", "section", "ul"}
_BLOCKS |= {"caption", "figcaption", "figure", "summary", "table", "td", "th", "tr"}
_UNSEEN = frozenset({"script", "style", "template"})


class OwnText(HTMLParser):
    """Reads the HTML of one text piece by piece; a link may be open in between."""

    def __init__(self, mark: Callable[[str], str]) -> None:
        """`mark` gives what stands after the words of a link to an address."""
        super().__init__()
        self._mark = mark
        self._parts: list[str] = []
        self._link = ""
        self._unseen = ""

    def read(self, html: str) -> str:
        """A piece of HTML, such as a block or one tag, as text."""
        # Nothing but a link stays open from one piece to the next.
        self.reset()
        self._parts, self._unseen = [], ""
        complete, rest = whole(html)
        self.feed(complete)
        self.close()
        self.handle_data(rest)
        return re.sub(r"\s*\n\s*", "\n", "".join(self._parts))

    def end(self) -> str:
        """What stands after the words of the link that is open, if one is."""
        link, self._link = self._link, ""
        return self._mark(link) if link else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line, a link, an image or what nobody sees."""
        given = {name: value or "" for name, value in reversed(attrs)}
        if tag in _UNSEEN:
            self._unseen = tag
        elif tag in _BLOCKS:
            self._parts.append("\n")
        elif tag == "a" and "href" in given:
            self._parts.append(self.end())
            self._link = given["href"]
        elif tag == "img" and given.get("alt"):
            self._parts.append(f"[image: {given['alt']}]")

    def handle_endtag(self, tag: str) -> None:
        """End what was begun."""
        if tag == self._unseen:
            self._unseen = ""
        elif tag == "a":
            self._parts.append(self.end())
        elif tag in _BLOCKS:
            self._parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep words; where lines end in the source says nothing."""
        if not self._unseen:
            self._parts.append(re.sub(r"[ \t\r\n\f]+", " ", data))
