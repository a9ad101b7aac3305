"""The web pages of issues and roundtables: the very ones that the archive will have.

All of the archive stands below each view, as it would be if the issue or the roundtable
was public, so that its links lead on. A page differs from the file that a build writes
in this only: it is held in the light or in the dark.
"""

from collections.abc import Sequence
from datetime import date
from mimetypes import guess_type

from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from newsletter.content.images import ImageFolder
from newsletter.errors import NewsletterError
from newsletter.model.issue import Issue
from newsletter.model.publication import Publication
from newsletter.model.roundtable import Roundtable
from newsletter.render.address import INDEX
from newsletter.web.studio.desk import Desk, desk_of
from newsletter.web.studio.drafts import Mistake, mistakes_of
from newsletter.web.studio.raw import published
from newsletter.web.studio.shown import in_scheme, policy
from newsletter.web.studio.templates import page

_FRAMED = {"Content-Security-Policy": policy()}
_IMAGES = "images/"


class Tone(Convertor[str]):
    """The part of an address that says for which eyes a page is held."""

    regex = "light|dark"

    def convert(self, value: str) -> str:
        """See the base class."""
        return value

    def to_string(self, value: str) -> str:
        """See the base class."""
        return value


register_url_convertor("tone", Tone())


def of_issue(request: Request) -> Response:
    """A file of the archive, seen from an issue; its own page is `page/`."""
    composed, publication = desk_of(request).issue(request).whole
    return _file(request, "page/", composed.issue, composed.images, publication)


def of_roundtable(request: Request) -> Response:
    """A file of the archive, seen from a roundtable, which is `roundtables/page/`."""
    table, publication = desk_of(request).roundtable(request).whole
    text, images = table.roundtable, table.images
    return _file(request, "roundtables/page/", text, images, publication)


def _file(
    request: Request,
    own: str,
    text: Issue | Roundtable,
    images: ImageFolder,
    publication: Publication,
) -> Response:
    desk, path = desk_of(request), request.path_params["path"]
    tone = request.path_params["tone"]
    if path.startswith(_IMAGES):
        return _image(desk, path, text, images, publication)
    if path == own:
        path = ""
    else:
        # What it shows besides the text may have changed since that was composed.
        images = ImageFolder(desk.root)
        path = f"{path}{INDEX}" if path.endswith("/") or not path else path
    try:
        made = desk.archive.made(publication, text, _today(desk), images, path)
    except NewsletterError as error:
        return framed(request, "the page cannot be made", list(mistakes_of(error)))
    if made is None:
        raise HTTPException(404, f"the archive has no {path}")
    kind = guess_type(path or INDEX)[0] or "text/plain"
    if kind in ("text/html", "text/css"):
        made = in_scheme(made.decode(), dark=tone == "dark").encode()
    return Response(made, media_type=kind, headers=_FRAMED)


def _image(
    desk: Desk,
    path: str,
    text: Issue | Roundtable,
    images: ImageFolder,
    publication: Publication,
) -> Response:
    name = path.removeprefix(_IMAGES)
    if name not in desk.archive.images:
        # The page has told the browser, but not this studio: it was started anew.
        desk.archive.made(publication, text, _today(desk), images)
    return published(desk.archive.images, name)


def framed(request: Request, title: str, mistakes: Sequence[Mistake]) -> Response:
    """What stands in a frame where there is no good picture to show."""
    answer = page(request, "framed.html", 422, title=title, mistakes=mistakes)
    answer.headers.update(_FRAMED)
    return answer


def _today(desk: Desk) -> date:
    return desk.options.now().date()
