"""Reads what a request brings: whole, within limits of size and time, or not at all."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

FORM_BYTES = 64 * 1024
SECONDS = 10.0
"""The longest that a body may take to come."""

_FIELDS = 50
_URLENCODED = "application/x-www-form-urlencoded"
_JSON = "application/json"


async def body(request: Request, limit: int) -> bytes:
    """The whole body; raises HTTPException 413 or 408 for too much or too slow.

    What is announced as too long is not read at all.
    """
    if int(request.headers.get("content-length", "0")) > limit:
        raise _gives_up(413)
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(SECONDS):
            async for part in request.stream():
                size += len(part)
                if size > limit:
                    raise _gives_up(413)
                parts.append(part)
    except TimeoutError:
        raise _gives_up(408) from None
    except ClientDisconnect:
        raise _gives_up(400) from None
    return b"".join(parts)


async def form(request: Request, limit: int = FORM_BYTES) -> Mapping[str, str]:
    """The fields of an HTML form, the first value of each; see `fields`."""
    found = await fields(request, limit)
    return {name: values[0] for name, values in found.items()}


async def fields(request: Request, limit: int = FORM_BYTES) -> Mapping[str, list[str]]:
    """All fields of an HTML form of at most `limit` bytes.

    Raises HTTPException 413 for a larger one, 415 or 400 for anything else.
    """
    if media_type(request) != _URLENCODED:
        raise HTTPException(415)
    data = await body(request, limit)
    try:
        pairs = parse_qsl(
            data.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=_FIELDS,
            errors="strict",
        )
    except ValueError:
        raise HTTPException(400) from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


async def json_object(request: Request) -> Mapping[str, Any]:
    """A JSON object; raises HTTPException 400 for anything else."""
    data = await body(request, FORM_BYTES)
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise HTTPException(400) from None
    if not isinstance(found, dict):
        raise HTTPException(400)
    return found


def is_json(request: Request) -> bool:
    """Whether the request brings JSON."""
    return media_type(request) == _JSON


def media_type(request: Request) -> str:
    """The media type of the body, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _gives_up(status: int) -> HTTPException:
    # The rest of the body is not wanted, and the connection cannot be used without it.
    return HTTPException(status, headers={"Connection": "close"})
