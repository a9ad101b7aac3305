"""The places that a page had before: each leads on to where it is now."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from newsletter.archive.index import Index, ListedIssue
from newsletter.archive.job import Job
from newsletter.model.publication import Publication
from newsletter.render.address import INDEX, web_address
from newsletter.render.page_moved import render_moved_page

_PART = re.compile(r"[\w~-][\w.~-]{0,99}\Z")


class Move(NamedTuple):
    """An alias of an issue: the file that is to lead on, or why there can be none."""

    issue: ListedIssue
    alias: str
    path: str
    trouble: str = ""


class Places:
    """Where files and folders of the site are; a path cannot be both.

    Case and Unicode form tell no two apart: on some file systems they do not.
    """

    def __init__(self, files: Iterable[str]) -> None:
        """Begin with the site's own files."""
        self._files: set[str] = set()
        self._folders: set[str] = set()
        for path in files:
            self.add(path)

    def add(self, path: str) -> None:
        """Put a file there, in its folders."""
        path = _same(path)
        self._files.add(path)
        self._folders.update(_folders(path))

    def is_taken(self, path: str) -> bool:
        """Whether a file there would be in the way of another, or another of it."""
        path = _same(path)
        taken = path in self._files or path in self._folders
        return taken or any(folder in self._files for folder in _folders(path))


def moves(index: Index, base_url: str, taken: Collection[str]) -> Iterator[Move]:
    """Every alias that is an address of the site; `taken` are the site's own files.

    What was on another host is that host's to answer, and left out.
    """
    leading = [issue for issue in index.issues if issue.moved]
    owners: dict[str, str] = {}
    site = Places(taken if leading else ())
    for issue in leading:
        for alias in issue.moved:
            path = old_place(alias, base_url)
            if not path:
                if not web_address(alias):
                    yield Move(issue, alias, "", "is no address of a page")
            elif path in owners:
                yield Move(issue, alias, "", f"is an alias of {owners[path]} too")
            elif site.is_taken(path):
                yield Move(issue, alias, "", "is where another page is now")
            else:
                owners[path] = issue.file
                site.add(path)
                yield Move(issue, alias, path)


def moved_jobs(
    index: Index, publication: Publication, taken: Collection[str]
) -> Iterator[Job]:
    """A page for each place that an issue had before."""
    for move in moves(index, publication.base_url, taken):
        if move.path:
            entry = move.issue.entry
            make = partial(render_moved_page, move.path, entry.title, entry.path)
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


def _same(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _folders(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path
