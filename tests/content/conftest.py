"""A publication with nothing in it, and ways to put files there and read them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.content.issue import read_issue
from newsletter.content.roundtable import read_roundtable
from newsletter.model.issue import Issue
from newsletter.model.roundtable import Roundtable

Write = Callable[[str, str | bytes], Path]
ReadIssue = Callable[..., Issue]
ReadRoundtable = Callable[..., Roundtable]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The root of an empty publication."""
    root = tmp_path / "home"
    (root / "issues/roundtables").mkdir(parents=True)
    return root


@pytest.fixture
def write(home: Path) -> Write:
    """Write a file of the publication: `write("issues/x.md", text)`."""

    def put(name: str, content: str | bytes) -> Path:
        path = home / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return put


@pytest.fixture
def issue(home: Path, write: Write) -> ReadIssue:
    """Read an issue of this text: `issue("---\\ntitle: …", name="2026-11-20-x.md")`."""

    def read(content: str | bytes, *, name: str = "x.md") -> Issue:
        return read_issue(write(f"issues/{name}", content), home)

    return read


@pytest.fixture
def roundtable(home: Path, write: Write) -> ReadRoundtable:
    """Read a roundtable of this text."""

    def read(content: str | bytes, *, name: str = "r.md") -> Roundtable:
        return read_roundtable(write(f"issues/roundtables/{name}", content), home)

    return read
