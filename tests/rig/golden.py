"""Compares text with a file that was reviewed when it was committed."""

import difflib
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parents[1] / "golden"


def compare(path: Path, text: str, *, update: bool) -> None:
    """Fail when `text` is not what `path` holds; with `update`, write it there."""
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    # Bytes, because reading as text would hide CRLF.
    expected = path.read_bytes().decode() if path.exists() else ""
    if text != expected:
        advice = "if the new text is meant: make golden, then review the diff"
        pytest.fail(f"{path.name} differs; {advice}\n{_diff(expected, text)}", False)


def _diff(old: str, new: str) -> str:
    # repr, so that a changed line ending or space can be seen.
    before, after = (
        [repr(line) for line in side.splitlines(True)] for side in (old, new)
    )
    lines = difflib.unified_diff(before, after, "golden", "now", n=1, lineterm="")
    return "\n".join(lines)
