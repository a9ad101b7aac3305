"""Makes issues, publications and emails for the tests, each with one thing of note."""

import datetime
import re
from functools import cache
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from newsletter.config.publication import load_publication
from newsletter.model.email import Email, ImageFile, ImageResolver, ImageTrouble
from newsletter.model.issue import Issue
from newsletter.model.publication import Publication
from newsletter.model.roundtable import Roundtable
from newsletter.render.email import render_email
from newsletter.render.email_html import EmailHtml
from newsletter.render.findings import Findings
from newsletter.render.merge import BUILT_IN, SYSTEM, MergeTags
from newsletter.render.tree import parse
from newsletter.render.web_html import WebHtml
from tests.conftest import ROOT

FILE = "issues/a.md"
BASE = "https://letter.example.com"
PAGE = f"{BASE}/a/"
CHAIRS = ImageFile("chairs-0a1b.jpg", 1200, 800)
KNOWN = (*BUILT_IN, "company", *SYSTEM)

_BLOCKS = frozenset(
    {"p", "div", "li", "ul", "ol", "table", "tr", "td", "th", "br", "hr"}
)
_BLOCKS |= {"h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "section", "title"}


@cache
def sample() -> Publication:
    """The repository's own publication."""
    return load_publication(ROOT, {})


def a_publication(**values: Any) -> Publication:
    """The sample publication with other `values`."""
    return Publication.model_validate(dict(sample()) | values)


def an_issue(body: str = "words", **values: Any) -> Issue:
    """An issue whose body starts on line 10."""
    given = {
        "title": "A title of some length",
        "date": datetime.date(2026, 11, 20),
        "slug": "a",
        "file": FILE,
        "path": Path(FILE),
        "body_line": 10,
        "tldr_line": 4,
    }
    return Issue.model_validate(given | values | {"body": body})


def images(
    source: str, *, width: int = 0, square: bool = False
) -> ImageFile | ImageTrouble:
    """Know one image only: chairs.jpg."""
    if source == "chairs.jpg":
        return CHAIRS
    return ImageTrouble("is not there", "check the name")


def images_beside(_: Path) -> ImageResolver:
    """Give every file the same images."""
    return images


def rendered(
    body: str = "words",
    *,
    publication: Publication | None = None,
    featured: Roundtable | None = None,
    **values: Any,
) -> Email:
    """Render an issue with this body and these `values`, featuring a roundtable."""
    if featured:
        values.setdefault("roundtable", featured.slug)
    return render_email(
        an_issue(body, **values), publication or sample(), featured, images_beside
    )


def html_for(made: Email, /, **values: str) -> str:
    """The HTML part as a subscriber with `values` gets it, without inline styles."""
    html = made.html.join([escape(item.value(values)) for item in made.fields])
    return re.sub(r' style="[^"]*"', "", html)


def text_for(made: Email, /, **values: str) -> str:
    """The text part as a subscriber with `values` gets it."""
    return made.text.join([item.value(values) for item in made.fields])


def findings() -> Findings:
    """Findings of one file, with nothing in them yet."""
    return Findings(FILE, BASE, PAGE, images)


def fragment(
    markdown: str,
    kind: type[EmailHtml] | type[WebHtml] = EmailHtml,
    *,
    trusted: bool = False,
    smart: bool = False,
) -> str:
    """Markdown alone as HTML, without the mail around it."""
    document = parse(markdown, MergeTags(FILE, KNOWN), smart=smart)
    return kind(findings(), trusted=trusted, notes="notes").render(document)


def words(html: str) -> str:
    """What a reader reads of HTML: one blank wherever there is space or a new block."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return " ".join("".join(reader.parts).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden = tag in ("style", "script")
        if tag in _BLOCKS:
            self.parts.append(" ")
        self.parts += [value or "" for name, value in attrs if name == "alt"]

    def handle_endtag(self, tag: str) -> None:
        self.hidden = False
        if tag in _BLOCKS:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)
