"""An issue as all three feeds have it."""

from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from typing import NamedTuple

from newsletter.model.issue import Issue
from newsletter.model.roundtable import Roundtable
from newsletter.render.address import issue_path, public_url
from newsletter.render.page import Site, excerpt
from newsletter.render.page_feed import render_feed_content

NEWEST = 20
"""Issues in a feed: months of a weekly letter, and still a small file."""

ATOM, RSS, JSON_FEED = "feed.atom", "feed.rss", "feed.json"


class FeedItem(NamedTuple):
    """An issue with its whole text as HTML, in which every address is absolute.

    Its address is its id, which a new title does not change. `author` is empty where
    it is that of the publication.
    """

    url: str
    title: str
    published: date
    author: str
    tags: tuple[str, ...]
    summary: str
    content: str


def feed_item(issue: Issue, site: Site, roundtable: Roundtable | None) -> FeedItem:
    """An issue, with the roundtable it features, for the feeds."""
    return FeedItem(
        url=public_url(site.publication.base_url, issue_path(issue)),
        title=site.line(issue.title),
        published=issue.published_on,
        author=site.line(issue.author),
        tags=tuple(tag for tag in map(site.line, issue.tags) if tag),
        summary=excerpt(issue, site),
        content=render_feed_content(issue, site, roundtable),
    )


def newest(items: list[FeedItem]) -> date:
    """The day of a feed; one without items needs a day too, which is not today's."""
    return max((item.published for item in items), default=date(1970, 1, 1))


def moment(day: date) -> str:
    """The beginning of a day as RFC 3339 has it."""
    return f"{day.isoformat()}T00:00:00Z"


def mail_moment(day: date) -> str:
    """The beginning of a day as RFC 822 has it, with the year in four digits."""
    start = datetime.combine(day, time(), UTC)
    return format_datetime(start)
