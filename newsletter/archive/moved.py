"""The places that a page had before: each leads on to where it is now."""

import re
from collections.abc import Collection, Iterator
from functools import partial
from typing import NamedTuple

from newsletter.archive.index import Index, ListedIssue
from newsletter.archive.job import Job
from newsletter.render.address import INDEX, web_address
from newsletter.render.page import Site
from newsletter.render.page_moved import render_moved_page

_PART = re.compile(r"[\w~-][\w.~-]{0,99}\Z")


class Move(NamedTuple):
    """An alias of an issue: the file that is to lead on, or why there can be none."""

    issue: ListedIssue
    alias: str
    path: str
    trouble: str = ""


def moves(index: Index, base_url: str, taken: Collection[str]) -> Iterator[Move]:
    """Every alias that is an address of the site; `taken` are the site's own files.

    What was on another host is that host's to answer, and left out.
    """
    owners: dict[str, str] = {}
    for issue in index.issues:
        for alias in issue.moved:
            path = old_place(alias, base_url)
            if not path:
                if not web_address(alias):
                    yield Move(issue, alias, "", "is no address of a page")
            elif path in taken:
                yield Move(issue, alias, "", "is where another page is now")
            elif path in owners:
                yield Move(issue, alias, "", f"is an alias of {owners[path]} too")
            else:
                owners[path] = issue.file
                yield Move(issue, alias, path)


def moved_jobs(index: Index, site: Site, taken: Collection[str]) -> Iterator[Job]:
    """A page for each place that an issue had before."""
    for move in moves(index, site.publication.base_url, taken):
        if move.path:
            entry = move.issue.entry
            make = partial(render_moved_page, move.path, entry, site)
            yield Job(move.path, (entry.path, entry.title), make)


def old_place(alias: str, base_url: str) -> str:
    """The file of the site that answers at an alias; empty where none can.

    It is written as the address was, with or without the host: `/2024/old-name/`,
    `old-name`, `old.html`.
    """
    path = alias.removeprefix(base_url).partition("#")[0].partition("?")[0]
    parts = path.strip("/").split("/")
    if not all(map(_PART.match, parts)):
        return ""
    is_file = not path.endswith("/") and parts[-1].endswith((".html", ".htm"))
    return "/".join(parts if is_file else [*parts, INDEX])
