"""Puts the studio together: which address is answered by what."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from anyio import to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from newsletter.content.watching import watch
from newsletter.errors import NewsletterError
from newsletter.web.studio import (
    issue,
    library,
    quotes,
    raw,
    rehearsal,
    roundtable,
    trial,
    webpage,
)
from newsletter.web.studio.assets import serve_asset
from newsletter.web.studio.desk import Desk, Options
from newsletter.web.studio.drafts import NothingYet, mistakes_of
from newsletter.web.studio.guard import Guard
from newsletter.web.studio.hearing import hear
from newsletter.web.studio.live import live
from newsletter.web.studio.places import open_place
from newsletter.web.studio.templates import page
from newsletter.web.studio.writing_routes import WRITING

_THREADS = 6

ROUTES = [
    Route("/", library.show),
    Route("/parts", library.parts),
    Route("/readers", issue.find_readers),
    Route("/open", open_place, methods=["POST"]),
    Route("/live", live),
    Route("/assets/{hash}/{name}", serve_asset),
    Route("/issues/{name}", issue.show),
    Route("/issues/{name}/beside", issue.beside),
    Route("/issues/{name}/email.html", raw.email_html),
    Route("/issues/{name}/email.txt", raw.email_text),
    Route("/issues/{name}/email.eml", raw.email_eml),
    Route("/issues/{name}/source", raw.source),
    Route("/issues/{name}/images/{file}", raw.image),
    Route("/issues/{name}/rehearsal", rehearsal.show),
    Route("/issues/{name}/test", trial.show),
    Route("/issues/{name}/test", trial.send, methods=["POST"]),
    Route("/roundtables/{name}", roundtable.show),
    Route("/roundtables/{name}/beside", roundtable.beside),
    Route("/roundtables/{name}/card.html", roundtable.card),
    Route("/roundtables/{name}/quotes/{anchor}.png", quotes.quote_picture),
    Route("/roundtables/{name}/images/{file}", roundtable.image),
    *WRITING,
    Route("/issues/{name}/{tone:tone}/{path:path}", webpage.of_issue),
    Route("/roundtables/{name}/{tone:tone}/{path:path}", webpage.of_roundtable),
]


def studio(root: Path, options: Options) -> Starlette:
    """The studio of the publication in `root`."""
    desk = Desk(root.resolve(), options)
    app = Starlette(
        routes=ROUTES,
        lifespan=_lifespan,
        middleware=[Middleware(Guard, desk=desk)],
        exception_handlers={
            HTTPException: _refused,
            NothingYet: _nothing_yet,
            NewsletterError: _mistaken,
            OSError: _mistaken,
            Exception: _bug,
        },
    )
    app.router.redirect_slashes = False
    app.state.desk = desk
    return app


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    desk: Desk = app.state.desk
    # More at once would only wait for each other, and each keeps memory of its own.
    to_thread.current_default_thread_limiter().total_tokens = _THREADS
    work = watch(desk.root, desk.live.tell), hear(desk), _read_all(desk)
    watching = asyncio.gather(*work)
    try:
        yield
    finally:
        desk.live.close()
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


async def _read_all(desk: Desk) -> None:
    # What is wrong with a text is said where it is shown.
    with suppress(NewsletterError, OSError):
        await to_thread.run_sync(desk.read_all)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for these
    return page(request, "said.html", error.status_code, message=error.detail, hint="")


def _nothing_yet(request: Request, _: Exception) -> Response:
    """In a frame, over which the view lays what is to be mended."""
    return webpage.framed(request, "there is no picture yet", ())


def _mistaken(request: Request, error: Exception) -> Response:
    """What the author can mend, said as on the command line."""
    assert isinstance(error, NewsletterError | OSError)  # noqa: S101 - as above
    mistakes = list(mistakes_of(error))
    return page(request, "mistakes.html", 422, mistakes=mistakes)


async def _bug(_: Request, error: Exception) -> Response:
    """What is nobody's mistake but ours; the terminal has all of it."""
    message = f"newsletter itself went wrong ({type(error).__name__}): see the terminal"
    return PlainTextResponse(message, 500, headers={"Cache-Control": "no-store"})
