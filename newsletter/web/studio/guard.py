"""Keeps everybody but the author out of the studio: other sites, other machines.

The attacks are DNS rebinding (a foreign name that leads to this machine), a page of
another site that sends a form or frames ours, and somebody in the same network.
"""

import hmac
import time
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsletter.web.incoming import body, media_type
from newsletter.web.studio.desk import VERSION, Desk
from newsletter.web.studio.templates import page, path_of
from newsletter.web.studio.texts import FORM_BYTES

TOKEN_HEADER = "x-studio-token"  # noqa: S105  the name of a header
TOKEN_FIELD = "token"  # noqa: S105  the name of a form's field
KEY = "key"
"""The parameter of an address that opens the studio to another machine."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self' data: blob:; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_HEADERS = {
    b"content-security-policy": POLICY.encode(),
    # With `no-referrer` browsers send the forms of our own pages with `Origin: null`.
    b"referrer-policy": b"same-origin",
    b"x-content-type-options": b"nosniff",
    b"x-robots-tag": b"noindex",
    b"cache-control": b"no-store",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
}
_READING = frozenset({"GET", "HEAD"})
_CHANGING = frozenset({"POST", "PUT", "DELETE"})
# What a browser says of a request that our own page or the author has made.
_OWN_SITES = frozenset({"same-origin", "none"})
_FORM = "application/x-www-form-urlencoded"


class Guard:
    """Stands before the studio; no view has to think of these attacks."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        """Guard `app` as the desk's options say."""
        self._app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request of the author's own pages through; refuse any other."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        scope[VERSION] = self._desk.live.version
        self._desk.asked = time.monotonic()
        request = Request(scope, receive)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _completed(message.get("headers", []))
            await send(message)

        try:
            answer, receive = await self._refusal(request)
        except HTTPException as error:
            answer = PlainTextResponse(error.detail, error.status_code)
        if answer is not None:
            await answer(scope, receive, with_headers)
        else:
            await self._app(scope, receive, with_headers)

    async def _refusal(self, request: Request) -> tuple[Response | None, Receive]:
        """The answer to who may not come in, if it is one; and the body, unread."""
        self._demand_our_name(request.headers)
        _demand_our_site(request.headers)
        if request.method not in _READING | _CHANGING:
            raise HTTPException(405, "no such method")
        reads = request.method in _READING
        # Style sheets and scripts are no secret, and whoever is refused sees a page.
        locked = self._desk.options.key and not (reads and _is_asset(request))
        if locked and (answer := self._unlock(request)):
            return answer, request.receive
        if reads:
            return None, request.receive
        return None, await self._demand_token(request)

    def _demand_our_name(self, headers: Headers) -> None:
        """DNS rebinding: a foreign name may lead here, but it stays in `Host`."""
        names = headers.getlist("host")
        if len(names) != 1 or names[0].lower() not in self._desk.options.hosts:
            raise HTTPException(400, "this is not an address of the studio")

    async def _demand_token(self, request: Request) -> Receive:
        given = request.headers.get(TOKEN_HEADER, "")
        receive = request.receive
        if not given and media_type(request) == _FORM:
            data = await body(request, FORM_BYTES)
            given = _field(data, TOKEN_FIELD)
            receive = _again(data, receive)
        if not _same(given, self._desk.token):
            raise HTTPException(403, "this page is of a studio that has ended: reload")
        return receive

    def _unlock(self, request: Request) -> Response | None:
        """Ask a browser for the key once, in the address; then it has a cookie."""
        options = self._desk.options
        port = request.headers["host"].rpartition(":")[2]
        name = f"studio_{port}"
        if _same(_cookies(request.headers).get(name, ""), options.key):
            return None
        query = request.url.query
        if request.method != "GET" or not _same(
            _field(query.encode(), KEY), options.key
        ):
            return page(request, "locked.html", 401)
        rest = urlencode([pair for pair in parse_qsl(query) if pair[0] != KEY])
        path = path_of(request)
        # Never `//elsewhere`, which would be another site.
        path = "/" + path.lstrip("/\\")
        answer = RedirectResponse(path + (f"?{rest}" if rest else ""), 303)
        answer.set_cookie(name, options.key, httponly=True, samesite="strict")
        return answer


def _is_asset(request: Request) -> bool:
    return request.url.path.startswith("/assets/")


def _demand_our_site(headers: Headers) -> None:
    """Refuse what a page of another site asks for: to read, to send, to frame."""
    site = headers.get("sec-fetch-site", "none")
    if site.lower() not in _OWN_SITES:
        raise HTTPException(403, "another site may not ask for this")
    own = f"http://{headers['host'].lower()}"
    if any(origin.lower() != own for origin in headers.getlist("origin")):
        raise HTTPException(403, "another site may not ask for this")


def _field(data: bytes, name: str) -> str:
    try:
        found = parse_qs(data.decode("ascii"), max_num_fields=200)
    except ValueError:
        return ""
    return found.get(name, [""])[0]


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())


def _cookies(headers: Headers) -> Mapping[str, str]:
    try:
        found = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in found.items()}


def _again(data: bytes, receive: Receive) -> Receive:
    """A body that was read, to be read by a view; then what else there is to hear."""
    told = False

    async def once() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": data, "more_body": False}

    return once


def _completed(given: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Our headers, where a view does not say it otherwise."""
    names = {name.lower() for name, _ in given}
    return [*given, *((n, text) for n, text in _HEADERS.items() if n not in names)]
