"""The pictures of an issue's email, and the very bytes of it; made for one reader."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from newsletter.content.images import PublishedImage
from newsletter.model.publication import Publication
from newsletter.sending.compose import Composed
from newsletter.sending.sample import Sample, sample
from newsletter.web.studio.desk import desk_of
from newsletter.web.studio.readers import reader_of
from newsletter.web.studio.shown import Look, policy, shown

_MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif"}
KEPT = {"Cache-Control": "private, max-age=31536000, immutable"}
_PLAIN = {"Content-Security-Policy": policy(images=False)}


def email_html(request: Request) -> Response:
    """The email in a look: `?look=light|dark|outlook|inverted&images=off&as=…`."""
    composed, publication = _whole(request)
    made = made_for(request, composed, publication)
    html = shown(made.html, publication, composed, look_of(request))
    return picture(request, html)


def picture(request: Request, html: str) -> Response:
    """HTML in a frame, with or without its images."""
    images = request.query_params.get("images") != "off"
    headers = {"Content-Security-Policy": policy(images=images)}
    return HTMLResponse(html, headers=headers)


def email_text(request: Request) -> Response:
    """The plain text, as it is sent."""
    return PlainTextResponse(made_for(request, *_whole(request)).text, headers=_PLAIN)


def source(request: Request) -> Response:
    """The HTML as it is sent, byte for byte, to be read."""
    return PlainTextResponse(made_for(request, *_whole(request)).html, headers=_PLAIN)


def email_eml(request: Request) -> Response:
    """The whole message as it is sent: to be read, or with `?save=on` to be kept."""
    made = made_for(request, *_whole(request))
    if request.query_params.get("save") != "on":
        return PlainTextResponse(made.eml, headers=_PLAIN)
    headers = {"Content-Disposition": 'attachment; filename="email.eml"'}
    return Response(made.eml, media_type="message/rfc822", headers=headers)


def image(request: Request) -> Response:
    """An image of the issue, as readers get it."""
    desk = desk_of(request)
    made = desk.issues.composed(desk.issue_file(request.path_params["name"]))
    images = {name: found for it, _ in made for name, found in it.images.files.items()}
    return published(images, request.path_params["file"])


def published(images: Mapping[str, PublishedImage], name: str) -> Response:
    """An image that a text shows, by the name it is published under."""
    found = images.get(name)
    if found is None:
        raise HTTPException(404, f"there is no image {name}")
    kind = _MEDIA_TYPES[name.rpartition(".")[2]]
    # Its name is made of its bytes: under this one it never changes.
    return Response(found.read_bytes(), media_type=kind, headers=KEPT)


def made_for(request: Request, composed: Composed, publication: Publication) -> Sample:
    """The message to the reader that `?as=` names."""
    reader = reader_of(publication, request.query_params.get("as", ""))
    now = desk_of(request).options.now()
    return sample(composed.email, publication, reader.address, reader.known, now)


def look_of(request: Request) -> Look:
    """The look that `?look=` names; light for anything else."""
    asked = request.query_params.get("look", "")
    return next((look for look in Look if look == asked), Look.LIGHT)


def _whole(request: Request) -> tuple[Composed, Publication]:
    """The issue as it was last whole."""
    return desk_of(request).issue(request).whole
