"""Rules about links inside the publication: they lead to what is there."""

import posixpath
import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from urllib.parse import unquote, urlsplit

from newsletter.check.case import WritingRule
from newsletter.check.prose import MOST
from newsletter.check.writing import Writing
from newsletter.config.validate import did_you_mean
from newsletter.model.email import Link
from newsletter.model.problem import Problem

SUGGESTED = 20
"""Broken links that get a suggestion: looking for one takes a millisecond or two."""


_OF_ALL = re.compile(r"(about|music|search|issues(/page/\d+)?|(tags|experts)(/.+)?)/")
"""Pages made of all issues at once: which tags and experts they have is not known."""

Anchors = Callable[[str], frozenset[str]]
"""Gives the ids of a page."""


def broken_links(writing: Writing) -> Iterator[Problem]:
    """A link to an issue, a roundtable or a heading of ours finds it; MOST are told."""
    if writing.facts.pages:
        yield from islice(_broken(writing), MOST)


def hidden_roundtable(writing: Writing) -> Iterator[Problem]:
    """The roundtable of a private issue comes out by itself: the mail leads to it."""
    path, pages = writing.leads_to, writing.facts.pages
    if not path or not pages:
        return
    out = pages.get(path)
    late = out and writing.date and out > writing.date
    if late or path not in pages:
        when = f"before {out}" if late else "with a private issue"
        message = f"`/{path}` is not out {when}, and the mail leads there"
        hint = "give the roundtable an earlier `date:`"
        yield writing.problem("broken-link", message, hint, writing.at("roundtable"))


def _broken(writing: Writing) -> Iterator[Problem]:
    # Finding the ids takes a look at the whole page, which many links may lead to.
    anchors = cache(writing.facts.anchors)
    found = 0
    for link in (*writing.links, *writing.addresses):
        path = _ours(link, writing)
        if path is None:
            continue
        if trouble := _trouble(path, link, writing, anchors, found < SUGGESTED):
            found += 1
            yield writing.problem("broken-link", *trouble, (link.line, link.column))


def _ours(link: Link, writing: Writing) -> str | None:
    """The page that a link names, if it is one of this archive: `a/`, `roundtables/b/`.

    A file with an ending is not judged: an author may put any into the site; nor is a
    page of all issues.
    """
    base = f"{writing.publication.base_url}/"
    if not f"{link.url}/".startswith(base) and not link.url.startswith(
        (base.rstrip("/") + "#", base.rstrip("/") + "?")
    ):
        return None
    path = unquote(urlsplit(link.url).path)[len(urlsplit(base).path) - 1 :]
    path = path.strip("/").removesuffix("index.html").strip("/")
    if posixpath.splitext(path)[1] or _OF_ALL.fullmatch(f"{path}/"):
        return None
    return f"{path}/" if path else ""


def _trouble(
    path: str, link: Link, writing: Writing, anchors: Anchors, suggest: bool
) -> tuple[str, str] | None:
    pages = writing.facts.pages
    shown = f"/{path}"
    if path not in pages and path != writing.page:
        names = [f"/{page}" for page in pages] if suggest else []
        hint = did_you_mean(shown, names, cutoff=0.6)
        return f"there is no page `{shown}` in this archive", hint or "see issues/"
    out = pages.get(path)
    if out and writing.date and out > writing.date:
        return f"`{shown}` is not out before {out}", "link to it afterwards"
    anchor = unquote(urlsplit(link.url).fragment)
    if not anchor:
        return None
    known = anchors(path)
    if not known or anchor in known:
        return None
    hint = did_you_mean(anchor, known if suggest else ())
    hint = hint or f"there are: {', '.join(sorted(known)[:20])}"
    return f"`{shown}` has no heading `#{anchor}`", hint


RULES: tuple[WritingRule, ...] = (broken_links, hidden_roundtable)
