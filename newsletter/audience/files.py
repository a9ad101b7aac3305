"""Writes files with people's addresses: whole or not at all, for their owner only."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from newsletter.errors import UsageError


@contextmanager
def written_whole(path: Path) -> Iterator[IO[str]]:
    """Write beside the file and put it in place at the end, readable for its owner.

    Raises UsageError when it cannot be written.
    """
    real = path.resolve()
    try:
        if real.exists() and not real.is_file():  # such as /dev/stdout
            with real.open("w", encoding="utf-8", newline="") as stream:
                yield stream
            return
        with NamedTemporaryFile(
            "w",
            encoding="utf-8",
            newline="",
            dir=real.parent,
            prefix=f".{real.name}.",
            delete=False,
        ) as temporary:
            partial = Path(temporary.name)
            try:
                yield temporary
                temporary.flush()
                os.fsync(temporary.fileno())
                partial.replace(real)
            except BaseException:
                partial.unlink(missing_ok=True)
                raise
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}"
        raise UsageError(message, hint="name another file") from error
