"""Runs a local Amazon SES that somebody else wrote: aws-ses-v2-local from npm.

It fills in templates and keeps what it was sent. It does not check signatures, and
knows neither limits nor tags.
"""

import json
import re
import subprocess
from http.client import HTTPConnection
from typing import Any

from tests.rig.tools import npm_file, program

_RUNNING = re.compile(r"running at http://[^:]+:(\d+)")


class LocalSes:
    """A running server; `url` says where."""

    def __init__(self) -> None:
        """Start it and wait until it says that it listens."""
        node = program("nodejs", "node")
        cli = str(npm_file("aws-ses-v2-local/dist/cli.js"))
        self._server = subprocess.Popen(
            [node, cli, "--host", "127.0.0.1", "--port", "0"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            self._port = self._wait()
        except BaseException:
            self.stop()
            raise
        self.url = f"http://127.0.0.1:{self._port}"

    def emails(self) -> list[dict[str, Any]]:
        """What it was sent, the oldest first."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request("GET", "/store")
            found: list[dict[str, Any]]
            found = json.load(connection.getresponse())["emails"]
        finally:
            connection.close()
        return found

    def stop(self) -> None:
        """Stop the server."""
        self._server.terminate()
        self._server.communicate()

    def _wait(self) -> int:
        assert self._server.stdout
        said = []
        for line in self._server.stdout:
            if found := _RUNNING.search(line):
                return int(found[1])
            said.append(line)
        message = f"aws-ses-v2-local did not start:\n{''.join(said)}"
        raise RuntimeError(message)
