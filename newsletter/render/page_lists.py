"""Renders the pages that lead to others: the front page, all roundtables, the 404."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.model.email import ImageFile
from newsletter.model.issue import Issue
from newsletter.model.page import Page
from newsletter.model.roundtable import Roundtable
from newsletter.render.address import (
    INDEX,
    MISSING,
    ROUNDTABLES,
    image_path,
    roundtable_path,
)
from newsletter.render.dates import long_date
from newsletter.render.page import (
    Entry,
    Head,
    Site,
    entry,
    logo_problems,
    render_frame,
)
from newsletter.render.page_people import Person, people
from newsletter.render.page_place import Place

NEWEST_ROUNDTABLES = 4
"""As many roundtables are on the front page; the others have a page of their own."""


@dataclass(frozen=True, slots=True)
class RoundtableEntry:
    """A roundtable as lists show it."""

    title: str
    competency: str
    deck: str
    long_day: str
    date: str
    path: str
    panel: tuple[Person, ...]


def render_front_page(
    site: Site,
    issues: Sequence[Issue],
    roundtables: Sequence[Roundtable],
    latest: Page | None = None,
) -> Page:
    """Render the front page: the latest issue, all issues by year, roundtables.

    Both lists are newest first; `latest` is the page of the first issue, for its
    picture.
    """
    place = site.place(INDEX)
    entries = [entry(issue, site) for issue in issues]
    html = render_frame(
        site,
        place,
        INDEX,
        Head(
            title=site.publication.name,
            description=site.publication.description,
            canonical=place.url,
            picture=_shared(site, latest),
        ),
        latest=entries[0] if entries else None,
        only=len(entries) == 1,
        picture=_picture(place, latest),
        years=_by_year(entries),
        roundtables=_entries(roundtables[:NEWEST_ROUNDTABLES], site, place),
        more_roundtables=len(roundtables) > NEWEST_ROUNDTABLES,
    )
    return Page(path=INDEX, html=html, problems=tuple(logo_problems(site)))


def render_roundtables_page(site: Site, roundtables: Sequence[Roundtable]) -> Page:
    """Render the list of all roundtables, newest first."""
    place = site.place(ROUNDTABLES)
    html = render_frame(
        site,
        place,
        "roundtables.html",
        Head(
            title=f"roundtables · {site.publication.name}",
            description=f"all roundtables of {site.publication.name}",
            canonical=place.url,
        ),
        roundtables=_entries(roundtables, site, place),
    )
    return Page(path=ROUNDTABLES, html=html)


def render_missing_page(site: Site) -> Page:
    """Render what a host shows where there is no page."""
    head = Head(title=f"no such page · {site.publication.name}", hidden=True)
    html = render_frame(site, site.place(MISSING), MISSING, head)
    return Page(path=MISSING, html=html)


def _by_year(entries: Sequence[Entry]) -> list[tuple[int, list[Entry]]]:
    groups = itertools.groupby(entries, key=lambda item: item.date.year)
    return [(year, [*group]) for year, group in groups]


def _shared(site: Site, latest: Page | None) -> str:
    return site.image_url(latest.picture) if latest and latest.picture else ""


def _picture(place: Place, latest: Page | None) -> dict[str, str | int] | None:
    if latest is None or latest.picture is None:
        return None
    file: ImageFile = latest.picture
    url = place.to(image_path(file))
    return {"url": url, "width": file.width, "height": file.height}


def _entries(
    roundtables: Sequence[Roundtable], site: Site, place: Place
) -> list[RoundtableEntry]:
    return [
        RoundtableEntry(
            title=site.line(item.title),
            competency=site.line(item.competency),
            deck=site.line(item.discussing),
            long_day=long_date(item.date, site.publication.language)
            if item.date
            else "",
            date=item.date.isoformat() if item.date else "",
            path=roundtable_path(item),
            panel=tuple(people(item, site, place).values()),
        )
        for item in roundtables
    ]
