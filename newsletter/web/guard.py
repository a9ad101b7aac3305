"""Stands before the application: who asks, which part answers, with which headers."""

import logging
import time
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsletter.web.client import Proxies
from newsletter.web.metrics import Metrics
from newsletter.web.pages import POLICY

# Token pages: their addresses go nowhere, and neither browser nor proxy keeps them.
HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"x-robots-tag": b"noindex",
    b"cache-control": b"no-store",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
}

_LOG = logging.getLogger(__name__)
_CLOSE = (b"connection", b"close")


class Guard:
    """Sends each request to the service or to the archive, below the site's path."""

    def __init__(
        self,
        service: ASGIApp,
        archive: ASGIApp,
        *,
        routes: Collection[str],
        prefix: str,
        door: str,
        proxies: Proxies,
        metrics: Metrics,
    ) -> None:
        """`routes` are the first parts of the service's paths.

        Paths begin with `prefix` at the site's address, with `door` at the service's.
        """
        self._service = service
        self._archive = archive
        self._routes = frozenset(routes)
        self._prefix = prefix
        self._prefixes = sorted({prefix, door}, key=len, reverse=True)
        self._proxies = proxies
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; everything else ASGI asks is for the service."""
        if scope["type"] != "http":
            await self._service(scope, receive, send)
            return
        scope = self._below(scope)
        route = scope["path"].split("/", 2)[1]
        ours = route in self._routes
        name = route if ours else "archive"

        body = _Body(scope, receive)
        began = time.monotonic()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.answers[name, message["status"]] += 1
                _log(name, scope["method"], message["status"], began)
                headers = list(message.get("headers", []))
                if ours:
                    headers = _with_headers(headers)
                if not body.is_read and _CLOSE not in headers:
                    headers.append(_CLOSE)
                message["headers"] = headers
            await send(message)

        if ours:
            scope["client"] = (self._client(scope), 0)
            await self._service(scope, body.receive, counted)
        else:
            await self._archive(scope, body.receive, counted)

    def _below(self, scope: Scope) -> Scope:
        """The request as seen from the site's own root."""
        path: str = scope["path"]
        within = (each for each in self._prefixes if f"{path}/".startswith(f"{each}/"))
        prefix = next(within, "")
        path = path[len(prefix) :]
        path = path if path.startswith("/") else f"/{path}"
        return {
            **scope,
            "path": path,
            "raw_path": quote(path).encode(),
            "root_path": prefix or self._prefix,
        }

    def _client(self, scope: Scope) -> str:
        peer = (scope.get("client") or ("", 0))[0]
        forwarded = [
            value.decode("latin-1")
            for name, value in scope["headers"]
            if name == b"x-forwarded-for"
        ]
        return self._proxies.client(peer, forwarded)


def _log(route: str, method: str, status: int, began: float) -> None:
    """Log an answer, if anybody listens: no path, which may hold a token, no client."""
    if _LOG.isEnabledFor(logging.INFO):
        milliseconds = round((time.monotonic() - began) * 1000, 1)
        fields = {"route": route, "method": method, "status": status}
        _LOG.info("answered", extra={"fields": fields | {"ms": milliseconds}})


class _Body:
    """Knows whether a request's body has been read to its end.

    The server would go on to take what is left of it, however much that is: the
    connection has to be closed.
    """

    def __init__(self, scope: Scope, receive: Receive) -> None:
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        self.is_read = length == b"0" and b"transfer-encoding" not in headers
        self._receive = receive

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request" and not message.get("more_body"):
            self.is_read = True
        return message


def _with_headers(
    given: Collection[tuple[bytes, bytes]],
) -> list[tuple[bytes, bytes]]:
    names = {name.lower() for name, _ in given}
    rest: Mapping[bytes, Any] = HEADERS
    return [*given, *((name, rest[name]) for name in rest if name not in names)]
