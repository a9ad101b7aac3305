"""Finds what a piece of HTML leads to or loads."""

from html.parser import HTMLParser


class Addresses(HTMLParser):
    """Every address in a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("href", "src")]
