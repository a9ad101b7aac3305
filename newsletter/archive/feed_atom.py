"""The Atom feed (RFC 4287)."""

from xml.etree.ElementTree import Element, SubElement

from newsletter.archive.feed_item import ATOM, FeedItem, moment, newest
from newsletter.archive.xml_file import text, xml_file
from newsletter.render.address import INDEX, public_url
from newsletter.render.page import Site


def render_atom(site: Site, items: list[FeedItem]) -> str:
    """Render the feed of `items`, newest first.

    Nothing in it comes from the clock: an entry is `updated` on the day it came out.
    """
    publication = site.publication
    feed = Element(
        "feed",
        {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": publication.language},
    )
    home = public_url(publication.base_url, INDEX)
    text(feed, "id", home)
    text(feed, "title", publication.name)
    if publication.description:
        text(feed, "subtitle", publication.description)
    text(feed, "updated", moment(newest(items)))
    _link(feed, "self", public_url(publication.base_url, ATOM), "application/atom+xml")
    _link(feed, "alternate", home, "text/html")
    _author(feed, publication.author or publication.name)
    for item in items:
        _entry(feed, item)
    return xml_file(feed)


def _entry(feed: Element, item: FeedItem) -> None:
    entry = SubElement(feed, "entry")
    text(entry, "id", item.url)
    text(entry, "title", item.title)
    text(entry, "published", moment(item.published))
    text(entry, "updated", moment(item.published))
    _link(entry, "alternate", item.url, "text/html")
    if item.author:
        _author(entry, item.author)
    for tag in item.tags:
        SubElement(entry, "category", {"term": tag})
    text(entry, "summary", item.summary)
    SubElement(entry, "content", {"type": "html"}).text = item.content


def _link(parent: Element, rel: str, url: str, kind: str) -> None:
    SubElement(parent, "link", {"rel": rel, "type": kind, "href": url})


def _author(parent: Element, name: str) -> None:
    text(SubElement(parent, "author"), "name", name)
