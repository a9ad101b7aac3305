"""The JSON feed, version 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from typing import Any

from newsletter.archive.feed_item import JSON_FEED, FeedItem, moment
from newsletter.render.address import INDEX, public_url
from newsletter.render.page import Site


def render_json_feed(site: Site, items: list[FeedItem]) -> str:
    """Render the feed of `items`, newest first; nothing in it comes from the clock."""
    publication = site.publication
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": publication.name,
        "home_page_url": public_url(publication.base_url, INDEX),
        "feed_url": public_url(publication.base_url, JSON_FEED),
        "description": publication.description,
        "authors": [{"name": publication.author or publication.name}],
        "language": publication.language,
        "items": [_item(item) for item in items],
    }
    return json.dumps(_given(feed), ensure_ascii=False, indent=1)


def _item(item: FeedItem) -> dict[str, Any]:
    return _given(
        {
            "id": item.url,
            "url": item.url,
            "title": item.title,
            "content_html": item.content or " ",
            "summary": item.summary,
            "date_published": moment(item.published),
            "authors": [{"name": item.author}] if item.author else [],
            "tags": list(item.tags),
        }
    )


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """All that says something; the list of items is there even when it is empty."""
    return {key: value for key, value in values.items() if value or key == "items"}
