"""Rules about where links aim: at a place that exists, and not at one to fill in."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from newsletter.check.case import WritingRule
from newsletter.check.hosts import is_near
from newsletter.check.links import every_address, split
from newsletter.check.writing import Writing
from newsletter.model.email import Link
from newsletter.model.problem import Problem, Severity

# What is written where an address is still to come.
_PLACEHOLDERS = frozenset(
    {"example", "fixme", "here", "insert", "link", "placeholder", "tba", "tbc", "tbd"}
    | {"tk", "todo", "url", "xxx", "your-link", "your-link-here", "your-url"}
)
_MAILBOX = re.compile(r"[^@\s,]+@[^@\s,.]+(?:\.[^@\s,.]+)+")


def aims(writing: Writing) -> Iterator[Problem]:
    """A link leads to a place that readers can reach."""
    for link in every_address(writing):
        if trouble := _trouble(link, writing):
            place = link.line, link.column
            yield writing.problem("link", *trouble, place, Severity.ERROR)


def _trouble(link: Link, writing: Writing) -> tuple[str, str] | None:
    home = f"{writing.publication.base_url}/"
    path = link.url.removeprefix(home)
    pages = writing.facts.pages
    # A page of the archive may well be called `example`, where its pages are known.
    if pages and path not in pages and path.strip("/").casefold() in _PLACEHOLDERS:
        return f"`{path}` is still to be filled in", "write the whole address"
    if path == f"{writing.page}#":
        return "a link to `#` leads nowhere", "write the whole address"
    parts = split(link.url)
    if parts is None or f"{link.url}/".startswith(home):
        return None
    if parts.scheme == "mailto":
        return _no_mailbox(parts.path, parts.query, link.url)
    if parts.scheme in ("http", "https"):
        return _no_site((parts.hostname or "").casefold(), link.url)
    return None


def _no_mailbox(path: str, query: str, url: str) -> tuple[str, str] | None:
    # Without an address, but with a text, it is a letter to whom the reader likes.
    if "{{" in path or (query and not path):
        return None
    if all(_MAILBOX.fullmatch(item.strip()) for item in unquote(path).split(",")):
        return None
    return f"`{url}` names no mail address", "write mailto:somebody@example.com"


def _no_site(host: str, url: str) -> tuple[str, str] | None:
    if host in ("http", "https"):
        return f"`{url}` begins twice", "take one `https://` away"
    if "{{" in host or not is_near(host):
        return None
    if host in _PLACEHOLDERS:
        return f"`{url}` is still to be filled in", "write the whole address"
    return f"no reader can reach `{host}`", "use a host of the open internet"


RULES: tuple[WritingRule, ...] = (aims,)
