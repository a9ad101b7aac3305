"""Renders one remark as a page of its own, so that sharing it shows what was said."""

from newsletter.model.page import Page
from newsletter.model.roundtable import Remark, Roundtable
from newsletter.render.address import (
    public_url,
    remark_path,
    roundtable_path,
    share_path,
)
from newsletter.render.page import Head, Site, render_frame
from newsletter.render.page_conversation import placed
from newsletter.render.page_people import Person, people


def render_remark_page(roundtable: Roundtable, anchor: str, site: Site) -> Page:
    """Render the remark at `anchor` of `roundtable`, and the way to its place.

    Raises KeyError where there is no such remark.
    """
    place = site.place(remark_path(roundtable.slug, anchor))
    person, remark = find_remark(roundtable, anchor, site)
    quote = site.brief(remark.text)
    title = site.line(roundtable.title)
    head = Head(
        title=f"{person.name}: {title}",
        description=quote,
        kind="article",
        # The roundtable has the same words and more. Without the anchor: Google asks
        # for no fragment in it, and for no `noindex` (its document on canonical URLs).
        # Who shares the remark is to show the remark, so that og:url stays its own.
        canonical=public_url(site.publication.base_url, roundtable_path(roundtable)),
        address=place.url,
        published=roundtable.date,
        share=share_path(place.path),
    )
    html = render_frame(
        site,
        place,
        "remark.html",
        head,
        title=title,
        person=person,
        quote=quote,
        path=roundtable_path(roundtable),
        anchor=anchor,
    )
    return Page(path=place.path, html=html)


def find_remark(
    roundtable: Roundtable, anchor: str, site: Site
) -> tuple[Person, Remark]:
    """The remark at `anchor`, and who makes it. Raises KeyError where there is none."""
    persons = people(roundtable, site)
    for remarks in placed(roundtable, persons):
        for found in remarks:
            if found.anchor == anchor:
                return persons[found.remark.expert], found.remark
    raise KeyError(anchor)
