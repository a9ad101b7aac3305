"""Describes the service for programs: OpenAPI 3.1, at `/openapi.json`."""

from typing import Any

TOKEN = "^(?:[A-Za-z0-9_-]{38}|[A-Za-z0-9_-]{43})$"  # noqa: S105  its form, not one

ADDRESS = (
    r"^[A-Za-z0-9_+]{1,30}(\.[A-Za-z0-9_+]{1,30})?"
    r"@([A-Za-z0-9]{1,30}\.){1,3}(com|net|org|example|[a-z]{2})$"
)
"""Addresses that surely are taken; many others are, too."""

_PAGE = {"text/html": {"schema": {"type": "string"}}}
_MESSAGE: dict[str, Any] = {
    "application/json": {
        "schema": {
            "type": "object",
            "required": ["message"],
            "properties": {"message": {"type": "string"}},
        }
    }
}
_EITHER = {**_PAGE, **_MESSAGE}
_TEXT = {"text/plain": {"schema": {"type": "string"}}}
_JSON_OBJECT = {"application/json": {"schema": {"type": "object"}}}


def description(name: str, version: str) -> dict[str, Any]:
    """The service of the publication called `name`."""
    return {
        "openapi": "3.1.0",
        "info": {"title": name, "version": version},
        "paths": {
            "/subscribe": _subscribe(),
            "/subscribe/moment": {
                "get": _operation("A moment, to sign up by JSON with.", _moment())
            },
            "/confirm/{token}": _token_page("Confirm.", _name(), gone=True),
            "/u/{token}": _token_page(
                "Unsubscribe (RFC 8058).", _one_click(), required=False
            ),
            "/preferences/{token}": _token_page("Preferences.", _preferences()),
            "/view/{token}": {
                "parameters": [_token()],
                "get": _operation(
                    "A letter.",
                    _PAGE,
                    _bad_link() | {"404": _as("It was not sent.", _EITHER)},
                ),
            },
            "/webhooks/{provider}": _webhook(),
            "/healthz": {
                "get": _operation("Health.", _JSON_OBJECT, {"503": _as("", {})})
            },
        },
    }


def _subscribe() -> dict[str, Any]:
    typed = {"type": "string", "pattern": ADDRESS, "maxLength": 254}
    moment = {"type": "string", "pattern": TOKEN}
    shape = {
        "type": "object",
        "required": ["address", "moment"],
        "properties": {"address": typed, "moment": moment},
    }
    refused = {
        "400": _as("It cannot be read.", _EITHER),
        "409": _as("Too early, or too late: try again with a new moment.", _EITHER),
        "413": _as("It is too long.", _EITHER),
        "415": _as("It is neither a form nor JSON.", _EITHER),
        "422": _as("It is no address.", _EITHER),
        "429": _as("Too many ask.", _EITHER),
    }
    return {
        "get": _operation("The form.", _PAGE),
        "post": {
            "summary": "Sign up; the answer is the same for every address.",
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {"schema": shape},
                    "application/x-www-form-urlencoded": {"schema": shape},
                },
            },
            "responses": {
                "200": _as("Noted.", _PAGE),
                "202": _as("Noted.", _MESSAGE),
                **refused,
            },
        },
    }


def _token_page(
    summary: str,
    content: dict[str, Any],
    *,
    gone: bool = False,
    required: bool = True,
) -> dict[str, Any]:
    refused = _bad_link()
    if gone:
        refused["410"] = _as("The link is too old.", _PAGE)
    posted = {
        **refused,
        "400": _as("It cannot be read.", _EITHER),
        "413": _as("It is too long.", _EITHER),
        "415": _as("It is no form.", _EITHER),
    }
    return {
        "parameters": [_token()],
        "get": _operation(
            f"{summary} Shows a page and changes nothing.", _PAGE, refused
        ),
        "post": {
            "summary": summary,
            "requestBody": {"required": required, "content": content},
            "responses": {"200": _as("Done.", {**_PAGE, **_TEXT}), **posted},
        },
    }


def _webhook() -> dict[str, Any]:
    return {
        "parameters": [
            {
                "name": "provider",
                "in": "path",
                "required": True,
                "schema": {"type": "string", "pattern": "^[a-z]+$"},
            }
        ],
        "post": {
            "summary": "What a provider tells, signed as it does.",
            "requestBody": {"content": {"application/json": {"schema": {}}}},
            "responses": {
                "200": _as("Taken.", _JSON_OBJECT),
                "403": _as("It does not prove where it comes from.", _MESSAGE),
                "404": _as("No such provider, or none with a secret.", _MESSAGE),
                "413": _as("It is too long.", _MESSAGE),
            },
        },
    }


def _token() -> dict[str, Any]:
    return {
        "name": "token",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "pattern": TOKEN},
    }


def _operation(
    summary: str, content: dict[str, Any], more: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "summary": summary,
        "responses": {"200": _as("Here.", content)} | (more or {}),
    }


def _bad_link() -> dict[str, Any]:
    return {"403": _as("The link is not whole.", _EITHER)}


def _as(text: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"description": text or "Not now."} | (
        {"content": content} if content else {}
    )


def _moment() -> dict[str, Any]:
    number = {"type": "number"}
    shape = {
        "type": "object",
        "required": ["moment", "wait_seconds", "expires_seconds"],
        "properties": {
            "moment": {"type": "string", "pattern": TOKEN},
            "wait_seconds": number,
            "expires_seconds": number,
        },
    }
    return {"application/json": {"schema": shape}}


def _one_click() -> dict[str, Any]:
    """`List-Unsubscribe=One-Click`; but the token decides, whatever is beside it."""
    kinds = ("application/x-www-form-urlencoded", "multipart/form-data")
    example = {"List-Unsubscribe": "One-Click"}
    return {kind: {"schema": {}, "example": example} for kind in kinds}


def _name() -> dict[str, Any]:
    shape = {"type": "object", "properties": {"name": {"type": "string"}}}
    return {"application/x-www-form-urlencoded": {"schema": shape}}


def _preferences() -> dict[str, Any]:
    shape = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "topic": {"description": "A tag; once for each topic chosen."},
        },
    }
    return {"application/x-www-form-urlencoded": {"schema": shape}}
