"""Renders the pages that lead to others: issues, tags, music, roundtables, the 404."""

from collections.abc import Sequence
from typing import Any

from newsletter.model.page import Page
from newsletter.render.address import (
    ISSUES,
    MISSING,
    MUSIC,
    ROUNDTABLES,
    TAGS,
    paged_path,
    tag_path,
)
from newsletter.render.page import Head, Site, render_frame
from newsletter.render.paging import Paged
from newsletter.render.roundtable_entry import RoundtableEntry, by_competency
from newsletter.render.tags import Tag


def render_issues_page(site: Site, part: Paged) -> Page:
    """Render one page of all issues, newest first, by year."""
    heading = site.publication.labels.all_issues
    return _list(site, "issues.html", heading, ISSUES, part)


def render_tag_page(site: Site, tag: Tag, part: Paged) -> Page:
    """Render one page of the issues with a tag."""
    labels = site.publication.labels
    path = tag_path(tag.slug)
    return _list(site, "tag.html", tag.name, path, part, over=labels.tags)


def render_music_page(site: Site, part: Paged) -> Page:
    """Render one page of the music picks; its entries are the issues that have one."""
    heading = next((item.music_label for item in part.entries), "")
    players = any(item.music and item.music.player for item in part.entries)
    return _list(site, "music.html", heading, MUSIC, part, players=players)


def render_tags_page(site: Site, tags: Sequence[Tag]) -> Page:
    """Render the list of all tags in the alphabet, with how often each is used."""
    shown = [(tag.name, tag_path(tag.slug), len(tag.entries)) for tag in tags]
    head = _head(site, site.publication.labels.tags, TAGS)
    return _page(site, TAGS, "tags.html", head, tags=shown)


def render_roundtables_page(site: Site, roundtables: Sequence[RoundtableEntry]) -> Page:
    """Render the list of all roundtables by competency, each newest first."""
    head = _head(site, site.publication.labels.roundtables, ROUNDTABLES)
    found = by_competency(roundtables)
    return _page(site, ROUNDTABLES, "roundtables.html", head, competencies=found)


def render_missing_page(site: Site) -> Page:
    """Render what a host shows where there is no page."""
    title = f"{site.publication.labels.missing} · {site.publication.name}"
    return _page(site, MISSING, MISSING, Head(title=title, hidden=True))


def _list(
    site: Site,
    template: str,
    heading: str,
    path: str,
    part: Paged,
    *,
    players: bool = False,
    **values: Any,
) -> Page:
    """A page of a list that begins at `path`."""
    label = site.publication.labels.page
    where = label.replace("{number}", str(part.number)).replace(
        "{count}", str(part.pages)
    )
    title = heading if part.number == 1 else f"{heading}, {where}"
    first, last = part.number == 1, part.number == part.pages
    return _page(
        site,
        part.path,
        template,
        _head(site, title, part.path, players=players),
        heading=heading,
        part=part,
        where=where,
        newer="" if first else paged_path(path, part.number - 1),
        older="" if last else paged_path(path, part.number + 1),
        **values,
    )


def _page(site: Site, path: str, template: str, head: Head, **values: Any) -> Page:
    html = render_frame(site, site.place(path), template, head, **values)
    return Page(path=path, html=html)


def _head(site: Site, title: str, path: str, *, players: bool = False) -> Head:
    name = site.publication.name
    return Head(
        title=f"{title} · {name}",
        description=f"{title} · {site.publication.description or name}",
        canonical=site.place(path).url,
        players=players,
    )
