"""The files that programs read: feeds, sitemap, robots.txt, llms.txt, style, script."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from newsletter.archive.feed_atom import render_atom
from newsletter.archive.feed_item import (
    ATOM,
    JSON_FEED,
    NEWEST,
    RSS,
    FeedItem,
    feed_item,
)
from newsletter.archive.feed_json import render_json_feed
from newsletter.archive.feed_rss import render_rss
from newsletter.archive.index import Index, shown
from newsletter.archive.job import Job, Sources
from newsletter.archive.llms import LLMS, render_llms
from newsletter.archive.sitemap import ROBOTS, SITEMAP, render_robots, render_sitemap
from newsletter.render.address import (
    ABOUT,
    EXPERTS,
    INDEX,
    ISSUES,
    MUSIC,
    ROUNDTABLES,
    TAGS,
    tag_path,
)
from newsletter.render.experts import expert_slugs
from newsletter.render.page import STYLES, Site, render_icon, render_style
from newsletter.render.page_expert import expert_entries
from newsletter.render.tags import by_tag
from newsletter.render.templates import template_source

SCRIPT = "site.js"
ICON = "icon.svg"


def machine_jobs(index: Index, sources: Sources) -> Iterator[Job]:
    """Every file that is not a page."""
    yield from _feeds(index, sources)
    everything = shown(index.issues), shown(index.roundtables)
    yield Job(SITEMAP, everything, lambda site: render_sitemap(site, _dated(index)))
    issues = [item.entry for item in index.issues]
    tables = [item.entry for item in index.roundtables]
    yield Job(LLMS, everything, partial(render_llms, issues=issues, roundtables=tables))
    yield Job(ROBOTS, (), render_robots)
    for name in STYLES:
        yield Job(name, (), partial(_style, name))
    yield Job(ICON, (), lambda site: render_icon(site.publication))
    yield Job(
        SCRIPT, (), lambda site: template_source(site.publication.root, "web/site.js")
    )


def _style(name: str, site: Site) -> str:
    return render_style(site.publication, name)


def _feeds(index: Index, sources: Sources) -> Iterator[Job]:
    some = index.issues[:NEWEST]

    # Not kept for all three: what each uses of the publication is seen as it is made.
    def items(site: Site) -> list[FeedItem]:
        found = []
        for item in some:
            table = index.featured_by(item)
            roundtable = sources.roundtable(table.slug) if table else None
            found.append(feed_item(sources.issue(item.slug), site, roundtable))
        return found

    def make(render: Callable[[Site, list[FeedItem]], str], site: Site) -> str:
        return render(site, items(site))

    featured = [item for item in map(index.featured_by, some) if item]
    shows = (*(item.whole for item in some), *(item.whole for item in featured))
    yield Job(ATOM, shows, partial(make, render_atom))
    yield Job(RSS, shows, partial(make, render_rss))
    yield Job(JSON_FEED, shows, partial(make, render_json_feed))


def _dated(index: Index) -> Iterator[tuple[str, date | None]]:
    """The pages that search engines are told of, each with its day.

    An issue whose original is elsewhere is left out.
    """
    entries = [item.entry for item in index.issues]
    newest = entries[0].published if entries else None
    yield INDEX, newest
    yield ISSUES, newest
    for entry in entries:
        if entry.original:
            yield entry.path, entry.published
    if index.roundtables:
        yield ROUNDTABLES, None
    for item in index.roundtables:
        yield item.entry.path, item.entry.date
    yield from _experts(index)
    tags = by_tag(entries)
    if tags:
        yield TAGS, None
    for tag in tags:
        yield tag_path(tag.slug), tag.entries[0].published
    if any(entry.music for entry in entries):
        yield MUSIC, None
    yield ABOUT, None


def _experts(index: Index) -> Iterator[tuple[str, date | None]]:
    tables = [item.entry for item in index.roundtables]
    slugs = expert_slugs(person.name for item in tables for person in item.panel)
    if slugs:
        yield EXPERTS, None
    for expert in expert_entries(tables, slugs):
        yield expert.path, None
