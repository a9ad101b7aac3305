"""Roundtables as files of a publication, and the pages made of them."""

from pathlib import Path

from newsletter.config.publication import load_publication
from newsletter.content.images import ImageFolder
from newsletter.content.roundtable import read_roundtable
from newsletter.model.roundtable import Roundtable
from newsletter.render.page import Site

PANEL = "panel: [{name: Ann Oldtown}, {name: Bo Park}, {name: 李 小龍}]"


def site_of(home: Path, **values: object) -> Site:
    """The site of the publication at `home`, with other `values` in its settings."""
    publication = load_publication(home, {})
    return Site(
        publication=publication.model_copy(update=values),
        images_beside=ImageFolder(home).beside,
    )


def read(home: Path, name: str) -> Roundtable:
    """A roundtable of the publication, by the name of its file."""
    return read_roundtable(home / "issues" / "roundtables" / f"{name}.md", home)


def written(
    home: Path, body: str, front_matter: str = PANEL, *, name: str = "x"
) -> Roundtable:
    """Write a roundtable and read it: `written(home, "## One\\n…", "key: value")`."""
    path = home / "issues" / "roundtables" / f"{name}.md"
    title = "" if front_matter.startswith("title:") else "title: x\n"
    path.write_text(f"---\n{title}{front_matter}\n---\n\n{body}\n", "utf-8")
    return read(home, name)
