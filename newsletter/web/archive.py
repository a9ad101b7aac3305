"""Serves the built archive: regular files of one folder, and nothing outside of it."""

import os
import re
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import quote

from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

from newsletter.render.address import INDEX, MISSING
from newsletter.render.page_policy import page_policy

# As much as any page may do; each says in itself how much of that it needs.
POLICY = page_policy("'self'", script=True, players=True) + "; frame-ancestors 'none'"

_KEPT_BYTES = 256 * 1024
"""Larger files are read each time: the pages are what is asked for over and over."""

_KEPT_IN_ALL = 64 * 1024 * 1024
"""Bytes of all of them, with what it takes to keep each."""

_KEEPING = 2048
_TYPES = {
    ".atom": "application/atom+xml",
    ".rss": "application/rss+xml",
    ".webmanifest": "application/manifest+json",
}
_PART = re.compile(r"[^/\\\x00-\x1f.][^/\\\x00-\x1f]*\Z")
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"content-security-policy", POLICY.encode()),
]
_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class _Kept:
    """A file in memory, and what tells whether it is still the same on the disk."""

    state: tuple[int, int, int]
    body: bytes
    headers: list[tuple[bytes, bytes]]
    etag: bytes


class Archive:
    """An ASGI application; it reads the folder anew whenever a build has changed it."""

    def __init__(self, folder: Path) -> None:
        """Serve `folder`, which may be built later."""
        self._root = os.path.realpath(folder)
        self._kept: dict[str, _Kept] = {}
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET and HEAD; a page's folder without its slash is led there."""
        method: str = scope["method"]
        if method not in ("GET", "HEAD"):
            allowed = [(b"allow", b"GET, HEAD"), (b"content-length", b"0")]
            await _start(send, 405, allowed)
            await send({"type": "http.response.body"})
            return
        asked: str = scope["path"]
        found = self._find(asked)
        if found is None and self._is_folder(asked):
            target = quote(f"{scope['root_path']}{asked}/").encode()
            await _start(send, 308, [(b"location", target), (b"content-length", b"0")])
            await send({"type": "http.response.body"})
            return
        status = 200
        if found is None:
            found, status = self._find(f"/{MISSING}"), 404
        await self._answer(found, status, scope, receive, send)

    async def _answer(
        self,
        found: str | None,
        status: int,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        try:
            kept = self._keep(found) if found else None
        except OSError:  # gone since it was found
            found, kept, status = None, None, 404
        if kept is not None:
            await _send_kept(kept, status, scope, send)
        elif found:
            response = FileResponse(found, status, media_type=_media_type(found))
            response.raw_headers += _HEADERS
            await response(scope, receive, send)
        else:
            plain = [(b"content-type", b"text/plain; charset=utf-8")]
            await _start(send, 404, [*plain, (b"content-length", b"13")])
            await send({"type": "http.response.body", "body": b"no such page\n"})

    def _find(self, asked: str) -> str | None:
        """The real path of what is asked for; None for what is no file of the site."""
        if asked.endswith("/"):
            asked += INDEX
        path = self._inside(asked)
        if path is None:
            return None
        try:
            return path if Path(path).is_file() else None
        except OSError:  # such as a name that is too long
            return None

    def _is_folder(self, asked: str) -> bool:
        return not asked.endswith("/") and self._find(f"{asked}/") is not None

    def _inside(self, asked: str) -> str | None:
        """The path below the folder, links resolved; hidden files are nobody's."""
        parts = asked[1:].split("/")
        if not asked.startswith("/") or not all(map(_PART.match, parts)):
            return None
        try:
            real = os.path.realpath(f"{self._root}/{'/'.join(parts)}")
        except (OSError, ValueError):
            return None
        return real if real.startswith(f"{self._root}/") else None

    def _keep(self, path: str) -> _Kept | None:
        """The file in memory; None for one that is too large. Raises OSError."""
        found = Path(path).stat()
        state = (found.st_mtime_ns, found.st_size, found.st_ino)
        kept = self._kept.get(path)
        if kept and kept.state == state:
            return kept
        if found.st_size > _KEPT_BYTES:
            return None
        body = Path(path).read_bytes()
        self._make_room(path, len(body) + _KEEPING)
        etag = f'"{found.st_mtime_ns:x}-{found.st_size:x}"'.encode()
        headers = [
            (b"content-type", _media_type(path).encode()),
            (b"content-length", str(len(body)).encode()),
            (b"etag", etag),
            (b"cache-control", b"no-cache"),
            *_HEADERS,
        ]
        self._kept[path] = made = _Kept(state, body, headers, etag)
        return made

    def _make_room(self, path: str, wanted: int) -> None:
        """Forget what was kept of this file, and all of it where there is too much."""
        if kept := self._kept.pop(path, None):
            self._bytes -= len(kept.body) + _KEEPING
        if self._bytes + wanted > _KEPT_IN_ALL:
            self._kept.clear()
            self._bytes = 0
        self._bytes += wanted


async def _send_kept(kept: _Kept, status: int, scope: Scope, send: Send) -> None:
    if status == 200 and (b"if-none-match", kept.etag) in scope["headers"]:
        await _start(send, _NOT_MODIFIED, [(b"etag", kept.etag)])
        await send({"type": "http.response.body"})
        return
    start = {"type": "http.response.start", "status": status, "headers": kept.headers}
    await send(start)
    body = b"" if scope["method"] == "HEAD" else kept.body
    await send({"type": "http.response.body", "body": body})


async def _start(send: Send, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [*headers, *_HEADERS],
        }
    )


def _media_type(path: str) -> str:
    end = Path(path).suffix
    found = _TYPES.get(end) or guess_type(path)[0] or "application/octet-stream"
    return f"{found}; charset=utf-8" if found.startswith("text/") else found
