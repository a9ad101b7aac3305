"""Renders the front page: latest issue, what this is, recent issues, roundtables."""

from collections.abc import Sequence

from newsletter.model.email import ImageFile
from newsletter.model.page import Page
from newsletter.render.address import INDEX, image_path
from newsletter.render.json_ld import json_ld, website
from newsletter.render.page import Entry, Head, Site, logo_problems, render_frame
from newsletter.render.page_place import Place
from newsletter.render.roundtable_entry import RoundtableEntry

RECENT = 7
"""As many issues are on the front page, the latest among them."""

RECENT_ROUNDTABLES = 4
"""As many roundtables are on it; the others are on a page of their own."""


def render_front_page(
    site: Site,
    issues: Sequence[Entry],
    roundtables: Sequence[RoundtableEntry],
    *,
    picture: ImageFile | None = None,
    about: str = "",
) -> Page:
    """Render the front page; `issues` and `roundtables` are the newest, or all.

    `picture` is that of the latest issue, `about` the first sentences of what the
    author says of the letter.
    """
    place = site.place(INDEX)
    publication = site.publication
    html = render_frame(
        site,
        place,
        INDEX,
        Head(
            title=publication.name,
            description=publication.description,
            canonical=place.url,
            picture=site.image_url(picture) if picture else "",
            json_ld=json_ld(website(site)),
        ),
        latest=issues[0] if issues else None,
        recent=issues[1:RECENT],
        picture=_shown(place, picture) if picture else None,
        roundtables=roundtables[:RECENT_ROUNDTABLES],
        more_roundtables=len(roundtables) > RECENT_ROUNDTABLES,
        about=about,
    )
    return Page(path=INDEX, html=html, problems=tuple(logo_problems(site)))


def _shown(place: Place, file: ImageFile) -> dict[str, str | int]:
    url = place.to(image_path(file))
    return {"url": url, "width": file.width, "height": file.height}
