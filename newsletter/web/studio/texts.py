"""What the requests of the writing view have in common: a file, and its text."""

from collections.abc import Mapping
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from newsletter.content import saving
from newsletter.content.listing import ISSUES, ROUNDTABLES
from newsletter.errors import UsageError
from newsletter.web.incoming import form
from newsletter.web.studio.desk import desk_of
from newsletter.web.studio.naming import file_name, name_of

FORM_BYTES = 3 * saving.MAX_BYTES + 64 * 1024
"""Of a form with a whole text, each letter of which may take three characters."""


async def text_form(request: Request) -> Mapping[str, str]:
    """The fields of a form that carries a whole text; HTTPException as `form`."""
    return await form(request, FORM_BYTES)


def file_of(request: Request) -> Path:
    """The file that the address names.

    One that was deleted or renamed while it was written may be saved again, if its name
    is one that a file beside the others can have.
    """
    desk = desk_of(request)
    name = request.path_params["name"]
    is_issue = request.url.path.startswith("/issues/")
    find = desk.issue_file if is_issue else desk.roundtable_file
    try:
        return find(name)
    except HTTPException:
        plain = name == Path(name).name and not name.startswith((".", "_"))
        path = desk.root / (ISSUES if is_issue else ROUNDTABLES) / file_name(name)
        if request.method != "POST" or not plain or "\0" in name:
            raise
        if name_of(path) != name:
            raise
        return path


def refused(error: UsageError) -> Response:
    """Say to a script what could not be done, and what to do."""
    return JSONResponse({"message": error.message, "hint": error.hint}, 422)
