"""The RSS feed: RSS 2.0, the whole text in content:encoded as its board advises.

The rules are those of https://www.rssboard.org/rss-profile.
"""

from xml.etree.ElementTree import Element, SubElement

from newsletter.archive.feed_item import RSS, FeedItem, mail_moment, newest
from newsletter.archive.xml_file import text, xml_file
from newsletter.render.address import INDEX, public_url
from newsletter.render.page import Site

_SPACES = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
}


def render_rss(site: Site, items: list[FeedItem]) -> str:
    """Render the feed of `items`, newest first; nothing in it comes from the clock."""
    publication = site.publication
    rss = Element("rss", {"version": "2.0"} | _SPACES)
    channel = SubElement(rss, "channel")
    text(channel, "title", publication.name)
    text(channel, "link", public_url(publication.base_url, INDEX))
    text(channel, "description", publication.description or publication.name)
    text(channel, "language", publication.language)
    text(channel, "lastBuildDate", mail_moment(newest(items)))
    url = public_url(publication.base_url, RSS)
    link = {"rel": "self", "type": "application/rss+xml", "href": url}
    SubElement(channel, "atom:link", link)
    for item in items:
        _item(channel, item, publication.author or publication.name)
    return xml_file(rss)


def _item(channel: Element, item: FeedItem, author: str) -> None:
    element = SubElement(channel, "item")
    text(element, "title", item.title)
    text(element, "link", item.url)
    SubElement(element, "guid", {"isPermaLink": "true"}).text = item.url
    text(element, "pubDate", mail_moment(item.published))
    # `author` would have to be a mail address; a name is Dublin Core's creator.
    text(element, "dc:creator", item.author or author)
    for tag in item.tags:
        text(element, "category", tag)
    text(element, "description", item.summary)
    text(element, "content:encoded", item.content)
