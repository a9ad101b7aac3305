"""The writing view: the text of an issue or roundtable beside its picture, and saving.

A save names the version it began from (see `content.saving`); where the file is another
one by now both versions are shown, and the author chooses.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from newsletter.config.files import display_name
from newsletter.content import saving
from newsletter.content.listing import ISSUES
from newsletter.content.saving import Conflict, Version, read_version
from newsletter.errors import UsageError
from newsletter.web.studio import issue, roundtable
from newsletter.web.studio.assets import found_asset
from newsletter.web.studio.comparing import compare
from newsletter.web.studio.desk import desk_of
from newsletter.web.studio.fields import fields_of
from newsletter.web.studio.templates import page, path_of
from newsletter.web.studio.texts import file_of, refused, text_form

EDITOR = "editor.js"
"""What `make assets` bundles; without it the text area itself is what is written in."""


def show(request: Request) -> Response:
    """The text, the front matter as a form, and the picture."""
    path = file_of(request)
    version = read_version(path, desk_of(request).root)
    return _page(request, path, version.text, version.hash, None)


def current(request: Request) -> Response:
    """The text as it is on disk now, with the hash that a save must name."""
    try:
        version = read_version(file_of(request), desk_of(request).root)
    except UsageError as error:
        return refused(error)
    return JSONResponse({"text": version.text, "hash": version.hash})


async def save(request: Request) -> Response:
    """Save `text` over the version `base`; 409 with both where the file is another."""
    form = await text_form(request)
    return await run_in_threadpool(_save, request, form)


async def picture(request: Request) -> Response:
    """Keep `text` in memory; tells the key by which its picture is asked for."""
    text = (await text_form(request)).get("text", "").encode()
    key = desk_of(request).unsaved.keep(file_of(request), text)
    return JSONResponse({"key": key})


async def differences(request: Request) -> Response:
    """What `text` and the file on disk have different, line by line."""
    form = await text_form(request)
    return await run_in_threadpool(_differences, request, form)


async def keep(request: Request) -> Response:
    """Keep `text` beside the publication: the author takes the other version."""
    form = await text_form(request)
    desk = desk_of(request)
    data = form.get("text", "").encode()
    path, now = file_of(request), desk.options.now()
    try:
        kept = await run_in_threadpool(saving.keep, path, desk.root, data, now)
    except UsageError as error:
        return refused(error)
    return JSONResponse({"kept": display_name(kept, desk.root)})


def _save(request: Request, form: Mapping[str, str]) -> Response:
    desk = desk_of(request)
    path, text = file_of(request), form.get("text", "")
    base, over = form.get("base", ""), form.get("over")
    try:
        if over is None:
            done = saving.save(path, desk.root, text, base)
        else:
            now = desk.options.now()
            done = saving.save_over(path, desk.root, text, over, now)
    except UsageError as error:
        if _wants_page(request):
            raise
        return refused(error)
    if isinstance(done, Conflict):
        return _conflict(request, path, text, done.disk)
    if _wants_page(request):
        return RedirectResponse(path_of(request), 303)
    return JSONResponse({"hash": done.hash})


def _differences(request: Request, form: Mapping[str, str]) -> Response:
    path = file_of(request)
    disk = read_version(path, desk_of(request).root)
    return _conflict(request, path, form.get("text", ""), disk)


def _conflict(request: Request, path: Path, text: str, disk: Version) -> Response:
    if _wants_page(request):
        text = text.replace("\r\n", "\n")
        return _page(request, path, text, disk.hash, disk)
    shown = compare(text, disk.text)
    file = display_name(path, desk_of(request).root)
    return page(request, "conflict.html", 409, comparison=shown, disk=disk, file=file)


def _page(
    request: Request, path: Path, text: str, base: str, disk: Version | None
) -> Response:
    desk = desk_of(request)
    file = display_name(path, desk.root)
    is_issue = path.parent.name == ISSUES
    frame, values = "gone.html", dict[str, Any]()
    if path.exists():
        frame = "issue.html" if is_issue else "roundtable.html"
        values = (issue if is_issue else roundtable).picture_of(request)
    return page(
        request,
        "write.html",
        409 if disk else 200,
        **values | {"url": path_of(request).removesuffix("/write"), "file": file},
        frame=frame,
        fields=fields_of(text, path, desk.root) if is_issue else None,
        text=text,
        base=base,
        disk=disk,
        comparison=compare(text, disk.text) if disk else None,
        editor=found_asset(EDITOR),
        written="written" in request.query_params,
    )


def _wants_page(request: Request) -> bool:
    """Whether a browser asks by itself, where no script could ask for it."""
    return "text/html" in request.headers.get("accept", "")
