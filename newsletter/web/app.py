"""Puts the service together: which address is answered by what."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from newsletter.errors import NewsletterError
from newsletter.web import health, join, leave, view, webhooks
from newsletter.web.archive import Archive
from newsletter.web.client import Proxies
from newsletter.web.guard import Guard
from newsletter.web.incoming import is_json
from newsletter.web.pages import STYLE
from newsletter.web.service import Service, said
from newsletter.web.upkeep import Upkeep

_LOG = logging.getLogger(__name__)

ROUTES = [
    Route("/u/{token}", leave.ask),
    Route("/u/{token}", leave.leave, methods=["POST"]),
    Route("/preferences/{token}", leave.show),
    Route("/preferences/{token}", leave.save, methods=["POST"]),
    Route("/subscribe", join.show_form),
    Route("/subscribe", join.join, methods=["POST"]),
    Route("/subscribe/moment", join.show_moment),
    Route("/confirm/{token}", join.ask_to_confirm),
    Route("/confirm/{token}", join.take_in, methods=["POST"]),
    Route("/view/{token}", view.view),
    Route("/webhooks/{provider}", webhooks.receive, methods=["POST"]),
    Route("/healthz", health.healthz),
    Route("/metrics", health.metrics),
    Route("/openapi.json", health.openapi),
    Route(f"/{STYLE}", health.style),
]

THREADS = 16
"""What a process asks PostgreSQL at the same time, beside sign-ups: each takes one of
the server's connections."""

# Words that there are for it; what is wrong with a request of a program needs none.
_PAGES = {"bad_link", "busy", "trouble"}


def make_app(service: Service, site: Path) -> ASGIApp:
    """The whole application; `site` is the folder of the built archive."""
    app = Starlette(
        routes=ROUTES,
        lifespan=_lifespan,
        exception_handlers={HTTPException: _refused, NewsletterError: _trouble},
    )
    app.router.redirect_slashes = False
    app.state.service = service
    publication = service.publication
    return Guard(
        app,
        Archive(site),
        routes={route.path.split("/")[1] for route in ROUTES},
        prefix=urlsplit(publication.base_url).path,
        door=urlsplit(publication.service_url).path,
        proxies=Proxies(publication.service.trusted_proxies),
        metrics=service.metrics,
    )


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    service: Service = app.state.service
    if service.store.is_shared:
        to_thread.current_default_thread_limiter().total_tokens = THREADS
    service.door.open()
    upkeep = Upkeep(service)
    going_on = asyncio.create_task(upkeep.go_on())
    try:
        yield
    finally:
        going_on.cancel()
        await asyncio.gather(going_on, return_exceptions=True)
        await service.door.close()
        await to_thread.run_sync(upkeep.leave)
        service.close()


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for these
    headers = dict(error.headers or {})
    word = error.detail if error.detail in _PAGES else ""
    if error.status_code == 405:
        headers["Allow"] = _allowed(request)
    if not word or is_json(request) or request.url.path.startswith("/webhooks"):
        told = {"message": error.detail}
        return JSONResponse(told, error.status_code, headers)
    response = said(request, word, error.status_code)
    response.headers.update(headers)
    return response


async def _trouble(request: Request, error: Exception) -> Response:
    """The database is busy, or gone: ours to mend, and worth another try."""
    assert isinstance(error, NewsletterError)  # noqa: S101 - as above
    _LOG.error("%s", error.message)
    return await _refused(request, HTTPException(503, "trouble", {"Retry-After": "30"}))


def _allowed(request: Request) -> str:
    """Every method of an address: two routes may share it."""
    path = request.scope["path"]
    found = {
        method
        for route in ROUTES
        if route.path_regex.match(path)
        for method in route.methods or ()
    }
    return ", ".join(sorted(found))
