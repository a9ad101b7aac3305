"""Runs a service in a process of its own, for as long as it is measured."""

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def served(
    command: Sequence[str], port: int, home: Path, env: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Run a command in `home` that listens at `port`; begins when it does, ends it."""
    process = subprocess.Popen(command, cwd=home, env=env, stdout=subprocess.DEVNULL)
    try:
        while True:
            if process.poll() is not None:
                raise subprocess.CalledProcessError(process.returncode, command)
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()
