"""What a renderer meets on its way: links, images, and problems with them."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from newsletter.model.email import Image, ImageFile, ImageResolver, ImageTrouble, Link
from newsletter.model.problem import Problem, Severity
from newsletter.render.tree import Node

_SAFE_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\ufeff]+")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")


@dataclass(slots=True)
class Findings:
    """Resolves the links and images of one file's texts; gathers what is found.

    `page_url` is the web page of the text: a relative link in a mail leads there.
    """

    file: str
    base_url: str
    page_url: str
    resolve_image: ImageResolver
    links: list[Link] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def link(self, node: Node) -> str:
        """The safe, absolute address of a link; empty where there is none."""
        raw = node.attributes["dest_url"]
        url = self._absolute(_INVISIBLE.sub("", raw), node)
        if url:
            self.links.append(Link(url, node.plain(), node.line))
        return url

    def image(self, node: Node) -> tuple[str, ImageFile | None]:
        """The address of an image and, where the file is ours, its size."""
        source = node.attributes["dest_url"]
        self.images.append(Image(source, node.plain(), node.line))
        if re.match(r"https?://[^\s]+\Z", source):
            return source, None
        scheme = _SCHEME.match(source)
        if scheme:
            self._problem(
                node,
                "image",
                f"an image cannot be a `{scheme.group(1)}:` address",
                "put the file beside the issue; mail programs drop everything else",
            )
            return "", None
        found = self.resolve_image(source)
        if isinstance(found, ImageTrouble):
            self._problem(node, "image", f"`{source}` {found.message}", found.hint)
            return "", None
        return f"{self.base_url}/images/{found.name}", found

    def _absolute(self, url: str, node: Node) -> str:
        scheme = _SCHEME.match(url)
        if scheme:
            return self._with_scheme(scheme.group(1).lower(), url, node)
        if url.startswith("//") or "\\" in url:
            self._problem(
                node,
                "link",
                f"`{url}` does not say where it leads",
                "start with https://",
            )
            return ""
        if url.startswith("#"):
            return self.page_url + url
        if url.startswith("/"):
            return self.base_url + url
        if not url:
            self._problem(node, "link", "a link without an address", "give it one")
            return ""
        self._problem(
            node,
            "link",
            f"`{url}` is relative: a mail has no place to start from",
            "start with https://, or with / for a page of this publication",
            Severity.WARNING,
        )
        return f"{self.base_url}/{url.lstrip('./')}"

    def _with_scheme(self, scheme: str, url: str, node: Node) -> str:
        if scheme not in _SAFE_SCHEMES:
            self._problem(
                node,
                "link",
                f"a `{scheme}:` link is not safe and was left out",
                "use https:, mailto: or tel:",
            )
            return ""
        try:
            empty = scheme.startswith("http") and not urlsplit(url).hostname
        except ValueError:
            empty = True
        if empty:
            self._problem(node, "link", f"`{url}` has no host", "write it out in full")
            return ""
        return url

    def _problem(
        self,
        node: Node,
        code: str,
        message: str,
        hint: str,
        severity: Severity = Severity.ERROR,
    ) -> None:
        self.problems.append(
            Problem(
                code=code,
                message=message,
                hint=hint,
                severity=severity,
                file=self.file,
                line=node.line,
                column=1 if node.line else 0,
            )
        )
