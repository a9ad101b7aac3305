"""Renders every page of the site in memory."""

import hashlib
from collections.abc import Iterator

from newsletter.content.images import ImageFolder
from newsletter.content.library import Library
from newsletter.model.page import Page
from newsletter.model.publication import Publication
from newsletter.render.page import Site, render_style
from newsletter.render.page_issue import render_issue_page
from newsletter.render.page_lists import (
    render_front_page,
    render_missing_page,
    render_roundtables_page,
)
from newsletter.render.page_place import (
    INDEX,
    MISSING,
    ROUNDTABLES,
    issue_path,
    roundtable_path,
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


def render_pages(site: Site, library: Library) -> list[Page]:
    """Render issues, roundtables, and the pages that lead to them."""
    issues = list(_issue_pages(site, library))
    roundtables = [*library.roundtables.values()]
    latest = issues[0] if issues else None
    pages = [render_front_page(site, library.issues, roundtables, latest), *issues]
    for roundtable in roundtables:
        featured_by = [
            issue
            for issue in library.issues
            if library.featured_by(issue) is roundtable
        ]
        pages.append(render_roundtable_page(roundtable, site, featured_by))
    if roundtables:
        pages.append(render_roundtables_page(site, roundtables))
    return [*pages, render_missing_page(site)]


def _issue_pages(site: Site, library: Library) -> Iterator[Page]:
    issues = library.issues
    neighbours = zip((None, *issues), issues, (*issues[1:], None), strict=False)
    for newer, issue, older in neighbours:
        roundtable = library.featured_by(issue)
        yield render_issue_page(issue, site, roundtable, older=older, newer=newer)


def _paths(library: Library) -> Iterator[str]:
    yield from (INDEX, MISSING)
    yield from (issue_path(issue) for issue in library.issues)
    if library.roundtables:
        yield ROUNDTABLES
        yield from map(roundtable_path, library.roundtables.values())
