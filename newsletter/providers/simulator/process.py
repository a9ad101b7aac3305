"""Starts a simulator in a process of its own, and asks it what it has accepted."""

import json
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from newsletter.errors import ProviderError
from newsletter.providers.simulator.counts import Counts
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.server import CONTROL


class Simulator:
    """A running simulator, to be used in a `with` statement.

    `url` is where it listens. It ends with the statement, and with the process that
    started it, however that dies; whoever sends to it may die as they like.
    """

    def __init__(self, plan: Plan, certificate: Path | None = None) -> None:
        """Follow `plan`; over TLS when there is a `certificate` (PEM, with its key)."""
        self.url = ""
        words = [plan.to_json(), *([str(certificate)] if certificate else [])]
        self._command = [sys.executable, "-m", "newsletter.providers.simulator", *words]
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        """Start it, and wait until it listens; raises ProviderError if it does not."""
        self._process = subprocess.Popen(  # noqa: S603  our own module, no shell
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None  # noqa: S101  asked for above
        self.url = self._process.stdout.readline().strip()
        if not self.url:
            self._end()
            message = "the simulated provider did not start"
            raise ProviderError(message, hint="its own error stands above")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End it."""
        self._end()

    @property
    def pid(self) -> int:
        """Its process, for who measures what it costs."""
        assert self._process is not None  # noqa: S101  it was started
        return self._process.pid

    def counts(self) -> Counts:
        """What it has seen so far."""
        return Counts(**self._ask("GET", CONTROL))

    def recipients(self) -> dict[str, int]:
        """Copies by address, of everybody who got one."""
        found: dict[str, int] = self._ask("GET", f"{CONTROL}/recipients")
        return found

    def begin(self, plan: Plan) -> None:
        """Forget everything, and follow another plan from now on."""
        self._ask("PUT", CONTROL, plan.to_json())

    def follow(self, plan: Plan) -> None:
        """Forget nothing, and follow another plan from now on."""
        self._ask("PATCH", CONTROL, plan.to_json())

    def _ask(self, method: str, path: str, body: str = "") -> Any:
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        try:
            connection.request(method, path, body)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def _end(self) -> None:
        assert self._process is not None  # noqa: S101  it was started
        self._process.communicate()  # closes its standard input, and waits
