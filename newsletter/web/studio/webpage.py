"""The web pages of issues and roundtables, as the archive will have them.

Each stands as deep below its view as below the site's root, so that its relative links
lead to the style sheet and the images of the same view.
"""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from newsletter.model.publication import Publication
from newsletter.render.page import Site, render_style
from newsletter.render.page_issue import render_issue_page
from newsletter.sending.compose import Composed
from newsletter.web.studio.desk import desk_of
from newsletter.web.studio.raw import published
from newsletter.web.studio.shown import in_scheme, policy

_FRAMED = {"Content-Security-Policy": policy()}


def issue_page(request: Request) -> Response:
    """The page of an issue."""
    composed, publication = desk_of(request).issue(request).whole
    return _page(request, _rendered(composed, publication))


def roundtable_page(request: Request) -> Response:
    """The page of a roundtable."""
    return _page(request, desk_of(request).roundtable(request).whole[0].page.html)


def style(request: Request) -> Response:
    """The style sheet of all pages, for an eye in the light or in the dark."""
    css = render_style(desk_of(request).publication())
    css = in_scheme(css, dark=_dark(request))
    return Response(css, media_type="text/css; charset=utf-8")


def issue_image(request: Request) -> Response:
    """An image of an issue's page."""
    desk, name = desk_of(request), request.path_params["file"]
    made = desk.issues.composed(desk.issue_file(request.path_params["name"]))
    for composed, publication in made:
        if name not in composed.images.files:
            # The page shows some in other sizes than the email; it is what finds them.
            _rendered(composed, publication)
    return published([composed.images for composed, _ in made], name)


def roundtable_image(request: Request) -> Response:
    """An image of a roundtable's page."""
    desk = desk_of(request)
    path = desk.roundtable_file(request.path_params["name"])
    made = desk.roundtables.composed(path)
    return published([each.images for each, _ in made], request.path_params["file"])


def _rendered(composed: Composed, publication: Publication) -> str:
    site = Site(publication=publication, images_beside=composed.images.beside)
    return render_issue_page(composed.issue, site, composed.roundtable).html


def _page(request: Request, html: str) -> Response:
    return HTMLResponse(in_scheme(html, dark=_dark(request)), headers=_FRAMED)


def _dark(request: Request) -> bool:
    return bool(request.path_params["tone"] == "dark")
