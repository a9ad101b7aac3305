"""`/healthz`, `/metrics`, `/openapi.json`, and the style sheet of the public pages."""

import hmac

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from newsletter import __version__
from newsletter.errors import StoreError
from newsletter.store import instance
from newsletter.web.metrics import CONTENT_TYPE
from newsletter.web.openapi import description
from newsletter.web.service import Service, service_of


async def healthz(request: Request) -> Response:
    """Whether the database can be read and is still the one in use; else 503."""
    try:
        await run_in_threadpool(_look, service_of(request))
    except StoreError:
        return JSONResponse({"status": "the database cannot be used"}, 503)
    return JSONResponse({"status": "ok"})


async def metrics(request: Request) -> Response:
    """The counts, for who has the token; nothing at all where none is configured."""
    service = service_of(request)
    given = request.headers.get("authorization", "").encode()
    wanted = f"Bearer {service.metrics_token}".encode()
    if not service.metrics_token or not hmac.compare_digest(given, wanted):
        raise HTTPException(404)
    text = await run_in_threadpool(service.metrics.text, service.store)
    return Response(text, media_type=CONTENT_TYPE)


async def openapi(request: Request) -> Response:
    """The description of all this."""
    publication = service_of(request).publication
    return JSONResponse(description(publication.name, __version__))


async def style(request: Request) -> Response:
    """The style sheet; its address changes when it does."""
    return Response(
        service_of(request).pages.style,
        media_type="text/css",
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


def _look(service: Service) -> None:
    with service.store.read() as connection:
        instance.get(connection)
        service.store.refuse_another(connection)
