"""Takes pictures that an author pastes or drops into the text."""

import re
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from newsletter.config.files import display_name
from newsletter.content.images import MAX_BYTES
from newsletter.content.new_image import FOLDER, TooLarge, add_image
from newsletter.errors import UsageError
from newsletter.web.incoming import body
from newsletter.web.studio.desk import desk_of
from newsletter.web.studio.texts import file_of, refused

ALT = "what the picture shows"
"""Stands for the words that the author will write; the editor selects it."""

_NO_ALT = re.compile(r"[\[\]\\<>`*_!\n\r]")


async def add(request: Request) -> Response:
    """Write the picture that is the body beside the text; tells the Markdown for it.

    `?name=` is the name of its file, `?alt=` are words for those who do not see it.
    """
    try:
        data = await body(request, MAX_BYTES)
    except HTTPException as error:
        if error.status_code != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise
        answer = refused(TooLarge())
        answer.status_code = error.status_code
        # The rest of it is not read.
        answer.headers["Connection"] = "close"
        return answer
    desk, path = desk_of(request), file_of(request)
    alt = _NO_ALT.sub(" ", request.query_params.get("alt", "")).strip()
    name = alt or request.query_params.get("name", "")
    now = desk.options.now()
    try:
        made = await run_in_threadpool(add_image, path, desk.root, data, name, now)
    except UsageError as error:
        return refused(error)
    told = {
        "file": display_name(made, desk.root),
        "alt": alt or ALT,
        "address": f"{FOLDER}/{made.name}",
    }
    return JSONResponse(told, 201)
