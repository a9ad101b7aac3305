"""Asks the application as a server would, without a network in between."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode

from starlette.types import ASGIApp, Message

HERE = "203.0.113.5"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Client:
    """Asks from one address, in an event loop of its own, the application started."""

    def __init__(self, app: ASGIApp) -> None:
        """Start the application."""
        self._app = app
        self._runner = asyncio.Runner()
        self._life: asyncio.Queue[Message] = asyncio.Queue()
        self._told: asyncio.Queue[Message] = asyncio.Queue()
        self._runner.run(self._start())

    def run(self, work: Any) -> Any:
        """Run a coroutine in the application's loop."""

        async def whole() -> Any:
            return await work

        return self._runner.run(whole())

    def get(self, path: str, **options: Any) -> Answer:
        """GET."""
        return self.ask("GET", path, **options)

    def post(self, path: str, form: Any = None, **options: Any) -> Answer:
        """POST a form."""
        kind = {"content-type": "application/x-www-form-urlencoded"}
        headers = kind | options.pop("headers", {})
        body = urlencode(form or {}, doseq=True).encode()
        return self.ask("POST", path, body=body, headers=headers, **options)

    def post_json(self, path: str, data: Any, **options: Any) -> Answer:
        """POST JSON."""
        headers = {"content-type": "application/json"} | options.pop("headers", {})
        body = json.dumps(data).encode()
        return self.ask("POST", path, body=body, headers=headers, **options)

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        peer: str = HERE,
        chunks: Sequence[bytes] | None = None,
    ) -> Answer:
        """Ask; `chunks` is a body that comes in parts and announces no length."""
        given = dict(headers or {})
        if chunks is None:
            given.setdefault("content-length", str(len(body)))
        path, _, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [
                (name.lower().encode(), value.encode("latin-1"))
                for name, value in given.items()
            ],
            "client": (peer, 50000),
            "server": ("127.0.0.1", 8080),
        }
        answer: Answer = self._runner.run(self._ask(scope, chunks or [body]))
        return answer

    def close(self) -> None:
        """Stop the application."""
        self._runner.run(self._stop())
        self._runner.close()

    async def _ask(self, scope: dict[str, Any], chunks: Sequence[bytes]) -> Answer:
        waiting = list(chunks)
        sent: list[Message] = []

        async def receive() -> Message:
            if not waiting:
                # It stays and listens, until it has its answer.
                await asyncio.Event().wait()
            part = waiting.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(waiting)}

        async def send(message: Message) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        start, *parts = sent
        headers = {name.decode(): text.decode() for name, text in start["headers"]}
        body = b"".join(part.get("body", b"") for part in parts)
        return Answer(start["status"], headers, body)

    async def _start(self) -> None:
        async def send(message: Message) -> None:
            self._told.put_nowait(message)

        scope = {"type": "lifespan", "asgi": {"version": "3.0"}}
        self._task = asyncio.ensure_future(self._app(scope, self._life.get, send))
        self._life.put_nowait({"type": "lifespan.startup"})
        assert (await self._told.get())["type"] == "lifespan.startup.complete"

    async def _stop(self) -> None:
        self._life.put_nowait({"type": "lifespan.shutdown"})
        assert (await self._told.get())["type"] == "lifespan.shutdown.complete"
        await self._task
