"""A site built from a publication, as the archive's tests use it."""

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.archive.build import BuildReport, build_site
from newsletter.config.publication import load_publication

TODAY = datetime.date(2026, 12, 1)
"""After the last issue of the sample publication."""

Build = Callable[..., BuildReport]


@pytest.fixture
def out(publication: Path) -> Path:
    """The site's folder."""
    return publication / "site"


@pytest.fixture
def build(publication: Path, out: Path) -> Build:
    """Build the publication: `build()`, `build(today=…, base_url=…, out=…)`."""

    def run(
        *,
        out: Path = out,
        today: datetime.date = TODAY,
        base_url: str | None = None,
    ) -> BuildReport:
        return build_site(
            load_publication(publication, {}), out, today=today, base_url=base_url
        )

    return run


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder and its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def write_issue(
    publication: Path, name: str, front_matter: str, body: str = ""
) -> Path:
    """Write an issue's file: `write_issue(home, "2026-01-02-x", "title: x")`."""
    path = publication / "issues" / f"{name}.md"
    path.write_text(f"---\n{front_matter}\n---\n\n{body}\n", encoding="utf-8")
    return path
