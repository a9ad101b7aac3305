"""`/view/TOKEN`: a letter as it was sent to its reader, for those in no archive."""

from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from newsletter.model.token import Meant
from newsletter.sending.personalise import UNSUBSCRIBE
from newsletter.sending.rereading import reread
from newsletter.web.service import Service, meant, service_of

# Mail styles its elements one by one. In a sandbox nothing of it can do anything here.
POLICY = (
    "default-src 'none'; img-src 'self' https: data:; style-src 'unsafe-inline'; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


async def view(request: Request) -> Response:
    """The HTML of one delivery; 404 for what was never sent to this reader."""
    found = meant(request, UNSUBSCRIBE)
    token = request.path_params["token"]
    html = await run_in_threadpool(_html, service_of(request), found, token)
    if not html:
        raise HTTPException(404, "bad_link")
    return HTMLResponse(html, headers={"Content-Security-Policy": POLICY})


def _html(service: Service, found: Meant, token: str) -> str:
    letter = reread(service.store, found.about, found.uid, token)
    return letter.html.join([escape(each) for each in letter.values]) if letter else ""
