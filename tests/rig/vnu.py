"""Checks HTML against the standard: one Nu HTML checker for the whole session.

It runs as a server on this machine, because a start takes seconds and a page
milliseconds.
"""

import http.client
import json
import subprocess
import time
from typing import Any

from tests.rig.ports import free_port
from tests.rig.tools import npm_file, program

_START_SECONDS = 60


class Vnu:
    """A running checker."""

    def __init__(self) -> None:
        """Start it and wait until it answers."""
        self._port = free_port()
        java = program("default-jre-headless", "java")
        jar = str(npm_file("vnu-jar/build/dist/vnu.jar"))
        bind = "-Dnu.validator.servlet.bind-address=127.0.0.1"
        self._server = subprocess.Popen(
            [java, bind, "-cp", jar, "nu.validator.servlet.Main", str(self._port)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def messages(self, html: str, *, ignore: tuple[str, ...] = ()) -> list[str]:
        """Return `line:column type: message` for all that is wrong with a page.

        A message that contains one of `ignore` is left out.
        """
        found = [
            f"{message.get('lastLine', 0)}:{message.get('lastColumn', 0)} "
            f"{message.get('subType', message['type'])}: {message['message']}"
            for message in self._ask(html)
        ]
        return [line for line in found if not any(part in line for part in ignore)]

    def stop(self) -> None:
        """Stop the server."""
        self._server.terminate()
        self._server.wait()

    def _wait(self) -> None:
        until = time.monotonic() + _START_SECONDS
        while True:
            try:
                self._ask("<!doctype html><title>x</title>")
            except OSError:
                if self._server.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.1)
            else:
                return

    def _ask(self, html: str) -> list[dict[str, Any]]:
        # It refuses a request that does not say who asks.
        headers = {"Content-Type": "text/html; charset=utf-8", "User-Agent": "tests"}
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request("POST", "/?out=json", html.encode(), headers)
            answer = json.load(connection.getresponse())
        finally:
            connection.close()
        messages: list[dict[str, Any]] = answer["messages"]
        return messages
