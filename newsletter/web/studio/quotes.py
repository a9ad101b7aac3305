"""The quotes of a roundtable, and the pictures by which they are shared."""

from collections.abc import Iterator
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from newsletter.archive.photos import panel_photos
from newsletter.model.publication import Publication
from newsletter.render.page import Site
from newsletter.render.page_conversation import placed
from newsletter.render.page_people import people
from newsletter.render.share_card import look_of, remark_quote
from newsletter.sending.table import Table
from newsletter.web.studio.desk import desk_of


@dataclass(frozen=True, slots=True)
class Quote:
    """What an expert said, short enough to be shared; `anchor` names it on its page."""

    anchor: str
    expert: str
    role: str
    text: str


def quotes(table: Table, publication: Publication) -> Iterator[Quote]:
    """The first sentences of each remark."""
    site = _site(table, publication)
    persons = people(table.roundtable, site)
    for remarks in placed(table.roundtable, persons):
        for found in remarks:
            person = persons[found.remark.expert]
            if text := site.brief(found.remark.text):
                yield Quote(found.anchor, person.name, person.role, text)


def quote_picture(request: Request) -> Response:
    """The picture that the archive has of a remark, drawn when it is asked for."""
    from newsletter.render.share_picture import draw_quote  # noqa: PLC0415 - slow

    table, publication = desk_of(request).roundtable(request).whole
    site = _site(table, publication)
    try:
        quote = remark_quote(table.roundtable, request.path_params["anchor"], site)
    except KeyError:
        raise HTTPException(404, "there is no such remark (any more)") from None
    photos = panel_photos(table.roundtable, table.images)
    data = draw_quote(quote, look_of(publication), photos)
    return Response(data, media_type="image/png")


def _site(table: Table, publication: Publication) -> Site:
    return Site(publication=publication, images_beside=table.images.beside)
