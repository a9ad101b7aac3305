"""The roundtable view: its page, its card in an email, and its quotes."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from newsletter.config.files import display_name
from newsletter.content.library import issue_files
from newsletter.sending.sample import sample
from newsletter.sending.table import Table
from newsletter.web.studio.desk import Desk, desk_of
from newsletter.web.studio.issue import problems_of
from newsletter.web.studio.looks import (
    ROUNDTABLE,
    Looking,
    choices,
    issue_url,
    roundtable_url,
)
from newsletter.web.studio.quotes import quotes
from newsletter.web.studio.raw import look_of, picture, published
from newsletter.web.studio.readers import reader_of
from newsletter.web.studio.shown import shown
from newsletter.web.studio.templates import page


def show(request: Request) -> Response:
    """The whole view."""
    return page(request, "roundtable.html", **picture_of(request))


def picture_of(request: Request) -> dict[str, Any]:
    """What the view shows: the panes, and what stands beside them."""
    name = request.path_params["name"]
    looking = Looking.of(request.query_params, ROUNDTABLE)
    values = choices(looking, roundtable_url(name), ROUNDTABLE)
    values |= _known(request, at_once=True)
    return {"name": name, "alone": False, **values}


def beside(request: Request) -> Response:
    """What stands beside the pictures, alone: for the live view."""
    name = request.path_params["name"]
    url = roundtable_url(name)
    return page(
        request,
        "roundtable_beside.html",
        alone=True,
        name=name,
        url=url,
        **_known(request),
    )


def card(request: Request) -> Response:
    """The card by which an email features it."""
    table, publication = desk_of(request).roundtable(request).whole
    reader = reader_of(publication, "")
    now = desk_of(request).options.now()
    made = sample(table.email, publication, reader.address, reader.known, now)
    return picture(request, shown(made.html, publication, table, look_of(request)))


def image(request: Request) -> Response:
    """An image of the card."""
    desk = desk_of(request)
    path = desk.roundtable_file(request.path_params["name"])
    made = desk.roundtables.composed(path)
    images = {name: found for it, _ in made for name, found in it.images.files.items()}
    return published(images, request.path_params["file"])


def _known(request: Request, *, at_once: bool = False) -> dict[str, Any]:
    desk = desk_of(request)
    draft = desk.roundtable(request)
    table = draft.composed
    path = desk.roundtable_file(request.path_params["name"])
    return {
        "file": display_name(path, desk.root),
        "draft": draft,
        "publication": draft.publication,
        "roundtable": table.roundtable if table else None,
        **problems_of(desk, draft, at_once=at_once),
        "quotes": list(quotes(*draft.whole)) if table else (),
        "featured_by": _featuring(desk, table, at_once=at_once) if table else (),
    }


def _featuring(
    desk: Desk, table: Table, *, at_once: bool
) -> list[tuple[str, str]] | None:
    """The issues that feature it: their titles and where they are.

    None where that is wanted `at_once`, and would take long.
    """
    if at_once and not desk.has_read_all:
        return None
    slug = table.roundtable.slug
    files = issue_files(desk.root)[::-1]
    facts = map(desk.shelf.facts, files)
    return [(f.title, issue_url(f.name)) for f in facts if f.features == slug]
