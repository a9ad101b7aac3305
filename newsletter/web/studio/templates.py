"""Renders the studio's own pages; a publication's templates never stand in for them."""

from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from newsletter.config.home import DEFAULT_TEMPLATES
from newsletter.web.studio.assets import asset
from newsletter.web.studio.desk import VERSION, desk_of
from newsletter.web.studio.places import Places

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(DEFAULT_TEMPLATES / "studio"),
    undefined=StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


def path_of(request: Request) -> str:
    """Where a request is, as `issue_url` writes it: a name may have any letter."""
    return quote(request.scope["path"], errors="surrogateescape")


def page(
    request: Request, template: str, status: int = 200, /, **values: Any
) -> HTMLResponse:
    """A page, or a part of one, from templates/studio.

    Every template knows `token`, for its forms; `version`, of what it shows; `asset`,
    which makes the address of a style sheet or script; `path`, where we are; `places`,
    which opens files in an editor; and `publication`, None while newsletter.yaml has
    mistakes.
    """
    desk = desk_of(request)
    values.setdefault("publication", None)
    html = _ENVIRONMENT.get_template(template).render(
        token=desk.token,
        version=request.scope.get(VERSION, 0),
        asset=asset,
        path=path_of(request),
        places=Places(desk),
        **values,
    )
    # A file's name may hold bytes that are no text.
    return HTMLResponse(html.encode(errors="replace"), status)
