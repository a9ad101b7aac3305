"""Renders every page of the site in memory."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator

from newsletter.content.images import ImageFolder
from newsletter.content.library import Library
from newsletter.model.issue import Issue
from newsletter.model.page import Page
from newsletter.model.publication import Publication
from newsletter.render.address import (
    INDEX,
    MISSING,
    ROUNDTABLES,
    issue_path,
    roundtable_path,
)
from newsletter.render.page import Site, render_style
from newsletter.render.page_issue import render_issue_page
from newsletter.render.page_lists import (
    render_front_page,
    render_missing_page,
    render_roundtables_page,
)
from newsletter.render.page_roundtable import render_roundtable_page


def make_site(publication: Publication, library: Library, images: ImageFolder) -> Site:
    """The site of the public part of a publication."""
    style = render_style(publication).encode()
    return Site(
        publication=publication,
        images_beside=images.beside,
        pages=frozenset(_paths(library)),
        style_version=hashlib.blake2b(style, digest_size=4).hexdigest(),
        with_roundtables=bool(library.roundtables),
    )


def render_pages(site: Site, library: Library) -> Iterator[Page]:
    """Render issues, roundtables, and the pages that lead to them, one by one."""
    latest: Page | None = None
    for page in _issue_pages(site, library):
        latest = latest or page
        yield page
    roundtables = [*library.roundtables.values()]
    featuring = _featuring(library)
    for roundtable in roundtables:
        yield render_roundtable_page(roundtable, site, featuring[roundtable.slug])
    if roundtables:
        yield render_roundtables_page(site, roundtables)
    yield render_front_page(site, library.issues, roundtables, latest)
    yield render_missing_page(site)


def _issue_pages(site: Site, library: Library) -> Iterator[Page]:
    issues = library.issues
    neighbours = zip((None, *issues), issues, (*issues[1:], None), strict=False)
    for newer, issue, older in neighbours:
        roundtable = library.featured_by(issue)
        yield render_issue_page(issue, site, roundtable, older=older, newer=newer)


def _featuring(library: Library) -> defaultdict[str, list[Issue]]:
    """The issues that feature each roundtable, by its slug."""
    found: defaultdict[str, list[Issue]] = defaultdict(list)
    for issue in library.issues:
        if issue.roundtable:
            found[issue.roundtable.slug].append(issue)
    return found


def _paths(library: Library) -> Iterator[str]:
    yield from (INDEX, MISSING)
    yield from (issue_path(issue) for issue in library.issues)
    if library.roundtables:
        yield ROUNDTABLES
        yield from map(roundtable_path, library.roundtables.values())
