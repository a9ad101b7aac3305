"""Renders the search: a form for who has JavaScript, ways on for who has not."""

from collections.abc import Sequence

from newsletter.model.page import Page
from newsletter.render.address import EXPERTS, ISSUES, ROUNDTABLES, SEARCH
from newsletter.render.page import Head, Site, render_frame


def render_search_page(site: Site, script: str, parts: Sequence[str]) -> Page:
    """Render the page that runs `script`.

    That loads `parts`, the places of scripts, in their order, once somebody searches:
    all of them together are as large as everything that was ever written.
    """
    place, name = site.place(SEARCH), site.publication.name
    labels = site.publication.labels
    title = f"{labels.search} · {name}"
    head = Head(
        title=title,
        description=f"{title}: {labels.search_field}",
        canonical=place.url,
        script=True,
    )
    ways = (
        (ISSUES, labels.all_issues),
        (ROUNDTABLES, labels.all_roundtables),
        (EXPERTS, labels.experts),
    )
    html = render_frame(
        site,
        place,
        "search.html",
        head,
        script=script,
        parts=" ".join(map(place.to, parts)),
        ways=[(path, words) for path, words in ways if path in site.pages],
    )
    return Page(path=SEARCH, html=html)
