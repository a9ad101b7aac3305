"""The pictures shown where a page is shared: of issues, roundtables and remarks.

They are slow to draw, so that each names all that it shows: it is drawn again when that
is another, and not when a template is.
"""

from collections.abc import Callable, Iterator
from functools import partial

from newsletter.archive.index import Index
from newsletter.archive.job import Job, Sources
from newsletter.model.publication import Publication
from newsletter.render.address import remark_path, share_path
from newsletter.render.page import Site
from newsletter.render.share_card import (
    FORM,
    Card,
    Look,
    Photos,
    issue_card,
    look_of,
    remark_quote,
    roundtable_card,
)


def picture_jobs(
    index: Index, publication: Publication, sources: Sources
) -> Iterator[Job]:
    """Every picture; nothing, when the site is built without them."""
    if not publication.pictures:
        return
    look = look_of(publication)
    for issue in index.issues:
        yield _card(issue.entry.path, issue_card(issue.entry, publication), look)
    for table in index.roundtables:
        card = roundtable_card(table.entry, publication)
        yield _card(table.entry.path, card, look, partial(sources.photos, table.slug))
        for anchor in table.entry.remarks:
            make = partial(_draw_quote, sources, table.slug, anchor, look)
            path = share_path(remark_path(table.slug, anchor))
            yield Job(path, (FORM, table.text, anchor, repr(look)), make, alone=True)


def _nobody() -> Photos:
    return ()


def _card(
    page: str, card: Card, look: Look, photos: Callable[[], Photos] = _nobody
) -> Job:
    shows = (FORM, repr(card), repr(look))
    make = partial(_draw_card, card, look, photos)
    return Job(share_path(page), shows, make, alone=True)


def _draw_card(card: Card, look: Look, photos: Callable[[], Photos], _: Site) -> bytes:
    from newsletter.render.share_picture import draw_card  # noqa: PLC0415 - slow

    return draw_card(card, look, photos())


def _draw_quote(
    sources: Sources, slug: str, anchor: str, look: Look, site: Site
) -> bytes:
    from newsletter.render.share_picture import draw_quote  # noqa: PLC0415 - slow

    quote = remark_quote(sources.roundtable(slug), anchor, site)
    return draw_quote(quote, look, sources.photos(slug))
