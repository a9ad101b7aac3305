"""What search engines read: the sitemap, and robots.txt that leads to it."""

from collections.abc import Iterable
from datetime import date
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from newsletter.archive.feed import DECLARATION
from newsletter.content.library import Library
from newsletter.render.address import (
    INDEX,
    ROUNDTABLES,
    issue_path,
    public_url,
    roundtable_path,
)
from newsletter.render.page import Site
from newsletter.render.templates import render_template

SITEMAP = "sitemap.xml"
ROBOTS = "robots.txt"


def render_sitemap(site: Site, library: Library) -> str:
    """List the public address of every page, with the day it came out.

    An issue whose original is elsewhere (`canonical_url`) is not listed.
    """
    urls = Element("urlset", {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"})
    for path, day in _pages(library):
        url = SubElement(urls, "url")
        address = public_url(site.publication.base_url, path)
        SubElement(url, "loc").text = address
        if day:
            SubElement(url, "lastmod").text = day.isoformat()
    indent(urls)
    return f"{DECLARATION}{tostring(urls, encoding='unicode')}"


def render_robots(site: Site) -> str:
    """Let everybody in and say where the sitemap is."""
    publication = site.publication
    url = public_url(publication.base_url, SITEMAP)
    return render_template(publication.root, f"web/{ROBOTS}", sitemap_url=url)


def _pages(library: Library) -> Iterable[tuple[str, date | None]]:
    newest = max((issue.published_on for issue in library.issues), default=None)
    yield INDEX, newest
    for issue in library.issues:
        if issue.canonical_url is None:
            yield issue_path(issue), issue.published_on
    if library.roundtables:
        yield ROUNDTABLES, None
    for roundtable in library.roundtables.values():
        yield roundtable_path(roundtable), roundtable.date
