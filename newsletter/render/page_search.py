"""Renders the search: a form for who has JavaScript, a list for who has not."""

from collections.abc import Sequence

from newsletter.model.page import Page
from newsletter.render.address import SEARCH
from newsletter.render.page import Entry, Head, Site, render_frame


def render_search_page(
    site: Site, issues: Sequence[Entry], scripts: Sequence[str]
) -> Page:
    """Render the page; `scripts` are the places of what it runs, in their order."""
    place, name = site.place(SEARCH), site.publication.name
    title = f"{site.publication.labels.search} · {name}"
    head = Head(
        title=title,
        description=f"{title}: {site.publication.labels.search_field}",
        canonical=place.url,
        script=True,
    )
    html = render_frame(
        site, place, "search.html", head, issues=issues, scripts=scripts
    )
    return Page(path=SEARCH, html=html)
