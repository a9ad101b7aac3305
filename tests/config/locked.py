"""Files and folders that may not be read, also where the tests run as root."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534


@contextmanager
def locked(name: str) -> Iterator[Path]:
    """A folder with an issue and a .env in it, of which `name` may not be read."""
    root = Path(tempfile.mkdtemp()).resolve()
    try:
        root.chmod(0o755)
        (root / "issues").mkdir()
        (root / "issues").chmod(0o755)
        (root / "issues/x.md").write_text("---\ntitle: x\n---\n", encoding="utf-8")
        (root / ".env").touch()
        (root / name).chmod(0)
        with _plain_user():
            yield root
    finally:
        (root / name).chmod(0o700)
        shutil.rmtree(root)


@contextmanager
def _plain_user() -> Iterator[None]:
    """Root may read everything: for a while, be nobody."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(me)
