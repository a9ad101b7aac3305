"""Runs scripts of tests/tools in Node, for what only npm has."""

import base64
import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.rig.tools import TOOLS, npm_file, program


def mailauth(message: bytes, names: Mapping[str, str]) -> dict[str, Any]:
    """What the verifier mailauth says of a message, with these TXT records.

    `dkim` has a result for each signature, `dmarc` one for the message.
    """
    npm_file("mailauth/package.json")
    question = {"message": base64.b64encode(message).decode(), "names": dict(names)}
    done = subprocess.run(
        [program("nodejs", "node"), TOOLS / "verify.cjs"],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


class SmtpServer:
    """A running SMTP server of the package smtp-server."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        """Wait until it tells its port."""
        self._process = process
        self.port: int = self._line()["port"]

    def message(self) -> dict[str, Any]:
        """The next message it received; `data` are its bytes."""
        found = self._line()
        return found | {"data": base64.b64decode(found["data"])}

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found


@contextmanager
def smtp_server(options: Mapping[str, Any] | None = None) -> Iterator[SmtpServer]:
    """Run smtp-server on this machine, with its own options."""
    npm_file("smtp-server/package.json")
    script = TOOLS / "smtp_server.cjs"
    with subprocess.Popen(
        [program("nodejs", "node"), script, json.dumps(dict(options or {}))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield SmtpServer(process)
        process.communicate()
