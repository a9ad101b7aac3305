"""A site built from a publication, as the archive's tests use it."""

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.archive.build import build_site
from newsletter.archive.public import public_part
from newsletter.archive.report import BuildReport
from newsletter.archive.site import Listing, make_site, site_of
from newsletter.archive.stamps import look
from newsletter.archive.texts import Texts
from newsletter.archive.wanted import Wanted
from newsletter.config.publication import load_publication
from newsletter.content.images import ImageFolder
from newsletter.model.publication import Publication

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
        base_url: str = "",
    ) -> BuildReport:
        found, wanted = load_publication(publication, {}), Wanted(base_url)
        return build_site(found, out, today=today, wanted=wanted)

    return run


def site_on(publication: Publication, today: datetime.date) -> Listing:
    """The site and its files, to be made one by one whatever is wrong in others."""
    images = ImageFolder(publication.root)
    bare = make_site(publication, images.beside)
    texts = Texts(publication.root, images)
    inputs = look(publication.root)
    files = [*inputs.issues.items(), *inputs.roundtables.items()]
    read = texts.read(files, bare, lambda: None)
    index = public_part(read.issues, read.roundtables, today)
    texts.learn(index)
    return site_of(index, bare, texts)


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
