"""Rules about links by themselves: their words, and the look of their addresses."""

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from newsletter.check.case import WritingRule
from newsletter.check.hosts import is_disguised, is_number
from newsletter.check.writing import Writing
from newsletter.model.email import Link
from newsletter.model.problem import Problem

_GENERIC = frozenset(
    {
        "click",
        "click here",
        "continue",
        "continue reading",
        "details",
        "find out more",
        "here",
        "learn more",
        "link",
        "more",
        "more info",
        "read",
        "read more",
        "see more",
        "that",
        "this",
        "this article",
        "this link",
        "this page",
        "this post",
    }
)
_SHORTENERS = frozenset(
    {
        "adf.ly",
        "bit.do",
        "bit.ly",
        "buff.ly",
        "cutt.ly",
        "goo.gl",
        "is.gd",
        "lnkd.in",
        "ow.ly",
        "rb.gy",
        "rebrand.ly",
        "shorturl.at",
        "t.co",
        "t.ly",
        "tiny.cc",
        "tinyurl.com",
        "v.gd",
    }
)
# Words that are an address themselves: readers believe them.
_ADDRESS = re.compile(
    r"(https?://)?((?:[a-z0-9-]+\.)+([a-z]{2,}))([/?#]\S*)?\Z", re.IGNORECASE
)
# What files and programs are called: `Node.js` is no host, though `js` were a country.
_FILE = re.compile(
    r"c(?:fg|js|onf|pp|ss?|sv)|docx?|env|epub|exe|gif|go|gz|html?|ini|ipynb|jar|java"
    r"|jpe?g|js(?:on|x)?|kt|lock|log|lua|m4a|mdx?|mjs|mov|mp[34]|odt|pdf|php|p[ly]|png"
    r"|pptx?|r[bs]|rtf|s(?:css|h|ql|vg|velte|wift)|tar|tex|toml|tsx?|txt|vue|wav|webp"
    r"|xlsx?|xml|ya?ml|zip",
    re.IGNORECASE,
)


def generic_words(writing: Writing) -> Iterator[Problem]:
    """A link says where it goes: screen readers list links without their sentences."""
    for link in writing.links:
        words = " ".join(link.text.split())
        if not words:
            yield writing.problem(
                "empty-link",
                f"the link to `{link.url}` has no words",
                "put some between the brackets, or an alt text into its image",
                (link.line, link.column),
            )
        elif words.rstrip(".…!:→» ").casefold() in _GENERIC:
            yield writing.problem(
                "link-text",
                f"the link text `{words}` says nothing by itself",
                "name what it leads to; screen readers list links alone",
                (link.line, link.column),
            )


def same_words(writing: Writing) -> Iterator[Problem]:
    """The same words lead to the same place (WCAG 2.2, 2.4.9 is stricter)."""
    first: dict[str, Link] = {}
    for link in writing.links:
        words = " ".join(link.text.split()).casefold()
        before = first.setdefault(words, link)
        if words and before.url != link.url:
            yield writing.problem(
                "same-words",
                f"`{' '.join(link.text.split())}` leads to `{link.url}`, and on line "
                f"{before.line} to `{before.url}`",
                "name what is different about the two",
                (link.line, link.column),
            )


def every_address(writing: Writing) -> Iterator[Link]:
    """All that the text leads to or shows from elsewhere."""
    yield from writing.links
    yield from writing.addresses
    for image in writing.images:
        if image.source.casefold().startswith(("http://", "https://")):
            yield Link(image.source, "", image.line, image.column)


def addresses(writing: Writing) -> Iterator[Problem]:
    """An address is whole, safe, and what it seems to be."""
    home = f"{writing.publication.base_url}/"
    for link in every_address(writing):
        parts = split(link.url)
        if parts is None or parts.scheme not in ("http", "https"):
            continue
        if f"{link.url}/".startswith(home):  # of `base_url` the law's rules speak
            continue
        for code, message, hint in _doubts(link, parts):
            yield writing.problem(code, message, hint, (link.line, link.column))


def _doubts(link: Link, parts: SplitResult) -> Iterator[tuple[str, str, str]]:
    host = (parts.hostname or "").removeprefix("www.")
    if host in _SHORTENERS:
        yield (
            "short-link",
            f"`{link.url}` hides where it leads",
            "use the long address; spam filters distrust shorteners",
        )
    if parts.scheme == "http":
        yield (
            "insecure-link",
            f"`{link.url}` is not encrypted",
            "use https://, which nearly every site has",
        )
    if parts.username is not None or is_number(host):
        yield (
            "misleading-link",
            f"`{link.url}` looks like a trap",
            "use an address with a plain host name; filters stop such mail",
        )
    elif is_disguised(host):
        yield (
            "misleading-link",
            f"`{host}` has letters of another script that look like Latin ones",
            "type the address anew; fraud looks like that",
        )
    shown = _shown_host(link.text.strip())
    if shown and not _same_site(shown, host):
        yield (
            "misleading-link",
            f"the words say `{shown}`, but the link leads to `{host}`",
            "let words and address agree; filters take this for phishing",
        )


def split(url: str) -> SplitResult | None:
    """The parts of an address; None for what is none."""
    try:
        parts = urlsplit(url)
        parts.hostname  # noqa: B018  raises ValueError for what is no host
    except ValueError:
        return None
    return parts


def _shown_host(words: str) -> str:
    """The host that the words of a link name; empty where they name none."""
    found = _ADDRESS.match(words)
    if not found:
        return ""
    scheme, host, end, path = found.groups()
    www = host.casefold().startswith("www.")
    is_file = _FILE.fullmatch(end) and not (scheme or path or www)
    return "" if is_file else str(host)


def _same_site(shown: str, host: str) -> bool:
    shown = shown.casefold().removeprefix("www.")
    return host == shown or host.endswith(f".{shown}") or shown.endswith(f".{host}")


RULES: tuple[WritingRule, ...] = (generic_words, same_words, addresses)
