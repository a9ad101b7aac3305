"""What a reader sees of an email: its words, links and images, without its markup."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

from newsletter.model.email import MergeField
from newsletter.model.frozen import FrozenEmail
from newsletter.sending.diff.word_diff import HEADING

ITEM, QUOTE = "- ", "> "
"""What a paragraph begins with that is an item of a list, or a quote."""

# Elements whose words run on with those before and after; all others stand alone.
_INLINE = frozenset(
    {"a", "abbr", "b", "br", "cite", "code", "del", "em", "font", "i", "img", "ins"}
    | {"kbd", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u", "wbr"}
)
_VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
_UNSEEN = frozenset({"head", "script", "style", "template", "title"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_HIDDEN = re.compile(r"display\s*:\s*none")
# HTML's own white space; a no-break space is a character like any other.
_BLANKS = re.compile(r"[ \t\n\r\f]+")
# What stands after a preheader so that an inbox shows nothing else.
_FILLER = "\u00ad\u034f\u200b\u200c\u200d\u2007\u2060\ufeff\u00a0 "


@dataclass(frozen=True, slots=True)
class Reference:
    """A link or an image: its text (or alt text), and the address it leads to."""

    text: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An email as its readers see it; a merge tag is shown as a tag.

    `html_bytes` is the size of the HTML part for a reader without merge values.
    """

    subject: str = ""
    preheader: str = ""
    sender: str = ""
    reply_to: str = ""
    html_bytes: int = 0
    paragraphs: tuple[str, ...] = ()
    links: tuple[Reference, ...] = ()
    images: tuple[Reference, ...] = ()


NOTHING = Seen()
"""What readers see of an issue that does not exist yet."""


def seen(email: FrozenEmail) -> Seen:
    """Read an email as a mail program shows it.

    The HTML part is read, and not what it was made of, so that an email which was sent
    years ago can be read as well as one of today.
    """
    tags = [_tag(item) for item in email.fields]
    plain = email.html.join([escape(item.default) for item in email.fields])
    reader = _Reader()
    reader.feed(email.html.join([escape(tag) for tag in tags]))
    reader.close()
    reader.end_paragraph()
    return Seen(
        subject=email.subject.join(tags),
        preheader=reader.preheader,
        sender=f"{email.from_name} <{email.from_address}>",
        reply_to=email.reply_to,
        html_bytes=len(plain.encode()),
        paragraphs=tuple(reader.paragraphs),
        links=tuple(reader.links),
        images=tuple(reader.images),
    )


def _tag(item: MergeField) -> str:
    """A merge field as an author writes it."""
    default = f' | default("{item.default}")' if item.default else ""
    return f"{{{{ {item.name}{default} }}}}"


@dataclass(slots=True)
class _Element:
    """An element that is open: `hidden` when it, or what it is in, is not shown."""

    name: str
    hidden: bool
    href: str = ""
    begun: bool = False
    words: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Gathers what is shown; comments are not, nor what only Outlook reads in them."""

    def __init__(self) -> None:
        super().__init__()
        self.paragraphs: list[str] = []
        self.links: list[Reference] = []
        self.images: list[Reference] = []
        self.preheader = ""
        self._open: list[_Element] = []
        self._words: list[str] = []
        self._mark = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag not in _INLINE:
            self.end_paragraph()
        if tag in _VOID:
            self._void(tag, values)
            return
        style = values.get("style", "")
        hidden = self._hidden or tag in _UNSEEN or bool(_HIDDEN.search(style))
        href = values.get("href", "") if tag == "a" else ""
        self._open.append(_Element(tag, hidden, href))

    def handle_endtag(self, tag: str) -> None:
        if tag not in (item.name for item in self._open):
            return
        if tag not in _INLINE:
            self.end_paragraph()
        while (closed := self._open.pop()).name != tag:
            pass
        if closed.hidden:
            self._see_preheader(closed)
        elif closed.href:
            self.links.append(Reference(_line(closed.words), closed.href))

    def handle_data(self, data: str) -> None:
        self._gather(data)
        if not self._hidden:
            self._words.append(data)

    def end_paragraph(self) -> None:
        """Keep what was read since the last paragraph ended, if it is anything."""
        text = _line(self._words)
        self._words = []
        if text:
            self.paragraphs.append(self._begin() + text)

    @property
    def _hidden(self) -> bool:
        return bool(self._open) and self._open[-1].hidden

    def _void(self, tag: str, values: dict[str, str]) -> None:
        if tag == "br":
            self.handle_data(" ")
        elif tag == "img" and not self._hidden:
            alt = values.get("alt", "")
            self.images.append(Reference(alt, values.get("src", "")))
            self._gather(alt)

    def _gather(self, text: str) -> None:
        """Give a text to what is known by its text: links, and what is hidden."""
        for item in self._open:
            if item.href or item.hidden:
                item.words.append(text)

    def _see_preheader(self, closed: _Element) -> None:
        """The first text of the body that is hidden is there for the inbox."""
        inside = any(item.name == "body" for item in self._open)
        if inside and not self._hidden and not self.preheader:
            self.preheader = _line(closed.words).rstrip(_FILLER)

    def _begin(self) -> str:
        """What kind of paragraph it is, as Markdown would mark it."""
        for item in reversed(self._open):
            if item.name in _HEADINGS:
                return HEADING
            if item.name == "blockquote":
                return QUOTE
            if item.name == "li" and not item.begun:
                item.begun = True
                return ITEM
        return ""


def _line(words: Iterable[str]) -> str:
    return _BLANKS.sub(" ", "".join(words)).strip(" ")
