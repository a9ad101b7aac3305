"""The Atom feed: the newest issues with their whole text (RFC 4287)."""

from collections.abc import Sequence
from datetime import date
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from newsletter.content.library import Library
from newsletter.model.issue import Issue
from newsletter.render.address import INDEX, issue_path, public_url
from newsletter.render.page import Site, excerpt
from newsletter.render.page_feed import render_feed_content

FEED = "feed.atom"
NEWEST = 20
"""Issues in the feed: months of a weekly letter, and still a small file."""

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


def render_feed(site: Site, library: Library) -> str:
    """Render the feed of the public issues, newest first.

    Nothing in it comes from the clock: an entry is `updated` on the day it came out,
    and its id is its address, which a new title does not change.
    """
    publication = site.publication
    issues = library.issues[:NEWEST]
    feed = Element(
        "feed",
        {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": publication.language},
    )
    home = public_url(publication.base_url, INDEX)
    _text(feed, "id", home)
    _text(feed, "title", publication.name)
    if publication.description:
        _text(feed, "subtitle", publication.description)
    _text(feed, "updated", _moment(_newest(issues)))
    _link(feed, "self", public_url(publication.base_url, FEED), "application/atom+xml")
    _link(feed, "alternate", home, "text/html")
    _author(feed, publication.author or publication.name)
    for issue in issues:
        _entry(feed, issue, site, library)
    indent(feed)
    return f"{DECLARATION}{tostring(feed, encoding='unicode')}"


def _entry(feed: Element, issue: Issue, site: Site, library: Library) -> None:
    entry = SubElement(feed, "entry")
    url = public_url(site.publication.base_url, issue_path(issue))
    _text(entry, "id", url)
    _text(entry, "title", site.line(issue.title))
    _text(entry, "published", _moment(issue.published_on))
    _text(entry, "updated", _moment(issue.published_on))
    _link(entry, "alternate", url, "text/html")
    if issue.author:
        _author(entry, site.line(issue.author))
    for tag in issue.tags:
        SubElement(entry, "category", {"term": site.line(tag)})
    _text(entry, "summary", excerpt(issue, site))
    content = render_feed_content(issue, site, library.featured_by(issue))
    SubElement(entry, "content", {"type": "html"}).text = content


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _link(parent: Element, rel: str, url: str, kind: str) -> None:
    SubElement(parent, "link", {"rel": rel, "type": kind, "href": url})


def _author(parent: Element, name: str) -> None:
    _text(SubElement(parent, "author"), "name", name)


def _newest(issues: Sequence[Issue]) -> date:
    # A feed without entries needs a day too; it may not be today's.
    return max((issue.published_on for issue in issues), default=date(1970, 1, 1))


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
