"""What a renderer meets on its way: links, images, and problems with them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from newsletter.model.email import Heading, Image, ImageFile, ImageResolver, Link
from newsletter.model.problem import Problem, Severity
from newsletter.render.address import image_path, public_url
from newsletter.render.merge import has_mark
from newsletter.render.tree import Node

_SAFE_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff]+")
_BLANK = re.compile(r"[ \xa0]")
_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
# Scheme, user, host and port, as browsers find them (url.spec.whatwg.org).
_BEFORE_PATH = re.compile(r"https?:[/\\]*[^/?#\\]*|[^/?#\\:]*:", re.IGNORECASE)

ImagesBeside = Callable[[Path], ImageResolver]
"""Gives the resolver for the images that the file at a path refers to."""

_Trouble = tuple[str, str]
"""What is wrong, and what to do."""


@dataclass(slots=True)
class Findings:
    """Resolves the links and images of one file's texts; gathers what is found.

    `page_url` is the web page of the text: a relative link in a mail leads there.
    `written` puts merge tags back, so that an author is shown what they wrote.
    `headings` are those of an author's HTML; Markdown's are its document's.
    """

    file: str
    base_url: str
    page_url: str
    resolve_image: ImageResolver
    links: list[Link] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    written: Callable[[str], str] = str
    headings: list[Heading] = field(default_factory=list)

    def link(self, node: Node) -> str:
        """The safe, absolute address of a link; empty where there is none."""
        url, problem = self._resolve(node)
        if problem:
            self.problems.append(problem)
        if url:
            text = self.written(node.plain())
            self.links.append(Link(self.written(url), text, node.line, node.column))
        return url

    def address(self, node: Node) -> str:
        """What `link` said, for another rendering of the same text."""
        return self._resolve(node)[0]

    def image(self, node: Node) -> tuple[str, ImageFile | None]:
        """The address of an image and, where the file is ours, its size."""
        source = node.attributes["dest_url"]
        shown = self.written(source)
        url, file = self._image(node, shown)
        alt, size = self.written(node.plain()), file.size if file else 0
        self.images.append(Image(shown, alt, node.line, node.column, size))
        return url, file

    def _image(self, node: Node, shown: str) -> tuple[str, ImageFile | None]:
        source = node.attributes["dest_url"]
        scheme = _SCHEME.match(source)
        if leads_anywhere(source):
            trouble = anywhere(shown)
        elif _WEB.match(source):
            return _BLANK.sub("%20", _INVISIBLE.sub("", source)), None
        elif scheme:
            trouble = (
                f"an image cannot be a `{scheme.group(1)}:` address",
                "put the file beside the issue; mail programs drop everything else",
            )
        else:
            width = node.attributes.get("width", 0)
            found = self.resolve_image(source, width=width)
            if isinstance(found, ImageFile):
                return public_url(self.base_url, image_path(found)), found
            trouble = (f"`{shown}` {found.message}", found.hint)
        self.problems.append(self._problem(node, "image", trouble))
        return "", None

    def _resolve(self, node: Node) -> tuple[str, Problem | None]:
        url = _INVISIBLE.sub("", node.attributes["dest_url"]).strip()
        if node.attributes.get("ours"):
            return url, None
        trouble = self._trouble(url)
        if trouble:
            return "", self._problem(node, "link", trouble)
        url = _BLANK.sub("%20", url)
        if _SCHEME.match(url):
            return url, None
        if url.startswith(("#", "/")):
            return (self.page_url if url[0] == "#" else self.base_url) + url, None
        relative = (
            f"`{self.written(url)}` is relative: a mail has no place to start from",
            "start with https://, or with / for a page of this publication",
        )
        problem = self._problem(node, "link", relative, Severity.WARNING)
        return f"{self.base_url}/{url.lstrip('./')}", problem

    def _trouble(self, url: str) -> _Trouble | None:
        """Why a link cannot be used, if it cannot."""
        scheme = _SCHEME.match(url)
        if scheme and scheme.group(1).lower() not in _SAFE_SCHEMES:
            return (
                f"a `{scheme.group(1).lower()}:` link is not safe and was left out",
                "use https:, mailto: or tel:",
            )
        shown = self.written(url)
        if leads_anywhere(url):
            return anywhere(shown)
        if scheme and not _has_host(url):
            return f"`{shown}` has no host", "write it out in full"
        if not url:
            return "a link without an address", "give it one"
        if has_mark(url[0]):
            return (
                f"`{shown}` begins with what a subscriber gave",
                "start with https:// and the host",
            )
        if url.startswith("//") or (not scheme and "\\" in url):
            return f"`{shown}` does not say where it leads", "start with https://"
        return None

    def _problem(
        self,
        node: Node,
        code: str,
        trouble: _Trouble,
        severity: Severity = Severity.ERROR,
    ) -> Problem:
        return Problem(
            code=code,
            message=trouble[0],
            hint=trouble[1],
            severity=severity,
            file=self.file,
            line=node.line,
            column=node.column,
        )


def leads_anywhere(url: str) -> bool:
    """Whether a subscriber's value would decide on the scheme or host of an address."""
    found = _BEFORE_PATH.match(_INVISIBLE.sub("", url).strip())
    return found is not None and has_mark(found.group())


def anywhere(shown: str) -> _Trouble:
    """What is wrong with an address that leads anywhere, and what to do."""
    return (
        f"`{shown}` would lead wherever a subscriber's value says",
        "write scheme and host out; merge tags may stand after them",
    )


def _has_host(url: str) -> bool:
    if not url.lower().startswith("http"):
        return True
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False
