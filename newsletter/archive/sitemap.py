"""What search engines read: the sitemap, and robots.txt that leads to it."""

from collections.abc import Iterable
from datetime import date
from xml.etree.ElementTree import Element, SubElement

from newsletter.archive.xml_file import text, xml_file
from newsletter.render.address import public_url
from newsletter.render.page import Site
from newsletter.render.templates import render_template

SITEMAP = "sitemap.xml"
ROBOTS = "robots.txt"


def render_sitemap(site: Site, pages: Iterable[tuple[str, date | None]]) -> str:
    """List the public address of each of `pages`, with the day it last changed."""
    urls = Element("urlset", {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"})
    for path, day in pages:
        url = SubElement(urls, "url")
        text(url, "loc", public_url(site.publication.base_url, path))
        if day:
            text(url, "lastmod", day.isoformat())
    return xml_file(urls)


def render_robots(site: Site) -> str:
    """Let everybody in and say where the sitemap is."""
    publication = site.publication
    url = public_url(publication.base_url, SITEMAP)
    return render_template(publication.root, f"web/{ROBOTS}", sitemap_url=url)
