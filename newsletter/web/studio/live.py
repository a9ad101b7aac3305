"""Tells every open page what has changed: server-sent events (HTML Living Standard)."""

import asyncio
import json
from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

_BEAT_SECONDS = 15.0
"""After this silence something is said, so that a lost connection is noticed."""

_MOST_PAGES = 64
"""Open pages that are told; what an author opens is a handful."""


@dataclass(slots=True)
class Live:
    """The open pages. All in one event loop; `tell` is called there, too."""

    version: int = 0
    _waiting: set["asyncio.Queue[str | None]"] = field(default_factory=set)
    closed: bool = False

    def tell(self, files: Collection[str]) -> None:
        """Say that `files` were changed: paths as the author knows them."""
        self.version += 1
        told = json.dumps({"version": self.version, "files": sorted(files)})
        for queue in self._waiting:
            _put(queue, told)

    def close(self) -> None:
        """Let every page go: the studio ends."""
        self.closed = True
        for queue in self._waiting:
            _put(queue, None)

    async def events(self) -> AsyncGenerator[str, None]:
        """One event for each change, and a first one: a page that comes back after a
        sleep has missed some."""
        queue: asyncio.Queue[str | None] = asyncio.Queue(64)
        self._waiting.add(queue)
        try:
            yield _event("hello", json.dumps({"version": self.version}))
            while not self.closed:
                try:
                    told = await asyncio.wait_for(queue.get(), _BEAT_SECONDS)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if told is None:
                    return
                yield _event("change", told)
        finally:
            self._waiting.discard(queue)

    @property
    def full(self) -> bool:
        """Whether no more pages can be told."""
        return len(self._waiting) >= _MOST_PAGES


async def live(request: Request) -> Response:
    """`/live`: the stream of one page."""
    news: Live = request.app.state.desk.live
    if news.full:
        return Response(status_code=503)
    return StreamingResponse(news.events(), media_type="text/event-stream")


def _put(queue: "asyncio.Queue[str | None]", told: str | None) -> None:
    # A page that does not read misses what is oldest.
    if queue.full():
        queue.get_nowait()
    queue.put_nowait(told)


def _event(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"
