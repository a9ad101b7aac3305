"""The service as a process of its own, as `newsletter serve` starts it."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.rig.ports import free_port as free_port

SECONDS = 60
_WAIT = 0.05


@contextmanager
def running(root: Path, port: int, *options: str) -> Iterator[str]:
    """Run `newsletter serve`; gives its address, and ends it as a host would."""
    command = Path(sys.executable).with_name("newsletter")
    process = subprocess.Popen(
        [command, "serve", "--port", str(port), *options],
        cwd=root,
        env={**os.environ, "PYTHONWARNINGS": "error"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        until_it_listens(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        told, _ = process.communicate(timeout=SECONDS)
    assert process.returncode in (0, -15), told
    assert "Traceback" not in told, told


def until_it_listens(port: int, process: "subprocess.Popen[str]") -> None:
    """Wait until somebody takes connections there; fails when the process ends.

    Its own word comes before it listens: the port alone tells.
    """
    for _ in range(int(SECONDS / _WAIT)):
        assert process.poll() is None, process.communicate()[0]
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_WAIT)
    raise AssertionError("it does not listen")
