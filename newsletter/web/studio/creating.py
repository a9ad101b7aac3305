"""New issues and roundtables from a form: writes the file and opens its view."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from newsletter.content.starter import SlugRefused, new_issue, new_roundtable
from newsletter.errors import UsageError
from newsletter.web.incoming import form as form_of
from newsletter.web.studio.desk import desk_of
from newsletter.web.studio.templates import page

Make = Callable[[Path, str, date, str], Path]

_MAKERS: dict[str, Make] = {"issue": new_issue, "roundtable": new_roundtable}


def show(request: Request) -> Response:
    """The form."""
    return _page(request, {})


async def create(request: Request) -> Response:
    """Write the file as `newsletter new` does, and go to where it is written on."""
    form = dict(await form_of(request))
    desk, kind = desk_of(request), _kind(request)
    title, slug = form.get("title", ""), form.get("slug", "").strip()
    today = desk.options.now().date()
    make = _MAKERS[kind]
    try:
        path = await run_in_threadpool(make, desk.root, title, today, slug)
    except UsageError as error:
        message = error.message.replace(f"{desk.root}/", "")
        is_slug = isinstance(error, SlugRefused) and bool(title.strip())
        return _page(request, form, message, "slug" if is_slug else "title")
    address = f"/{kind}s/{quote(path.stem, safe='')}/write?written=1"
    return RedirectResponse(address, 303)


def _kind(request: Request) -> str:
    return request.url.path.rpartition("/")[2]


def _page(
    request: Request, form: dict[str, str], message: str = "", wrong: str = "title"
) -> Response:
    """The form; `wrong` is the field that the message is about."""
    kind = _kind(request)
    today = desk_of(request).options.now().date()
    return page(
        request,
        "new.html",
        422 if message else 200,
        kind=kind,
        today=today,
        title=form.get("title", ""),
        slug=form.get("slug", ""),
        message=message,
        wrong=wrong,
    )
