"""Reads what a publication says of itself: about.md beside newsletter.yaml."""

from datetime import date
from pathlib import Path

from newsletter.content.issue import read_issue
from newsletter.model.issue import Issue

ABOUT_FILE = "about.md"


def read_about(root: Path) -> Issue | None:
    """The text about a publication, written as an issue is; None where there is none.

    Raises SourceError with every mistake in it, located.
    """
    path = root / ABOUT_FILE
    # It has no day of its own; whatever is given to it is never shown.
    return read_issue(path, root, date.min) if path.is_file() else None
